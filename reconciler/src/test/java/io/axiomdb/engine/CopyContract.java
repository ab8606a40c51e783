package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Installation.SqlRefused;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A branch that starts with all that its parent holds, on real servers. */
abstract class CopyContract {
    static final String PARENT = "sq_stock_main";
    static final String COPY = "sq_stock_main_br_pr-1";

    final Installation installation;

    CopyContract(int version, Supplier<SortedMap<Integer, Path>> programs) {
        installation = Installation.of(version, programs);
    }

    static Desired stock(String branches) {
        return Installation.project("stock", branches);
    }

    static Desired copied(String more) {
        return stock(" main: { schemas: [app] }, pr-1: { from: main, data: full, schemas: [app]" + more + " } ");
    }

    @BeforeEach
    void there_is_a_furnished_parent() {
        drop();
        assertThat(installation.apply(stock(" main: { schemas: [app] } ")).converged())
                .isTrue();
        installation.admin(PARENT, Furnished.BY_ADMIN);
        installation.admin(
                PARENT,
                "GRANT USAGE ON SCHEMA ext TO stock_main_owner; GRANT SELECT ON of_admin TO stock_main_ro;"
                        + " ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO stock_main_ro");
        owner("main", "stock_main", PARENT, Furnished.byOwner("stock_main_owner", "stock_main_rw", "stock_main_ro"));
        installation.apply(stock(" main: { schemas: [app] } "));
    }

    @AfterEach
    void drop_what_was_made() {
        drop();
        installation.close();
    }

    void drop() {
        installation.drop("stock");
        String left = "SELECT string_agg(datname, ',') FROM pg_database WHERE datname ~ '^axm_(new|del)'";
        for (String name : installation.ask("postgres", left).split(",")) {
            if (!name.isEmpty()) {
                installation.admin("postgres", "DROP DATABASE \"" + name + "\" WITH (FORCE)");
            }
        }
    }

    String owner(String branch, String roles, String database, String sql) {
        return installation.as("stock", branch, RoleKind.OWNER, roles + "_owner", database, sql);
    }

    String rw(String sql) {
        return installation.as("stock", "pr-1", RoleKind.RW, "stock_main_br_pr-1_rw", COPY, sql);
    }

    String ro(String sql) {
        return installation.as("stock", "pr-1", RoleKind.RO, "stock_main_br_pr-1_ro", COPY, sql);
    }

    static void done(ApplyReport report) {
        assertThat(report.results())
                .extracting(ChangeResult::why)
                .filteredOn(Objects::nonNull)
                .isEmpty();
        assertThat(report.after().plan().changes())
                .flatExtracting(c -> c.fields())
                .isEmpty();
        assertThat(report.after().plan().heldBack()).isEmpty();
        assertThat(report.converged()).isTrue();
    }

    /** Nothing of the branch is on the host, and nothing of it is registered. */
    void nothingIsLeft() {
        assertThat(installation.ask(
                        "postgres", "SELECT string_agg(datname, ',') FROM pg_database WHERE datname ~ 'pr-1|axm_new'"))
                .isEmpty();
        assertThat(installation.ask(
                        "postgres", "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname ~ 'pr-1|axm_run'"))
                .isEmpty();
        assertThat(installation.controlPlane.read("acme").applied().keySet())
                .noneMatch(k -> k.name().equals("pr-1"));
        assertThat(installation.controlPlane.read("acme").credentials().keySet())
                .noneMatch(k -> k.branch().equals("pr-1"));
    }

