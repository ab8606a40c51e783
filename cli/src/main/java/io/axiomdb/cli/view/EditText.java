package io.axiomdb.cli.view;

import java.util.List;

/** Shows which lines of a file an edit changed. */
public final class EditText {
    private static final int COMPARED = 1000;

    private EditText() {}

    /**
     * The lines that went and came, with their numbers.
     *
     * @param file as the user finds it
     */
    public static String render(String file, String before, String after, Style style) {
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        int same = 0;
        while (same < old.size() && same < now.size() && old.get(same).equals(now.get(same))) {
            same++;
        }
        int end = 0;
        while (end < old.size() - same
                && end < now.size() - same
                && old.get(old.size() - 1 - end).equals(now.get(now.size() - 1 - end))) {
            end++;
        }
        StringBuilder text = new StringBuilder(Escape.terminal(file)).append("\n");
        new EditText()
                .middle(old.subList(same, old.size() - end), now.subList(same, now.size() - end), same, style, text);
        return text.append("\n").toString();
    }

    private void middle(List<String> old, List<String> now, int from, Style style, StringBuilder text) {
        int[][] common = old.size() * (long) now.size() > (long) COMPARED * COMPARED ? new int[0][] : common(old, now);
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            boolean compared = common.length > 0 && i < old.size() && j < now.size();
            if (compared && old.get(i).equals(now.get(j))) {
                i++;
                j++;
            } else if (i < old.size() && (!compared || common[i + 1][j] >= common[i][j + 1])) {
                text.append(style.red(line('-', from + ++i, old.get(i - 1)))).append("\n");
            } else {
                text.append(style.green(line('+', from + ++j, now.get(j - 1)))).append("\n");
            }
        }
    }

    /** Lines in common from each pair of places on. */
    private static int[][] common(List<String> old, List<String> now) {
        int[][] common = new int[old.size() + 1][now.size() + 1];
        for (int i = old.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = old.get(i).equals(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    private static String line(char sign, int number, String words) {
        return "  %c %4d | %s".formatted(sign, number, Escape.lines(words)).stripTrailing();
    }
}
