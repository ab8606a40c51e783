package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that users gave to extensions, in copies by pg_dump and pg_restore of this machine. */
class ExtensionRowsTest {
    private static final String PARENT = CopyContract.PARENT;
    private static final String COPY = CopyContract.COPY;
    private static final String ITS_ROWS =
            "SELECT string_agg(id || word, ' ' ORDER BY id) FROM axm_kept_own.\"its rows\"";

    private static final String SCRIPT = """
            CREATE SCHEMA axm_kept_own;
            CREATE SEQUENCE axm_kept_own.numbers;
            CREATE TABLE axm_kept_own."its rows" (id int PRIMARY KEY, word text);
            CREATE TABLE axm_kept_own.quiet (i int);
            INSERT INTO axm_kept_own."its rows" VALUES (1, 'shipped');
            GRANT USAGE ON SCHEMA axm_kept_own TO PUBLIC;
            SELECT pg_extension_config_dump('axm_kept_own."its rows"', 'WHERE id > 1');
            SELECT pg_extension_config_dump('axm_kept_own.numbers', '');
            """;

    /** Writes down why it could not, or that it could. */
    private static final String HOSTILE = """
            CREATE TABLE tried (how text);
            CREATE FUNCTION forges(i int) RETURNS boolean LANGUAGE plpgsql AS $f$
            BEGIN
                BEGIN
                    INSERT INTO axm_kept_own."its rows" VALUES (100 + i, 'forged');
                    INSERT INTO public.tried VALUES ('row forged');
                EXCEPTION WHEN OTHERS THEN INSERT INTO public.tried VALUES (SQLERRM);
                END;
                BEGIN
                    PERFORM setval('axm_kept_own.numbers', 666);
                    INSERT INTO public.tried VALUES ('value forged');
                EXCEPTION WHEN OTHERS THEN INSERT INTO public.tried VALUES (SQLERRM);
                END;
                RETURN true;
            END $f$;
            CREATE TABLE bait (i int CHECK (public.forges(i)));
            INSERT INTO bait VALUES (1);
            DELETE FROM tried;
            """;

    private final Installation installation =
            Installation.of(15, () -> new TreeMap<>(Map.of(15, Path.of("/usr/lib/postgresql/15/bin"))));

    @BeforeEach
    void there_is_an_extension_with_rows_of_its_own() throws IOException {
        Path extensions = Path.of(
                installation.ask("postgres", "SELECT setting || '/extension' FROM pg_config WHERE name = 'SHAREDIR'"));
        assertThat(extensions).as("not the machine's").startsWith(Path.of(System.getProperty("java.io.tmpdir")));
        Files.writeString(extensions.resolve("axm_kept.control"), "default_version = '1'\nrelocatable = false\n");
        Files.writeString(extensions.resolve("axm_kept--1.sql"), SCRIPT);
        installation.drop("stock");
        CopyContract.done(installation.apply(CopyContract.stock(" main: {} ")));
        installation.admin(PARENT, """
                CREATE EXTENSION axm_kept;
                COMMENT ON EXTENSION axm_kept IS 'keeps';
                INSERT INTO axm_kept_own."its rows" VALUES (2, 'added'), (3, 'added');
                INSERT INTO axm_kept_own.quiet VALUES (1);
                SELECT setval('axm_kept_own.numbers', 77);
                CREATE SCHEMA "Odd ""ext" AUTHORIZATION stock_main_owner;
                COMMENT ON SCHEMA "Odd ""ext" IS 'odd';
                CREATE EXTENSION "uuid-ossp" SCHEMA "Odd ""ext\"""");
        installation.as("stock", "main", RoleKind.OWNER, "stock_main_owner", PARENT, HOSTILE);
    }

    @AfterEach
    void drop_what_was_made() {
        installation.drop("stock");
        installation.close();
    }

    private static Desired copied(String data) {
        return CopyContract.stock(" main: {}, pr-1: { from: main, data: " + data + " } ");
    }

    @Test
    void they_come_along_and_nobody_may_forge_one_meanwhile() {
        CopyContract.done(installation.apply(copied("full")));
        assertThat(installation.ask(COPY, ITS_ROWS)).isEqualTo("1shipped 2added 3added");
        assertThat(installation.ask(COPY, "SELECT last_value FROM axm_kept_own.numbers"))
                .isEqualTo("77");
        assertThat(installation.ask(COPY, "SELECT count(*) FROM axm_kept_own.quiet"))
                .isEqualTo("0");
        assertThat(installation.ask(COPY, "SELECT count(*) FROM bait")).isEqualTo("1");
        assertThat(installation.ask(COPY, "SELECT string_agg(how, '; ' ORDER BY how) FROM tried"))
                .isEqualTo("permission denied for sequence numbers; permission denied for table its rows");
        String acl = "SELECT relacl IS NULL FROM pg_class WHERE relname = 'its rows'";
        assertThat(installation.ask(COPY, acl)).isEqualTo(installation.ask(PARENT, acl));
        assertThat(installation.ask(COPY, "SELECT obj_description(oid) FROM pg_extension WHERE extname = 'axm_kept'"))
                .isEqualTo("keeps");
        assertThat(installation.ask(
                        COPY,
                        "SELECT extnamespace::regnamespace || obj_description(extnamespace) FROM pg_extension"
                                + " WHERE extname = 'uuid-ossp'"))
                .isEqualTo("\"Odd \"\"ext\"odd");
    }

    @Test
    void of_a_schema_alone_only_those_that_the_extension_ships_are_there() {
        CopyContract.done(installation.apply(copied("schema")));
        assertThat(installation.ask(COPY, ITS_ROWS)).isEqualTo("1shipped");
        assertThat(installation.ask(COPY, "SELECT count(*) FROM tried")).isEqualTo("0");
    }
}
