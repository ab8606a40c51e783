package io.axiomdb.adapter.postgres.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Names in a table of contents are users' choice; what an administrator restores is not. */
class ContentsTest {
    private static final Extensions EXTENSIONS = new Extensions(
            new TreeSet<>(List.of("hstore", "uuid-ossp")),
            new TreeMap<>(Map.of(16500L, "hstore.kept")),
            new TreeMap<>(Map.of(16386L, "ext")));

    @Test
    void an_administrator_restores_extensions_and_nothing_that_only_looks_like_one() {
        Contents contents = Contents.of("""
                ;
                ; Archive created at 2026-11-22 13:51:33 UTC
                10; 2615 16560 SCHEMA - - EXTENSION own
                7; 2615 16386 SCHEMA - ext postgres
                3490; 0 0 COMMENT - SCHEMA ext own
                3; 3079 16425 EXTENSION - hstore\s
                3491; 0 0 COMMENT - EXTENSION hstore\s
                2; 3079 16387 EXTENSION - uuid-ossp\s
                3492; 0 0 COMMENT - EXTENSION "uuid-ossp"\s
                220; 1259 16561 TABLE - EXTENSION foo own
                3493; 0 0 COMMENT - EXTENSION TABLE foo own
                221; 1259 3079 TABLE EXTENSION - hstore own
                222; 1255 16570 FUNCTION public EXTENSION - evil() own
                """);
        assertThat(contents.only(EXTENSIONS)).extracting(ContentsTest::id).containsExactly("3", "3491", "2", "3492");
        assertThat(contents.without(EXTENSIONS))
                .extracting(ContentsTest::id)
                .containsExactly("10", "3490", "220", "3493", "221", "222");
    }

    @Test
    void an_administrator_fills_what_is_an_extensions_and_no_table_that_only_sounds_so() {
        Contents contents = Contents.of("""
                230; 0 16500 TABLE DATA hstore kept own
                231; 0 16501 TABLE DATA public mine own
                232; 1259 16500 TABLE DATA foo own
                233; 1259 16502 SEQUENCE SET foo own
                234; 0 0 SEQUENCE SET hstore numbers own
                235; 1255 16500 FUNCTION TABLE DATA evil() own
                236; 2620 16500 TRIGGER hstore kept evil own
                """);
        assertThat(contents.only(EXTENSIONS)).extracting(ContentsTest::id).containsExactly("230", "234");
    }

    @Test
    void names_are_patterns_that_mean_nothing_else() {
        Extensions odd = new Extensions(
                new TreeSet<>(List.of("a\"*.?|b")),
                new TreeMap<>(Map.of(1L, "s.\"t*\"")),
                Collections.emptySortedMap());
        assertThat(odd.only(false)).containsExactly("--extension=\"a\"\"*.?|b\"", "--table=s.\"t*\"");
        assertThat(odd.only(true)).containsExactly("--extension=\"a\"\"*.?|b\"", "--schema-only");
        assertThat(odd.without(true)).containsExactly("--schema-only", "--exclude-table-data=s.\"t*\"");
    }

    private static String id(String line) {
        return line.substring(0, line.indexOf(';'));
    }
}
