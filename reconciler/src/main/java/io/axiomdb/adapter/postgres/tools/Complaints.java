package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.core.Visible;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a program of PostgreSQL's says went wrong: its first errors. Details, contexts and commands are left out, for they
 * hold users' rows.
 */
final class Complaints {
    private static final Pattern ERROR =
            Pattern.compile("pg_(dump|restore): (error: |detail: Error message from server: |from TOC entry ).*");
    private static final int MOST = 3;
    private static final int LONGEST = 400;

    private Complaints() {}

    /** Reads to the end; at most some lines, each cut short. Empty when nothing went wrong. */
    static String read(InputStream stream) {
        List<String> kept = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (kept.size() < MOST && ERROR.matcher(line).matches()) {
                    kept.add(Visible.of(line.substring(0, Math.min(line.length(), LONGEST))));
                }
            }
        } catch (IOException e) {
            // The program was ended from here: what it had said until then is what there is.
            return String.join("; ", kept);
        }
        return String.join("; ", kept);
    }
}