    @Test
    void a_copy_has_everything_and_names_nobody_of_the_parent() {
        String before = installation.ask(PARENT, Furnished.FINGERPRINT);
        String grants = "SELECT string_agg(relname || coalesce(relacl::text, ''), ',' ORDER BY oid) FROM pg_class";
        String rights = installation.ask(PARENT, grants);
        done(installation.apply(copied("")));
        assertThat(installation.ask(COPY, Furnished.FINGERPRINT)).isEqualTo(before);
        assertThat(installation.ask(COPY, Furnished.named("^stock_main_(owner|rw|ro)$")))
                .isEmpty();
        assertThat(installation.ask(PARENT, Furnished.FINGERPRINT))
                .as("the parent")
                .isEqualTo(before);
        assertThat(installation.ask(PARENT, grants)).as("the parent's grants").isEqualTo(rights);
        assertThat(installation.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_database d JOIN pg_roles r ON r.oid = datdba" + " WHERE datname = '"
                                + PARENT + "' AND rolname = 'stock_main_owner' AND datallowconn"))
                .isEqualTo("1");
    }

    @Test
    void the_roles_of_a_copy_use_it_and_those_of_the_parent_do_not_get_in() {
        done(installation.apply(copied("")));
        assertThat(rw("INSERT INTO people (name, born) VALUES ('new', 5) RETURNING id || ' ' || doubled"))
                .isEqualTo("4712 10");
        assertThat(rw("SELECT string_agg(v, ',') FROM app.identity"))
                .as("policies")
                .isEqualTo("a,b");
        assertThat(ro("SELECT count(*) FROM people, happy")).isEqualTo("0");
        assertThat(ro("SELECT app.twice(2)")).isEqualTo("4");
        assertThat(owner(
                        "pr-1",
                        "stock_main_br_pr-1",
                        COPY,
                        "ALTER TABLE people ADD more int; CREATE TABLE app.mine (i int); DROP EXTENSION hstore CASCADE;"
                                + " DROP SCHEMA app CASCADE; SELECT lo_unlink(77701)"))
                .isEqualTo("1");
        assertThatThrownBy(() -> ro("INSERT INTO people (name) VALUES ('x')")).isInstanceOf(SqlRefused.class);
        assertThatThrownBy(() -> owner("main", "stock_main", COPY, "SELECT 1")).isInstanceOf(SqlRefused.class);
    }

    @Test
    void a_script_masks_the_copy_before_anyone_may_connect() {
        Desired masked = Copying.with(
                copied(", transform: mask.sql"),
                "mask.sql",
                "UPDATE people SET name = 'masked'; CREATE TABLE made (i int); CREATE SCHEMA more; RESET ROLE;"
                        + " UPDATE app.parts SET v = '?' || $$;$$");
        done(installation.apply(masked));
        assertThat(rw("SELECT DISTINCT name FROM people")).isEqualTo("masked");
        assertThat(rw("SELECT count(*) FROM made")).isEqualTo("0");
        assertThat(installation.ask(PARENT, "SELECT count(*) FROM people WHERE name = 'masked'"))
                .isEqualTo("0");
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_roles WHERE rolname ~ '^axm_run'"))
                .isEqualTo("0");
        assertThat(installation.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = roleid"
                                + " WHERE rolname ~ '^stock'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1/0",
                "RESET SESSION AUTHORIZATION; ALTER ROLE stock_main_rw SUPERUSER",
                "SET SESSION AUTHORIZATION DEFAULT; SET ROLE NONE; ALTER ROLE stock_main_rw SUPERUSER",
                "RESET ROLE; COPY people TO PROGRAM 'cat >/dev/null'",
                "SET ROLE NONE; CREATE TABLE of_the_login (i int)",
                "SET ROLE axm_admin",
                "ALTER DATABASE \"" + COPY + "\" CONNECTION LIMIT -1",
                "COMMIT; DROP DATABASE sq_stock_main",
                "DO $$ BEGIN EXECUTE 'ALTER ROLE ' || session_user || ' SUPERUSER'; END $$",
                "CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN RESET SESSION AUTHORIZATION; CREATE ROLE axm_run_thief SUPERUSER; RETURN NULL; END';"
                        + " CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED"
                        + " FOR EACH ROW EXECUTE FUNCTION pg_temp.f(); UPDATE people SET name = 'x' WHERE id = 1",
            })
    void a_script_that_fails_or_reaches_for_more_destroys_the_copy(String sql) {
        Desired bad = Copying.with(copied(", transform: mask.sql"), "mask.sql", sql);
        String before = installation.ask(PARENT, Furnished.FINGERPRINT);
        ApplyReport report = installation.apply(bad);
        assertThat(report.results()).last().satisfies(r -> {
            assertThat(r.status()).isEqualTo(ChangeResult.Status.FAILED);
            assertThat(Objects.requireNonNull(r.why()).detail()).contains("taken back");
        });
        nothingIsLeft();
        assertThat(installation.ask(
                        "postgres", "SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname ~ 'stock|axm_run'"))
                .isEqualTo("0");
        assertThat(installation.ask(PARENT, Furnished.FINGERPRINT)).isEqualTo(before);
        done(installation.apply(copied("")));
    }

    @Test
    void a_reset_copies_again_and_keeps_names_passwords_and_the_old_data() {
        done(installation.apply(copied("")));
        rw("INSERT INTO people (name, born) VALUES ('only here', 5)");
        owner("main", "stock_main", PARENT, "INSERT INTO people (name, born) VALUES ('since', 5)");
        String password = installation.password("stock", "pr-1", RoleKind.RW);
        done(Copying.reset(installation, copied(""), "stock", "pr-1"));
        assertThat(installation.password("stock", "pr-1", RoleKind.RW)).isEqualTo(password);
        assertThat(rw("SELECT string_agg(name, ',') FROM people WHERE name IN ('since', 'only here')"))
                .isEqualTo("since");
        String kept = installation.ask("postgres", "SELECT datname FROM pg_database WHERE datname ~ '^axm_del_'");
        assertThat(installation.ask(
                        "postgres",
                        "SELECT shobj_description(oid, 'pg_database') || datallowconn FROM pg_database"
                                + " WHERE datname = '" + kept + "'"))
                .startsWith("axm-removed:acme/stock/pr-1 ")
                .endsWith("false");
        installation.admin("postgres", "ALTER DATABASE \"" + kept + "\" ALLOW_CONNECTIONS true");
        assertThat(installation.ask(kept, "SELECT count(*) FROM people WHERE name = 'only here'"))
                .isEqualTo("1");
    }

    private static final String BY_A_TRIGGER = "CREATE FUNCTION thief() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN ALTER ROLE CURRENT_USER PASSWORD ''known by me''; RETURN NULL; END';";

    private static Stream<Arguments> reaching() {
        return Stream.of(
                Arguments.of(
                        "ALTER ROLE CURRENT_USER PASSWORD 'known by me'", "changes roles or databases (pg_authid)"),
                Arguments.of(
                        "ALTER ROLE CURRENT_USER SET search_path = evil",
                        "changes roles or databases (pg_db_role_setting)"),
                Arguments.of(
                        "ALTER ROLE CURRENT_USER PASSWORD 'known by me'; COMMIT",
                        "begins, ends or prepares a transaction"),
                Arguments.of(
                        "SELECT 1; /* a -- b */ -- c\n PREPARE TRANSACTION 'stuck'", "ends or prepares a transaction"),
                Arguments.of("ROLLBACK; SELECT 1", "ends or prepares a transaction"),
                Arguments.of(
                        "SAVEPOINT a; ROLLBACK TO a; PREPARE b AS SELECT 1; EXECUTE b; SELECT 1/0",
                        "division_by_zero"));
    }

    @ParameterizedTest
    @MethodSource("reaching")
    void a_script_gets_no_login_and_no_transaction_of_its_own(String sql, String words) {
        Diagnostic why = failed(installation.apply(masked("UPDATE people SET name = 'masked'; " + sql)));
        assertThat(why.detail()).contains(words, "taken back");
        nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE TRIGGER thief AFTER UPDATE", "CREATE CONSTRAINT TRIGGER thief AFTER UPDATE"})
    void nor_does_who_wrote_a_trigger_that_it_fires(String trigger) {
        boolean late = trigger.contains("CONSTRAINT");
        owner(
                "main",
                "stock_main",
                PARENT,
                BY_A_TRIGGER + trigger + " ON people " + (late ? "DEFERRABLE INITIALLY DEFERRED " : "")
                        + "FOR EACH ROW EXECUTE FUNCTION thief()");
        Diagnostic why = failed(installation.apply(masked("UPDATE people SET name = 'masked' WHERE id = 1")));
        assertThat(why.detail()).contains("changes roles or databases (pg_authid)", "taken back");
        nothingIsLeft();
    }

    @Test
    void nor_who_wrote_a_function_that_a_view_runs() {
        owner(
                "main",
                "stock_main",
                PARENT,
                "CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS 'BEGIN IF current_user <> ''stock_main_owner'' THEN"
                        + " ALTER ROLE CURRENT_USER PASSWORD ''known by me''; END IF; RETURN 1; END';"
                        + " CREATE MATERIALIZED VIEW seen AS SELECT public.sly()");
        Diagnostic why = failed(installation.apply(masked("UPDATE people SET name = 'masked' WHERE id = 1")));
        assertThat(why.detail()).contains("roles of the branch were changed while the copy was made", "taken back");
        nothingIsLeft();
    }

    private static final String PERSON = """
            CREATE TABLE person (id int, tenant text, mail text);
            INSERT INTO person VALUES (1, 'a', 'ann@example.org'), (2, 'b', 'bob@example.org');
            ALTER TABLE person ENABLE ROW LEVEL SECURITY; ALTER TABLE person FORCE ROW LEVEL SECURITY;
            CREATE POLICY own ON person USING (tenant = current_setting('app.tenant', true))""";

    private static final String MASK_PERSON = "UPDATE person SET mail = 'masked-' || id";

    static Desired masked(String sql) {
        return Copying.with(copied(", transform: mask.sql"), "mask.sql", sql);
    }

    static Diagnostic failed(ApplyReport report) {
        assertThat(report.results().getLast().status()).isEqualTo(ChangeResult.Status.FAILED);
        return Objects.requireNonNull(report.results().getLast().why());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                MASK_PERSON,
                "SET row_security = on; " + MASK_PERSON,
                "SET app.tenant = 'a'; " + MASK_PERSON,
                "DELETE FROM person WHERE tenant = 'a'",
                "CREATE TABLE clean AS SELECT id, tenant FROM person; DROP TABLE person",
            })
    void a_script_that_row_security_narrows_is_refused_and_nothing_is_opened(String sql) {
        owner("main", "stock_main", PARENT, PERSON);
        Diagnostic why = failed(installation.apply(masked(sql)));
        assertThat(why.detail()).contains("taken back");
        if (!sql.startsWith("SET row_security")) {
            assertThat(why.detail()).contains("insufficient_privilege, for a policy of row-level security narrows it");
            assertThat(why.help()).contains("NO FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY");
        }
        nothingIsLeft();
    }

    @Test
    void a_script_that_lifts_force_and_sets_it_again_masks_every_row() {
        owner("main", "stock_main", PARENT, PERSON);
        done(installation.apply(masked("ALTER TABLE person NO FORCE ROW LEVEL SECURITY; " + MASK_PERSON
                + "; ALTER TABLE person FORCE ROW LEVEL SECURITY")));
        assertThat(installation.ask(COPY, "SELECT string_agg(mail, ',' ORDER BY id) FROM person"))
                .isEqualTo("masked-1,masked-2");
        assertThat(installation.ask(COPY, "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'person'::regclass"))
                .isEqualTo("t");
    }

    private static final String ONLY_ONE = "CREATE TABLE only_one (mail text UNIQUE); INSERT INTO only_one"
            + " VALUES ('ann@example.org'), ('bob@example.org')";

    /** Makes a table of a value's name, and breaks a rule of it: the server names both. */
    private static final String NAMED_BY_A_VALUE = """
            DO $$ DECLARE v text := (SELECT max(mail) FROM only_one); BEGIN
            EXECUTE format('CREATE TABLE %1$I (%1$I int CONSTRAINT %1$I CHECK (%1$I > 0))', v);
            EXECUTE format('INSERT INTO %I VALUES (0)', v); END $$""";

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(
                        "-- all of them\nUPDATE only_one\n SET mail = 'bob@example.org'",
                        "unique_violation in the statement that begins in line 2 of the script; table public.only_one;"
                                + " constraint only_one_mail_key (SQLSTATE 23505)"),
                Arguments.of(
                        "SELECT 1;\n\n/* a\n number */ UPDATE only_one SET mail = max(mail, '')::int FROM (SELECT 1) x",
                        "undefined_function in line 4 of the script (SQLSTATE 42883)"),
                Arguments.of(
                        "SELECT 1;\nUPDATE only_one SET mail = mail::int",
                        "invalid_text_representation in the statement that begins in line 2 of the script (SQLSTATE 22P02)"),
                Arguments.of(
                        "SELECT 1;\nSELECT 'bob@example.org',\n 'bob@example.org'::int",
                        "invalid_text_representation in line 3 of the script (SQLSTATE 22P02)"),
                Arguments.of(
                        "DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(mail, ',') FROM only_one); END $$",
                        "raise_exception in the statement that begins in line 1 of the script (SQLSTATE P0001)"),
                Arguments.of(
                        "DO $$ DECLARE v text := (SELECT max(mail) FROM only_one); BEGIN RAISE division_by_zero USING"
                                + " MESSAGE = v, DETAIL = v, HINT = v, SCHEMA = v, TABLE = v, COLUMN = v, CONSTRAINT = v,"
                                + " DATATYPE = v; END $$",
                        "division_by_zero in the statement that begins in line 1 of the script (SQLSTATE 22012)"),
                Arguments.of(
                        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = (SELECT upper(left(max(mail), 3)) FROM only_one)"
                                + " || 'BY'; END $$",
                        "an SQLSTATE that is not PostgreSQL's in the statement that begins in line 1 of the script; what"),
                Arguments.of(
                        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '22' || (SELECT upper(left(max(mail), 3)) FROM"
                                + " only_one); END $$",
                        "class 22, data_exception in the statement that begins in line 1 of the script; what"),
                Arguments.of(
                        "DO $$ BEGIN EXECUTE format('TABLE %I', (SELECT max(mail) FROM only_one)); END $$",
                        "undefined_table in the statement that begins in line 1 of the script (SQLSTATE 42P01)"),
                Arguments.of(
                        NAMED_BY_A_VALUE,
                        "check_violation in the statement that begins in line 1 of the script (SQLSTATE 23514)"),
                Arguments.of(
                        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''%'', NEW; END';"
                                + " CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON only_one DEFERRABLE INITIALLY DEFERRED"
                                + " FOR EACH ROW EXECUTE FUNCTION late(); UPDATE only_one SET mail = mail",
                        ": raise_exception (SQLSTATE P0001)"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_script_that_fails_tells_no_value_of_a_row(String sql, String words) {
        owner("main", "stock_main", PARENT, ONLY_ONE);
        Diagnostic why = failed(installation.apply(masked(sql)));
        assertThat(why.detail()).contains("mask.sql", words, "taken back");
        assertThat(why.toString()).doesNotContainIgnoringCase("bob");
        assertThat(installation
                        .controlPlane
                        .audit("acme", new AuditQuery(100, null, null, null))
                        .toString())
                .contains(words)
                .doesNotContain("bob@", "BOB");
        nothingIsLeft();
    }

    /** Whether files are copied, or a text that pg_dump writes. */
    abstract boolean copiesFiles();

    /** Values that begin with {@code real-}, wherever a database keeps values. */
    private static final String REAL = """
            CREATE TABLE member (id int PRIMARY KEY, mail text NOT NULL, dropped text);
            INSERT INTO member SELECT i, 'real-' || i % 3 || '@example.org', 'real-dropped' FROM generate_series(1, 300) i;
            CREATE FUNCTION first_mail() RETURNS text STABLE LANGUAGE sql AS 'SELECT min(mail) FROM public.member';
            ALTER TABLE member DROP COLUMN dropped;
            ALTER TABLE member ADD COLUMN second_mail text DEFAULT first_mail();
            CREATE INDEX ON member (upper(mail)); CREATE INDEX ON member USING brin (mail);
            CREATE STATISTICS app.member_mails (mcv, dependencies) ON mail, second_mail FROM member;
            CREATE STATISTICS app.member_upper ON (upper(mail)), (mail || second_mail) FROM member;
            CREATE TABLE part (k int, mail text) PARTITION BY LIST (k);
            CREATE TABLE part1 PARTITION OF part FOR VALUES IN (0, 1, 2);
            INSERT INTO part SELECT id % 3, mail FROM member;
            ALTER TABLE part ADD COLUMN second_mail text DEFAULT first_mail();
            CREATE TABLE child (more int) INHERITS (member); INSERT INTO child SELECT * FROM member;
            CREATE UNLOGGED TABLE emptied AS SELECT mail FROM member;
            CREATE VIEW through AS SELECT NULL::text AS mail;
            CREATE MATERIALIZED VIEW early AS SELECT mail FROM through;
            CREATE MATERIALIZED VIEW mail_list AS SELECT mail FROM member;
            CREATE OR REPLACE VIEW through AS SELECT mail FROM mail_list;
            CREATE MATERIALIZED VIEW not_yet AS SELECT mail FROM member WITH NO DATA;
            REFRESH MATERIALIZED VIEW early;
            ANALYZE""";

    /** What it needs pg_restore can't know. */
    private static final String HIDDEN = """
            CREATE FUNCTION mails() RETURNS SETOF text LANGUAGE plpgsql AS
              'BEGIN RETURN QUERY SELECT mail FROM public.late; END';
            CREATE MATERIALIZED VIEW by_function AS SELECT mails() AS mail WITH NO DATA;
            CREATE MATERIALIZED VIEW late AS SELECT mail FROM member;
            REFRESH MATERIALIZED VIEW by_function""";

    private static final String MASK_REAL = "UPDATE member SET mail = 'masked-' || id, second_mail = 'masked';"
            + " UPDATE part SET mail = 'masked-' || k, second_mail = 'masked'; DELETE FROM emptied";

    /** Tables, catalogs and views of statistics in which a value begins so, as an administrator sees them. */
    private static final String HOLDERS = """
            SELECT string_agg(c.oid::regclass::text, ' ' ORDER BY c.oid::regclass::text)
              FROM pg_class c
             WHERE CASE WHEN c.relkind IN ('r', 'm') AND c.relispopulated OR c.relname ~ '^pg_stats'
                        THEN (xpath('//n/text()', query_to_xml(format(
                                'SELECT count(*) AS n FROM %s t WHERE upper(t::text) LIKE ''%%REAL'' || ''-%%''',
                                c.oid::regclass), false, false, '')))[1]::text <> '0' END""";

    @Test
    void nothing_in_a_masked_copy_holds_a_value_of_the_original() {
        owner("main", "stock_main", PARENT, copiesFiles() ? REAL + ";" + HIDDEN : REAL);
        assertThat(installation.ask(PARENT, HOLDERS).split(" "))
                .contains(
                        "member",
                        "child",
                        "part1",
                        "emptied",
                        "early",
                        "mail_list",
                        "pg_attribute",
                        "pg_statistic",
                        "pg_statistic_ext_data",
                        "pg_stats",
                        "pg_stats_ext",
                        "pg_stats_ext_exprs");
        ApplyReport report = installation.apply(masked(MASK_REAL));
        done(report);
        assertThat(report.results()).flatExtracting(ChangeResult::notices).isEmpty();
        assertThat(installation.ask(COPY, HOLDERS)).isEmpty();
        assertThat(ro("SELECT string_agg(DISTINCT rtrim(mail, '0123456789'), ',')"
                        + " FROM (TABLE mail_list UNION ALL TABLE early) x"))
                .isEqualTo("masked-");
        assertThat(ro("SELECT (SELECT count(*) FROM early) = (SELECT count(*) FROM member)"))
                .isEqualTo("t");
        assertThat(ro("SELECT string_agg(DISTINCT tablename, ',' ORDER BY tablename) FROM pg_stats"
                        + " WHERE histogram_bounds::text ~ 'masked' OR most_common_vals::text ~ 'masked'"))
                .contains("mail_list", "member", "part");
        assertThat(installation.ask(COPY, "SELECT relispopulated FROM pg_class WHERE relname = 'not_yet'"))
                .isEqualTo("f");
        if (copiesFiles()) {
            assertThat(ro("SELECT count(*) FROM by_function WHERE mail ~ '^masked'"))
                    .isEqualTo(ro("SELECT count(*) FROM member"));
            installation.admin(COPY, "CHECKPOINT");
            assertThat(installation.ask(
                            COPY,
                            "SELECT string_agg(relname, ' ') FROM pg_class WHERE relname IN ('member', 'part1', 'mail_list')"
                                    + " AND position('real-' IN encode(pg_read_binary_file(pg_relation_filepath(oid)),"
                                    + " 'escape')) > 0"))
                    .as("files of tables with dropped or added columns")
                    .isEmpty();
        }
    }

    @Test
    void a_view_that_can_not_be_refreshed_is_without_data_and_named() {
        owner(
                "main",
                "stock_main",
                PARENT,
                PERSON + "; ALTER TABLE person NO FORCE ROW LEVEL SECURITY;"
                        + " CREATE MATERIALIZED VIEW person_list AS SELECT mail FROM person;"
                        + " CREATE MATERIALIZED VIEW of_list AS SELECT mail FROM person_list");
        ApplyReport report = installation.apply(masked(MASK_PERSON + "; ALTER TABLE person FORCE ROW LEVEL SECURITY"));
        done(report);
        assertThat(report.results().getLast().notices())
                .extracting(Diagnostic::code)
                .containsExactly(Code.DERIVED_LEFT, Code.DERIVED_LEFT);
        assertThat(report.results().getLast().notices())
                .extracting(Diagnostic::detail)
                .anyMatch(detail -> detail.contains("public.person_list is without data: ")
                        && detail.contains("row-level security"))
                .anyMatch(detail -> detail.contains("public.of_list is without data: "));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "branch.created", null)))
                .anyMatch(row -> row.entry().detail().contains("public.person_list is without data"));
        assertThatThrownBy(() -> ro("SELECT count(*) FROM person_list"))
                .isInstanceOf(SqlRefused.class)
                .hasMessageContaining("has not been populated");
    }

    /** What the views run could change the limit for what is refreshed after them. */
    @Test
    void what_could_not_be_refreshed_tells_no_value_and_is_limited_each() {
        String limit = "SELECT current_setting('statement_timeout')";
        owner(
                "main",
                "stock_main",
                PARENT,
                "CREATE TABLE code (c text); INSERT INTO code VALUES ('1');"
                        + " CREATE FUNCTION lift() RETURNS text LANGUAGE sql AS"
                        + " 'SELECT set_config(''statement_timeout'', ''0'', false)';"
                        + " CREATE MATERIALIZED VIEW lifting AS SELECT lift();"
                        + " CREATE MATERIALIZED VIEW limited AS " + limit + ";"
                        + " CREATE MATERIALIZED VIEW codes AS SELECT c::int FROM code");
        ApplyReport report = installation.apply(Copying.with(
                copied(", transform: mask.sql, assert: [check.sql]"),
                Map.of(
                        "mask.sql",
                        "UPDATE code SET c = 'bob@example.org'; CREATE TABLE script_limit AS " + limit,
                        "check.sql",
                        "SELECT 1 WHERE current_setting('statement_timeout') <> '1d'")));
        done(report);
        assertThat(report.results().getLast().notices())
                .singleElement()
                .satisfies(notice -> assertThat(notice.detail())
                        .contains("public.codes is without data: invalid_text_representation (SQLSTATE 22P02)")
                        .doesNotContain("bob"));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "branch.created", null)))
                .noneMatch(row -> row.entry().detail().contains("bob"));
        assertThat(installation.ask(
                        COPY, "SELECT string_agg(t::text, '') FROM (TABLE limited UNION ALL TABLE script_limit) t"))
                .isEqualTo("(1d)(1d)");
    }

    /** Who can't wait for the limit ends its session. */
    @Test
    void a_session_that_is_ended_on_the_server_ends_the_copy() {
        assertThat(failed(installation.apply(masked("SET ROLE NONE; SELECT pg_terminate_backend(pg_backend_pid())")))
                        .detail())
                .contains("admin_shutdown", "taken back");
        nothingIsLeft();
    }

    /** A server may lead to the original; pg_dump's text can't be restored by the owner where there is one. */
    @Test
    void a_masked_copy_leads_to_no_other_server() {
        installation.admin(
                PARENT,
                "CREATE FOREIGN DATA WRAPPER nowhere; GRANT USAGE ON FOREIGN DATA WRAPPER nowhere TO stock_main_owner");
        owner("main", "stock_main", PARENT, """
                CREATE SERVER away FOREIGN DATA WRAPPER nowhere;
                CREATE USER MAPPING FOR PUBLIC SERVER away OPTIONS (password 'p');
                CREATE USER MAPPING FOR stock_main_owner SERVER away OPTIONS (password 'p');
                CREATE FOREIGN TABLE far (mail text) SERVER away; CREATE VIEW farther AS SELECT mail FROM far""");
        ApplyReport report = installation.apply(masked("UPDATE people SET name = 'm'"));
        if (!copiesFiles()) {
            assertThat(failed(report).detail()).contains("FOREIGN DATA WRAPPER", "taken back");
            nothingIsLeft();
            return;
        }
        done(report);
        assertThat(installation.ask(
                        COPY,
                        "SELECT (SELECT count(*) FROM pg_foreign_server) + (SELECT count(*) FROM pg_user_mapping)"
                                + " + (SELECT count(*) FROM pg_class WHERE relname ~ '^far')"))
                .isEqualTo("0");
        assertThat(installation.ask(PARENT, "SELECT count(*) FROM pg_user_mapping"))
                .isEqualTo("2");
    }

    /** Masked by nothing, and looked at by what must find nothing. */
    private static Desired asserted(String sql) {
        return Copying.with(copied(", assert: [check.sql]"), "check.sql", sql);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT name FROM people | check.sql, query 1, returns a row",
                "SELECT 1 WHERE false; SELECT name FROM people; SELECT 1 WHERE false | check.sql, query 2, returns a row",
                "UPDATE people SET born = 7 WHERE id = 1 RETURNING name | returns a row",
                "CREATE TABLE nothing_else () | holds no query",
                "COMMIT; SELECT 1 WHERE false | ends or prepares a transaction",
                "SELECT 1 WHERE 1 / 0 = 1 | division_by_zero in the statement that begins in line 1",
                "SELECT 1 WHERE false; SELECT 1 FROM people WHERE id = 1 AND name::int = 1 | invalid_text_representation in",
                "DO $$ BEGIN RAISE '%', (SELECT min(name) FROM people WHERE id = 1); END $$ | raise_exception in",
                "SELECT 1 FROM person WHERE mail = 'never' | row-level security",
                "RESET SESSION AUTHORIZATION; SELECT 1 FROM pg_authid WHERE false | insufficient_privilege",
            })
    void an_assertion_that_is_not_true_destroys_the_copy(String sql, String words) {
        owner("main", "stock_main", PARENT, PERSON + "; UPDATE people SET name = 'ann@example.org' WHERE id = 1");
        Diagnostic why = failed(installation.apply(asserted(sql)));
        assertThat(why.detail()).contains(words, "taken back").doesNotContain("ann@");
        nothingIsLeft();
    }

    @Test
    void assertions_look_at_the_masked_copy_and_change_nothing() {
        owner("main", "stock_main", PARENT, PERSON + "; CREATE MATERIALIZED VIEW names AS SELECT name FROM people");
        Desired desired = Copying.with(
                copied(", transform: mask.sql, assert: [check.sql]"),
                Map.of(
                        "mask.sql",
                        "UPDATE people SET name = 'm' || id; ALTER TABLE person NO FORCE ROW LEVEL SECURITY; "
                                + MASK_PERSON + "; ALTER TABLE person FORCE ROW LEVEL SECURITY",
                        "check.sql",
                        "ALTER TABLE person NO FORCE ROW LEVEL SECURITY; SELECT id FROM person WHERE mail !~ '^masked-';"
                                + " SELECT name FROM names WHERE name !~ '^m'; DELETE FROM people"));
        done(installation.apply(desired));
        assertThat(installation.ask(COPY, "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'person'::regclass"))
                .isEqualTo("t");
        assertThat(rw("SELECT count(*) FROM people")).isEqualTo("1000");
    }
}
