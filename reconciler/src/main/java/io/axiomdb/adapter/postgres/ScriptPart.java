package io.axiomdb.adapter.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;
import org.postgresql.jdbc.PgConnection;

/**
 * One statement of a script. They are sent one after the other, so that it is known which failed; positions that the server
 * gives are counted in its statement alone.
 *
 * @param at where in the script it begins
 */
record ScriptPart(String script, int at, String sql) {
    private static final Pattern TRANSACTION = Pattern.compile(
            "^(begin|start|commit|end|abort|rollback)\\b|^prepare\\b(?!\\s+(?!transaction\\b)[a-z_\"])",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SAVEPOINT =
            Pattern.compile("^rollback(\\s+(work|transaction))?\\s+to\\b", Pattern.CASE_INSENSITIVE);

    static List<ScriptPart> of(String script, PgConnection connection) throws SQLException {
        return of(script, connection.getStandardConformingStrings());
    }

    /** @param standardStrings whether a backslash in a string is a letter like any other */
    static List<ScriptPart> of(String script, boolean standardStrings) throws SQLException {
        List<ScriptPart> parts = new ArrayList<>();
        int end = 0;
        for (NativeQuery query : Parser.parseJdbcSql(script, standardStrings, false, true, false, false)) {
            int at = script.indexOf(query.nativeSql, end);
            end = at + query.nativeSql.length();
            parts.add(new ScriptPart(script, at, query.nativeSql));
        }
        return parts;
    }

    /** Whether it would end or change the one transaction that a script is: what comes before it would stay, whatever fails later. */
    boolean isOfTransaction() {
        String text = sql.substring(begin()).strip();
        return TRANSACTION.matcher(text).find() && !SAVEPOINT.matcher(text).find();
    }

    /** @param position the server's, from 1, in characters; 0 when it gives none */
    String where(int position) {
        int characters = sql.codePointCount(0, sql.length());
        return position > 0 && position <= characters
                ? "in line " + line(at + sql.offsetByCodePoints(0, position - 1)) + " of the script"
                : "in the statement that begins in line " + line(at + begin()) + " of the script";
    }

    private int line(int offset) {
        return 1
                + Math.toIntExact(
                        script.chars().limit(offset).filter(c -> c == '\n').count());
    }

    /** After spaces and comments. */
    private int begin() {
        char[] text = sql.toCharArray();
        int i = 0;
        while (i < text.length) {
            int last = switch (text[i]) {
                case '-' -> Parser.parseLineComment(text, i);
                case '/' -> Parser.parseBlockComment(text, i);
                default -> i;
            };
            if (last == i && !Character.isWhitespace(text[i])) {
                return i;
            }
            i = last + 1;
        }
        return 0;
    }
}
