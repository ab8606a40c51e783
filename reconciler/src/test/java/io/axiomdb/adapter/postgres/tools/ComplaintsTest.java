package io.axiomdb.adapter.postgres.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ComplaintsTest {
    @Test
    void errors_are_kept_and_rows_and_statements_are_not() {
        assertThat(read("""
                        pg_restore: connecting to database for restore
                        pg_restore: from TOC entry 219; 1259 16553 TABLE public t own
                        pg_restore: error: COPY failed for table "t": ERROR:  new row violates a check\u0007
                        DETAIL:  Failing row contains (1, secret).
                        CONTEXT:  COPY t, line 1: "1	secret"
                        pg_restore: detail: Command was: INSERT INTO t VALUES ('secret')
                        """))
                .isEqualTo(
                        "pg_restore: from TOC entry 219; 1259 16553 TABLE public t own; pg_restore: error: COPY failed"
                                + " for table \"t\": ERROR:  new row violates a check\\u+0007");
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
