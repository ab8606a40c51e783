package io.axiomdb.edit;

/** The lines of a text, by positions in it. */
record Lines(String text) {
    /** The line break that the file uses: that of its first line. */
    String separator() {
        int end = end(0);
        if (end == text.length()) {
            return "\n";
        }
        return text.startsWith("\r\n", end) ? "\r\n" : text.substring(end, end + 1);
    }

    /** Where the line begins that a position is in. */
    int start(int at) {
        int start = at;
        while (start > 0 && !isBreak(start - 1)) {
            start--;
        }
        return start;
    }

    /** Where the line's break begins, or the file ends. */
    int end(int at) {
        int end = at;
        while (end < text.length() && !isBreak(end)) {
            end++;
        }
        return end;
    }

    /** Where the following line begins, or the file ends. */
    int next(int at) {
        int end = end(at);
        return end == text.length() ? end : end + (text.startsWith("\r\n", end) ? 2 : 1);
    }

    /** The white space that the line begins with. */
    String indent(int at) {
        int start = start(at);
        int first = start;
        while (first < text.length() && text.charAt(first) == ' ') {
            first++;
        }
        return text.substring(start, first);
    }

    /** Whether nothing but white space stands before the position on its line. */
    boolean isFirst(int at) {
        return text.substring(start(at), at).isBlank();
    }

    /** Whether nothing but white space or a comment follows the position on its line. */
    boolean isLast(int at) {
        String rest = text.substring(at, end(at)).strip();
        return rest.isEmpty() || rest.startsWith("#");
    }

    boolean sameLine(int one, int other) {
        return start(one) == start(other);
    }

    /**
     * The end of the last line that belongs to what ends at a position: its own, and comments below that are indented
     * further than its keys.
     */
    int endWithComments(int at, int column) {
        int end = end(at);
        for (int next = next(end); next < text.length() && isCommentBelow(next, column); next = next(end)) {
            end = end(next);
        }
        return end;
    }

    private boolean isCommentBelow(int line, int column) {
        String indent = indent(line);
        return indent.length() > column && text.startsWith("#", line + indent.length());
    }

    /** Whether the line above is empty, comments that stand directly above left aside. */
    boolean isSetOff(int at) {
        int line = start(at);
        while (line > 0) {
            int above = start(line - (text.startsWith("\r\n", line - 2) ? 2 : 1));
            String words = text.substring(above, end(above)).strip();
            if (!words.startsWith("#")) {
                return words.isEmpty();
            }
            line = above;
        }
        return false;
    }

    private boolean isBreak(int at) {
        return text.charAt(at) == '\n' || text.charAt(at) == '\r';
    }
}
