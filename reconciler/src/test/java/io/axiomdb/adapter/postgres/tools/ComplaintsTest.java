package io.axiomdb.adapter.postgres.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComplaintsTest {
    @Test
    void errors_are_kept_and_rows_and_statements_are_not() {
        assertThat(read("""
                        pg_restore: connecting to database for restore
                        pg_restore: from TOC entry 219; 1259 16553 TABLE public t own
                        pg_restore: error: could not execute query: ERROR:  permission denied\u0007
                        DETAIL:  Failing row contains (1, secret).
                        CONTEXT:  COPY t, line 1: "1	secret"
                        pg_restore: detail: Command was: INSERT INTO t VALUES ('secret')
                        """))
                .isEqualTo("pg_restore: from TOC entry 219; 1259 16553 TABLE public t own; pg_restore: error: could not"
                        + " execute query: ERROR:  permission denied\\u+0007");
    }

    /** What a function raises, or a cast refuses, while rows arrive or an index is made. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "219; 0 16553 TABLE DATA public t own|COPY failed for table \"t\"|: ERROR:  of secret| COPY failed for table \"t\"",
                "219; 1259 16553 INDEX public t own|could not execute query|: ERROR:  of secret|",
                "219; 2606 16553 CONSTRAINT public t own|could not execute query|: ERROR:  of secret|",
                "219; 2606 16553 CHECK CONSTRAINT public t own|could not execute query|: ERROR:  of secret|",
                "219; 2606 16553 FK CONSTRAINT public t own|could not execute query|: ERROR:  of secret|",
                "219; 0 16553 MATERIALIZED VIEW DATA public t own|could not execute query|: FEHLER:  of secret|",
                "219; 1259 16553 TABLE public t own|error returned by PQputCopyData|: ERROR:  of secret|"
                        + " error returned by PQputCopyData",
            })
    void nothing_that_the_server_says_of_rows_is_kept(String entry, String what, String words, String kept) {
        String toc = "pg_restore: from TOC entry " + entry;
        assertThat(read(toc + "\npg_restore: error: " + what + words
                        + "\npg_restore: error: secret\npg_restore: from TOC entry secret\n"))
                .isEqualTo(toc + "; pg_restore: error" + (kept == null ? "" : ": " + kept)
                        + ": the server's log has its words, which can quote rows");
    }

    @Test
    void there_is_never_much_of_it() {
        assertThat(read(("pg_dump: error: " + "x".repeat(10_000) + "\n").repeat(100)))
                .hasSizeLessThan(1300);
    }

    private static String read(String said) {
        return Complaints.read(new ByteArrayInputStream(said.getBytes(StandardCharsets.UTF_8)));
    }
}
