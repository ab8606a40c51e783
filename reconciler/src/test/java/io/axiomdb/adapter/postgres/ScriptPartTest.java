package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptPartTest {
    private static final String SCRIPT = """
            -- \uD83D\uDE00 begins

            SELECT ';' ; ;; /* a
            /* b */ */ UPDATE t SET a = $f$;$f$,
              \uD83D\uDE00 = 1;
            DO $$ BEGIN
              x;
            END $$;
            SELECT 1; SELECT 1
            """;

    private static List<ScriptPart> parts(String script) throws SQLException {
        return ScriptPart.of(script, true);
    }

    @Test
    void each_statement_knows_the_line_in_which_it_begins() throws SQLException {
        assertThat(parts(SCRIPT))
                .extracting(part -> part.where(0))
                .containsExactly(begins(3), begins(4), begins(6), begins(9), begins(9));
    }

    private static String begins(int line) {
        return "in the statement that begins in line " + line + " of the script";
    }

    @Test
    void positions_are_counted_in_characters_from_the_statements_beginning() throws SQLException {
        for (ScriptPart part : parts(SCRIPT)) {
            for (int i = 0; i < part.sql().length(); i = part.sql().offsetByCodePoints(i, 1)) {
                long line = 1
                        + SCRIPT.substring(0, part.at() + i)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                assertThat(part.where(part.sql().codePointCount(0, i) + 1))
                        .isEqualTo("in line " + line + " of the script");
            }
        }
    }

    @Test
    void a_position_that_is_in_no_statement_says_nothing() throws SQLException {
        ScriptPart part = parts("\n SELECT 1").getFirst();
        assertThat(part.where(1000)).isEqualTo(begins(2));
        assertThat(part.where(-1)).isEqualTo(begins(2));
    }

    @Test
    void nothing_is_lost() throws SQLException {
        for (ScriptPart part : parts(SCRIPT)) {
            assertThat(SCRIPT.substring(part.at())).startsWith(part.sql());
        }
        assertThat(parts("")).isEmpty();
        assertThat(parts(" ;\n; ")).isEmpty();
        assertThat(parts("-- nothing").stream().map(part -> part.where(0))).containsAnyOf(begins(1));
    }
}
