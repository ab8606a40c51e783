package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.core.Visible;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program of PostgreSQL's says went wrong: its first errors. Details, contexts and commands are left out, for they
 * hold users' rows. So can the server's message, where rows arrive or are read: of that only what was done is kept.
 */
final class Complaints {
    private static final Pattern ERROR =
            Pattern.compile("pg_(dump|restore): (error: |detail: Error message from server: |from TOC entry ).*");

    /** In an archive, what a row can keep from being restored: what a function says of a value, or a cast that fails. */
    private static final Pattern WITH_ROWS = Pattern.compile(
            "pg_restore: from TOC entry \\d+; \\d+ \\d+ (TABLE DATA|MATERIALIZED VIEW DATA|INDEX|(FK |CHECK )?CONSTRAINT) .*");

    private static final Pattern COPYING = Pattern.compile(
            "(pg_restore: error: (COPY failed for table \"[^\"]*\"|error returned by PQputCopy\\w+)).*");
    private static final String RESTORE_ERROR = "pg_restore: error";
    private static final String KEPT_BACK = ": the server's log has its words, which can quote rows";
    private static final int MOST = 3;
    private static final int LONGEST = 400;

    private Complaints() {}

    /** Reads to the end; at most some lines, each cut short. Empty when nothing went wrong. */
    static String read(InputStream stream) {
        List<String> kept = new ArrayList<>();
        boolean ofRows = false;
        boolean over = false;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (over || kept.size() == MOST || !ERROR.matcher(line).matches()) {
                    continue;
                }
                Matcher copying = COPYING.matcher(line);
                boolean isError = line.startsWith(RESTORE_ERROR);
                over = isError && (ofRows || copying.matches()); // and what looks like another line is in the message
                ofRows = WITH_ROWS.matcher(line).matches();
                String told = over ? (copying.matches() ? copying.group(1) : RESTORE_ERROR) + KEPT_BACK : line;
                kept.add(Visible.of(told.substring(0, Math.min(told.length(), LONGEST))));
            }
        } catch (IOException e) {
            // The program was ended from here: what it had said until then is what there is.
            return String.join("; ", kept);
        }
        return String.join("; ", kept);
    }
}
