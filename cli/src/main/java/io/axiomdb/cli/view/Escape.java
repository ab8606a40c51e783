package io.axiomdb.cli.view;

import io.axiomdb.core.Visible;
import java.util.regex.Pattern;

/** Makes text that a user, a tenant or a host wrote harmless where it is shown. */
public final class Escape {
    private static final Pattern WWW = Pattern.compile("(?i)www(?=\\.)");
    /** GH-1 refers to an issue as #1 does. */
    private static final Pattern ISSUE = Pattern.compile("(?i)gh(?=-[0-9])");

    private Escape() {}

    /** One line for a terminal: control, bidi and other invisible characters become visible. */
    public static String terminal(String text) {
        return Visible.of(text);
    }

    /** Like {@link #terminal}, but lines stay lines. */
    public static String lines(String text) {
        return String.join(
                "\n",
                text.lines().map(line -> terminal(line.replace("\t", "    "))).toList());
    }

    /** Prose in Markdown: no HTML, no formatting, no mention, no reference, no link. */
    public static String markdown(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        terminal(text).codePoints().forEach(c -> {
            switch (c) {
                // A comment splits the text, so that what follows is no longer a mention or a reference.
                case '@', '#', '!', '$', '^', '%' -> safe.appendCodePoint(c).append("<!-- -->");
                case '&', '<', '>', '*', '_', '`', '[', ']', '\\', '|', '~', ':' ->
                    safe.append("&#").append(c).append(';');
                default -> safe.appendCodePoint(c);
            }
        });
        return ISSUE.matcher(WWW.matcher(safe).replaceAll("$0<!-- -->")).replaceAll("$0<!-- -->");
    }

    /** A code span in Markdown, whatever the text holds. Mentions and HTML mean nothing inside. */
    public static String code(String text) {
        String safe = terminal(text);
        if (safe.isBlank()) {
            return safe.isEmpty() ? "(empty)" : "(blank)";
        }
        String fence = "`".repeat(longestRun(safe) + 1);
        String gap = safe.startsWith("`") || safe.endsWith("`") || safe.startsWith(" ") ? " " : "";
        return fence + gap + safe + gap + fence;
    }

    /** A fenced block in Markdown. */
    public static String fenced(String language, String text) {
        String safe = lines(text);
        String fence = "`".repeat(Math.max(3, longestRun(safe) + 1));
        return fence + language + "\n" + safe + "\n" + fence;
    }

    /** The message of a GitHub workflow command. */
    public static String githubMessage(String text) {
        return lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    /** A property of a GitHub workflow command. */
    public static String githubProperty(String text) {
        return githubMessage(text).replace(":", "%3A").replace(",", "%2C");
    }

    /** One argument of a command to copy: quoted for a POSIX shell where it must be. */
    public static String shell(String argument) {
        String safe = terminal(argument);
        return safe.matches("[A-Za-z0-9_@%+=:,./-]+") ? safe : "'" + safe.replace("'", "'\\''") + "'";
    }

    private static int longestRun(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
