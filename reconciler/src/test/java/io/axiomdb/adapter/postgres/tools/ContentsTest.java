package io.axiomdb.adapter.postgres.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Names in a table of contents are users' choice; what an administrator restores is not. */
class ContentsTest {
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
        assertThat(contents.schemas()).extracting(ContentsTest::id).containsExactly("10", "7");
        assertThat(contents.extensions()).extracting(ContentsTest::id).containsExactly("3", "3491", "2", "3492");
        assertThat(contents.rest()).extracting(ContentsTest::id).containsExactly("3490", "220", "3493", "221", "222");
    }

    private static String id(String line) {
        return line.substring(0, line.indexOf(';'));
    }
}
