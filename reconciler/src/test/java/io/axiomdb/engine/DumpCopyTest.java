package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies by pg_dump and pg_restore of this machine, on the server of Debian 12. */
class DumpCopyTest extends CopyContract {
    private static final Path REAL = Path.of("/usr/lib/postgresql/15/bin");

    /** Where the programs are; a test may put others in their place. */
    private static SortedMap<Integer, Path> programs = real();

    @TempDir
    Path directory;

    DumpCopyTest() {
        super(15, () -> programs);
        programs = real();
    }

    @Override
    boolean copiesFiles() {
        return false;
    }

    private static SortedMap<Integer, Path> real() {
        return new TreeMap<>(Map.of(15, REAL));
    }

    private static Desired schema() {
        return stock(" main: { schemas: [app] }, pr-1: { from: main, data: schema, schemas: [app] } ");
    }

    private Connection connected() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + installation.host.port() + "/" + PARENT,
                "stock_main_rw",
                installation.password("stock", "main", RoleKind.RW));
    }

    /** Instead of the real ones: shell scripts, which find those as {@code $REAL}. */
    private void instead(String dump, String restore) throws IOException {
        Map<String, String> scripts = Map.of("pg_dump", dump, "pg_restore", restore);
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            Path file = directory.resolve(script.getKey());
            Files.writeString(file, "#!/bin/sh\nREAL=" + REAL.resolve(script.getKey()) + "\n" + script.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        programs = new TreeMap<>(Map.of(15, directory));
    }

    private static String failure(ApplyReport report) {
        return Objects.requireNonNull(report.results().getLast().why()).detail();
    }

    @Test
    void the_tools_of_this_machine_are_found() {
        assertThat(ClientTools.onPath("").get()).containsEntry(15, REAL);
        assertThat(ClientTools.onPath("/nowhere:relative:" + REAL).get()).containsEntry(15, REAL);
    }

    /** Each ended the session that kept the moment of the others: "invalid snapshot identifier". */
    @Test
    void several_copies_of_one_parent_in_one_apply_leave_each_other_alone() {
        String copies = IntStream.rangeClosed(1, 6)
                .mapToObj(i -> "pr-" + i + ": { from: main, data: full, schemas: [app]"
                        + (i % 2 == 0 ? ", hold_sessions: true" : "") + " }")
                .collect(Collectors.joining(", "));
        Desired desired = stock(" main: { schemas: [app] }, " + copies + " ");
        assertThat(installation.plan(desired).plan().turns()).isNotEmpty();

        done(installation.apply(desired));

        assertThat(rw("SELECT count(*) FROM people")).isEqualTo("1000");
    }

    @Test
    void the_parent_is_used_meanwhile_and_read_as_of_one_moment() throws Exception {
        owner(
                "main",
                "stock_main",
                PARENT,
                "CREATE TABLE debit (i int); CREATE TABLE credit (i int);"
                        + " GRANT SELECT, INSERT ON debit, credit TO stock_main_rw");
        AtomicBoolean over = new AtomicBoolean();
        try (Connection open = connected();
                Connection busy = connected()) {
            open.setAutoCommit(false);
            busy.setAutoCommit(false);
            try (Statement statement = open.createStatement()) {
                statement.execute("INSERT INTO people (name, born) VALUES ('uncommitted', 5)");
            }
            CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> transactions(busy, over));
            Plan plan = installation.plan(copied("")).plan();
            assertThat(plan.notices()).extracting(Diagnostic::code).doesNotContain(Code.COPY_WAITS);
            done(installation.apply(copied("")));
            over.set(true);
            assertThat(load.get()).isPositive();
            open.commit();
        }
        assertThat(rw("SELECT (SELECT count(*) FROM debit) - (SELECT count(*) FROM credit)"))
                .isEqualTo("0");
        assertThat(rw("SELECT count(*) FROM people")).isEqualTo("1000");
        assertThat(installation.ask(PARENT, "SELECT count(*) FROM people")).isEqualTo("1001");
    }

    private static int transactions(Connection connection, AtomicBoolean over) {
        try (Statement statement = connection.createStatement()) {
            int made = 0;
            for (; !over.get(); made++) {
                statement.execute("INSERT INTO debit VALUES (1)");
                statement.execute("INSERT INTO credit VALUES (1)");
                connection.commit();
            }
            return made;
        } catch (SQLException e) {
            throw new IllegalStateException("the parent could not be used", e);
        }
    }

    @Test
    void a_schema_comes_without_rows() {
        done(installation.apply(schema()));
        owner("pr-1", "stock_main_br_pr-1", COPY, "REFRESH MATERIALIZED VIEW app.counted");
        assertThat(withoutRows(installation.ask(COPY, Furnished.FINGERPRINT)))
                .isEqualTo(withoutRows(installation.ask(PARENT, Furnished.FINGERPRINT)));
        assertThat(rw("SELECT count(*) FROM people")).isEqualTo("0");
        assertThat(rw("INSERT INTO people (name, born) VALUES ('new', 5) RETURNING id || ' ' || doubled"))
                .isEqualTo("1 10");
        assertThat(installation.ask(COPY, Furnished.named("^stock_main_(owner|rw|ro)$")))
                .isEmpty();
    }

    private static List<String> withoutRows(String fingerprint) {
        return fingerprint
                .lines()
                .filter(line -> !line.matches("(rows|sequence|large|comment \\d+) .*"))
                .toList();
    }

    /** Rows arrive before anything could stop the functions that look at them. */
    @Test
    void what_users_wrote_is_never_run_as_more_than_the_owner() {
        owner("main", "stock_main", PARENT, """
                CREATE TABLE seen_by (who text, superuser text);
                CREATE FUNCTION reach(sql text) RETURNS boolean LANGUAGE plpgsql AS $f$
                BEGIN
                    BEGIN
                        RESET SESSION AUTHORIZATION; RESET ROLE;
                        EXECUTE sql;
                        RAISE EXCEPTION 'made';
                    EXCEPTION WHEN OTHERS THEN
                        IF SQLERRM = 'made' THEN RETURN true; END IF;
                    END;
                    BEGIN EXECUTE sql; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false; END;
                END $f$;
                CREATE FUNCTION greedy(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $f$
                BEGIN
                    IF public.reach('ALTER ROLE stock_main_rw SUPERUSER')
                       OR public.reach('COPY (SELECT 1) TO PROGRAM ''true''')
                       OR public.reach('SET ROLE axm_admin') THEN
                        RAISE EXCEPTION 'it could';
                    END IF;
                    RETURN i;
                END $f$;
                CREATE FUNCTION told(i int) RETURNS boolean LANGUAGE plpgsql AS $f$
                BEGIN
                    INSERT INTO public.seen_by VALUES (session_user || ' as ' || current_user, current_setting('is_superuser'));
                    RETURN public.greedy(i) = i;
                END $f$;
                CREATE TABLE trap (i int, g int GENERATED ALWAYS AS (greedy(i)) STORED);
                CREATE INDEX ON trap (greedy(i));
                INSERT INTO trap VALUES (1), (2);
                ALTER TABLE trap ADD CONSTRAINT looks CHECK (told(i));
                DELETE FROM seen_by""");
        done(installation.apply(copied("")));
        assertThat(installation.ask(COPY, "SELECT string_agg(DISTINCT who || ' ' || superuser, ';') FROM seen_by"))
                .matches("axm_run_[0-9a-f]{16} as stock_main_br_pr-1_owner off");
        assertThat(installation.ask(
                        "postgres", "SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname ~ 'stock|axm_run'"))
                .isEqualTo("0");
        assertThat(rw("SELECT count(*) FROM trap")).isEqualTo("2");
    }

    /** Nothing is masked yet. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER TABLE refusing ADD CHECK (raising(mail) IS NOT NULL) | COPY failed for table \"refusing\"",
                "CREATE INDEX by_raising ON refusing (raising(mail)) | INDEX by_raising",
            })
    void what_is_raised_while_rows_arrive_tells_no_value_of_them(String sql, String words) {
        owner("main", "stock_main", PARENT, """
                CREATE TABLE refusing (mail text); INSERT INTO refusing VALUES ('bob@example.org');
                CREATE FUNCTION raising(mail text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $f$ BEGIN
                IF session_user ~ '^axm_run' THEN RAISE EXCEPTION E'%\\npg_restore: error: %', mail, mail; END IF;
                RETURN mail; END $f$;
                """ + sql);
        assertThat(failure(installation.apply(copied(""))))
                .contains(words, "which can quote rows", "taken back")
                .doesNotContain("bob");
        nothingIsLeft();
    }

    /** Its function would be run by superusers too. */
    @Test
    void what_an_owner_may_not_make_fails_and_says_what_it_is() {
        installation.admin(
                PARENT,
                "CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                        + " CREATE EVENT TRIGGER forbidden ON ddl_command_end EXECUTE FUNCTION et()");
        assertThat(failure(installation.apply(copied("")))).contains("EVENT TRIGGER", "forbidden", "taken back");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$REAL \"$@\" | head -c -3000; echo 'pg_dump: error: the connection broke' >&2; exit 1",
                "$REAL \"$@\"; echo 'pg_dump: error: the connection broke' >&2; exit 1",
                "$REAL \"$@\" | head -c 5000; echo 'pg_dump: error: the connection broke' >&2; exit 1",
                "echo 'pg_dump: error: the connection broke' >&2; exit 1",
            })
    void a_pg_dump_that_fails_leaves_no_half_made_branch(String dump) throws IOException {
        instead(dump, "exec $REAL \"$@\"");
        assertThat(failure(installation.apply(copied("")))).contains("the connection broke", "taken back");
        nothingIsLeft();
        programs = real();
        done(installation.apply(copied("")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[ \"$1\" = --list ] && exec $REAL \"$@\"; head -c 20000 >&2; exit 7",
                "[ \"$1\" = --list ] && exec $REAL \"$@\"; kill -9 $$",
                "exit 3",
            })
    void a_pg_restore_that_fails_leaves_no_half_made_branch_and_tells_no_row(String restore) throws IOException {
        instead("exec $REAL \"$@\"", restore);
        assertThat(failure(installation.apply(copied("")))).contains("without a word", "taken back");
        nothingIsLeft();
    }

    @Test
    void no_password_is_where_others_could_read_it() throws IOException {
        String spy = """
                for file in cmdline environ; do tr '\\0' '\\n' < /proc/$$/$file >> %1$s/said; done
                cat "$PGPASSFILE" >> %1$s/told
                exec $REAL "$@"
                """.formatted(directory);
        instead(spy, spy);
        done(installation.apply(copied("")));
        String said = Files.readString(directory.resolve("said"));
        assertThat(said).contains("PGPASSFILE=/proc/", "--format=custom").doesNotContain("PGPASSWORD");
        List<String> passwords = Files.readAllLines(directory.resolve("told")).stream()
                .map(line -> line.substring("*:*:*:*:".length()).replaceAll("\\\\(.)", "$1"))
                .distinct()
                .toList();
        assertThat(passwords).hasSize(2).contains(installation.host.password().reveal());
        String audit = installation
                .controlPlane
                .audit("acme", new AuditQuery(1000, null, null, null))
                .toString();
        String log = installation.host.cluster().lastWords(1_000_000);
        assertThat(log).contains("CREATE DATABASE");
        for (String password : passwords) {
            assertThat(said).doesNotContain(password);
            assertThat(audit).doesNotContain(password);
            assertThat(log).doesNotContain(password);
        }
    }

    @Test
    void an_apply_that_ends_before_any_step_is_finished_by_the_next() {
        Desired desired = Copying.with(copied(", transform: mask.sql"), "mask.sql", "UPDATE people SET name = 'm'");
        int steps =
                installation.plan(desired).plan().changes().getLast().steps().size();
        assertThat(steps).isGreaterThan(9);
        for (int stop = 2; stop <= steps; stop++) {
            installation.stopAfter(desired, stop + 1);
        }
        done(installation.apply(desired));
        assertThat(rw("SELECT DISTINCT name FROM people")).isEqualTo("m");
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_new'"))
                .isEqualTo("0");
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_roles WHERE rolname ~ '^axm_run'"))
                .isEqualTo("0");
    }
}
