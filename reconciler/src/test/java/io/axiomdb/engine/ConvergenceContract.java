package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.compile.Lookup;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Installation.SqlRefused;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.plan.Plan;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Apply, nothing left; break by hand; found; repair; nothing left: for every observed aspect, on every version, with a
 * hostile tenant in the same cluster and in the database itself.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ConvergenceContract {
    private static final String DB = "sq_square_experience_main";
    private static final String OWNER = "square_experience_main_owner";
    private static final String RW = "square_experience_main_rw";
    private static final String RO = "square_experience_main_ro";
    private static final String STRANGER = "\"Robert'); DROP TABLE t;--\"";
    private static final String PROJECT = "square-experience";

    private static final String MAIN_ALONE = """
            version: 1
            organization: acme
            hosts:
              db1:
                postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axm_admin }
                ssh:
                  address: db1.acme.example
                  key: "file:key"
                  host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                ports: { runtime: 6432 }
            projects:
              square-experience:
                host: db1
                network: { mode: restricted, rules: { office: { label: Office, cidr: 203.0.113.0/24 } } }
                branches:
                  main:
                    schemas: [app]
                    connection_limits: { rw: 20, database: 50 }
                    settings: { statement_timeout: 30s, search_path: 'public, app, "a,""b"' }
            """;
    private static final Desired DESIRED = Installation.desired(MAIN_ALONE + "      feature/auth: { from: main }\n");

    private final Installation installation;

    ConvergenceContract(int version) {
        installation = Installation.of(version);
    }

    @BeforeAll
    void there_are_strangers_on_the_host() {
        installation.admin("postgres", "DROP DATABASE IF EXISTS sq_foreign");
        installation.admin("postgres", "DROP ROLE IF EXISTS " + STRANGER);
        installation.admin("postgres", "CREATE ROLE " + STRANGER + " LOGIN PASSWORD 'x'");
        installation.admin("postgres", "DROP ROLE IF EXISTS " + Lookup.ROLE);
        installation.admin("postgres", "CREATE ROLE " + Lookup.ROLE + " LOGIN PASSWORD 'x'");
        installation.files.lookupRole(
                Long.parseLong(installation.ask("postgres", "SELECT '" + Lookup.ROLE + "'::regrole::oid")));
        installation.admin("postgres", "CREATE DATABASE sq_foreign OWNER " + STRANGER);
    }

    @AfterAll
    void leave_no_branches_behind() {
        Stream.of(DB, DB + "_br_feature-auth", "sq_foreign")
                .forEach(db -> installation.admin("postgres", "DROP DATABASE IF EXISTS \"" + db + "\" WITH (FORCE)"));
        Stream.of("", "_br_feature-auth")
                .flatMap(b -> Stream.of("_owner", "_rw", "_ro").map(r -> "square_experience_main" + b + r))
                .forEach(role -> installation.admin("postgres", "DROP ROLE IF EXISTS \"" + role + "\""));
        installation.admin("postgres", "DROP ROLE IF EXISTS " + STRANGER);
        installation.admin("postgres", "DROP ROLE IF EXISTS " + Lookup.ROLE);
        installation.close();
    }

    @Test
    @Order(1)
    void an_apply_leaves_nothing_to_do() {
        ApplyReport report = installation.apply(DESIRED);
        assertThat(report.results()).allSatisfy(r -> assertThat(r.why()).isNull());
        assertThat(report.converged()).isTrue();
        assertThat(installation.plan(DESIRED).plan().heldBack()).isEmpty();
    }

    @Test
    @Order(2)
    void the_roles_can_do_what_they_should_and_nothing_more() {
        owner("CREATE TABLE t (id bigserial PRIMARY KEY, v text); CREATE SEQUENCE s;"
                + " CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + 1';"
                + " CREATE TABLE app.a (id int); CREATE VIEW w AS SELECT v FROM t;"
                + " CREATE TABLE \"Odd \"\"name\" (\"Ünïcode; --\" int)");
        rw("INSERT INTO t (v) VALUES ('x'); UPDATE t SET v = 'y'; DELETE FROM app.a; SELECT nextval('s');"
                + " SELECT f(1); CREATE TEMP TABLE scratch (x int); INSERT INTO \"Odd \"\"name\" VALUES (1)");
        assertThat(ro("SELECT count(*) FROM t, w")).isEqualTo("1");
        Stream.of(
                        "TRUNCATE t",
                        "CREATE TABLE x (i int)",
                        "DROP TABLE t",
                        "ALTER TABLE t ADD c int",
                        "CREATE DATABASE d")
                .forEach(sql -> refused(() -> rw(sql)));
        Stream.of(
                        "INSERT INTO t (v) VALUES ('x')",
                        "SELECT nextval('s')",
                        "CREATE TEMP TABLE scratch (x int)",
                        "DELETE FROM app.a")
                .forEach(sql -> refused(() -> ro(sql)));
        refused(() -> Installation.sql(installation.host, DB, RW, "a wrong password", "SELECT 1"));
        refused(() -> Installation.sql(installation.host, DB, STRANGER.replace("\"", ""), "x", "SELECT 1"));
        String verifiers = "SELECT count(*) FROM (SELECT rolname, rolpassword, rolsuper, rolcanlogin, rolvaliduntil"
                + " FROM pg_catalog.pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%') x";
        assertThat(Integer.parseInt(Installation.sql(installation.host, DB, Lookup.ROLE, "x", verifiers)))
                .isPositive();
        refused(() -> Installation.sql(
                installation.host, DB, Lookup.ROLE, "x", "SELECT rolconnlimit FROM pg_catalog.pg_authid"));
        refused(() -> rw("SELECT rolpassword FROM pg_catalog.pg_authid"));
        refused(() -> installation.as(
                PROJECT, "feature/auth", RoleKind.RW, "square_experience_main_br_feature-auth_rw", DB, "SELECT 1"));
        owner("CREATE DATABASE shadow_of_main");
        assertThat(installation.plan(DESIRED).plan().notices())
                .anyMatch(n -> n.detail().contains("shadow_of_main"));
        owner("DROP DATABASE shadow_of_main");
    }

    /** Everything a tenant can do to its own database to get at a superuser who comes to look. */
    @Test
    @Order(3)
    void a_hostile_tenant_changes_nothing_about_what_is_seen() {
        owner("CREATE FUNCTION public.evil(name, text) RETURNS boolean LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''evil ran''; END'");
        owner("CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.evil)");
        owner("CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''evil ran''; END'");
        owner("CREATE VIEW public.pg_class AS SELECT 1 AS oid; CREATE TABLE public.pg_namespace (oid int)");
        owner("ALTER DATABASE " + DB + " SET role = '" + OWNER + "'");
        owner("ALTER DATABASE " + DB + " SET default_transaction_read_only = on");
        assertThat(installation.plan(DESIRED).plan().isEmpty()).isTrue();
        installation.admin("postgres", "ALTER DATABASE " + DB + " RESET default_transaction_read_only");
        installation.admin("postgres", "ALTER DATABASE " + DB + " RESET role");
    }

    @TestFactory
    @Order(4)
    Stream<DynamicTest> what_is_broken_by_hand_is_found_and_repaired() {
        return Break.all(DB, OWNER, RW, RO, STRANGER).stream()
                .map(broken -> DynamicTest.dynamicTest(broken.toString(), () -> {
                    assertThat(installation.plan(DESIRED).plan().isEmpty())
                            .as("before")
                            .isTrue();
                    installation.admin(broken.database(), broken.sql());
                    Plan drift = installation
                            .engine
                            .drift("acme", Installation.request())
                            .plan();
                    assertThat(found(drift)).anyMatch(words -> words.startsWith(broken.found()));
                    repair(broken, drift);
                    Plan after = installation.plan(DESIRED).plan();
                    assertThat(found(after)).isEmpty();
                }));
    }

    private void repair(Break broken, Plan drift) {
        if (broken.named() == null) {
            assertThat(drift.changes()).allMatch(change -> change.action() == Action.REPAIR);
            assertThat(installation.apply(DESIRED).results())
                    .allSatisfy(r -> assertThat(r.why()).isNull());
            return;
        }
        assertThat(drift.changes()).as("not repaired unasked").isEmpty();
        assertThat(drift.heldBack()).extracting(HeldBack::repair).containsOnly(broken.named());
        ApplyReport report = installation.apply(DESIRED, new Named(broken.named(), PROJECT + "/main"));
        assertThat(report.converged()).isTrue();
    }

    @Test
    @Order(5)
    void printed_passwords_go_on_working_after_repairs() {
        assertThat(rw("SELECT current_user")).isEqualTo(RW);
        assertThat(ro("SELECT current_user")).isEqualTo(RO);
    }

    @Test
    @Order(6)
    void a_database_that_is_gone_is_not_made_anew_unless_named() {
        installation.admin("postgres", "DROP DATABASE " + DB + " WITH (FORCE)");
        Plan plan = installation.plan(DESIRED).plan();
        assertThat(plan.changes()).isEmpty();
        assertThat(plan.heldBack())
                .singleElement()
                .satisfies(h -> assertThat(h.flag()).isEqualTo("--repair database:square-experience/main"));
        assertThat(installation
                        .apply(DESIRED, new Named(Repair.DATABASE, PROJECT + "/main"))
                        .converged())
                .isTrue();
        assertThat(rw("SELECT current_user")).isEqualTo(RW);
    }

    @Test
    @Order(7)
    void a_branch_that_is_taken_out_keeps_its_data_under_another_name() {
        Desired without = Installation.desired(MAIN_ALONE);
        String role = "square_experience_main_br_feature-auth_owner";
        String database = "sq_square_experience_main_br_feature-auth";
        installation.as(PROJECT, "feature/auth", RoleKind.OWNER, role, database, "CREATE TABLE precious (i int)");
        String password = installation.password(PROJECT, "feature/auth", RoleKind.OWNER);
        Plan plan = installation.plan(without).plan();
        assertThat(plan.changes())
                .filteredOn(change -> change.resource().kind() == Kind.BRANCH)
                .singleElement()
                .extracting(Change::action)
                .isEqualTo(Action.REMOVE);
        assertThat(installation.apply(without).converged()).isTrue();
        refused(() -> Installation.sql(installation.host, database, role, password, "SELECT 1"));
        String kept = Installation.sql(
                installation.host,
                "postgres",
                installation.host.user(),
                installation.host.password().reveal(),
                "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE"
                        + " 'axm-removed:acme/square-experience/feature/auth 20%' AND NOT datallowconn ORDER BY oid DESC");
        assertThat(kept).startsWith("axm_del_");
        installation.admin("postgres", "ALTER DATABASE " + kept + " ALLOW_CONNECTIONS true");
        installation.admin(kept, "SELECT * FROM precious");
        installation.admin("postgres", "DROP DATABASE " + kept);
        Stream.of("_owner", "_rw", "_ro").forEach(r -> installation.admin("postgres", "DROP ROLE " + kept + r));
    }

    private static List<String> found(Plan plan) {
        Stream<FieldChange> changes = plan.changes().stream().flatMap(c -> c.fields().stream());
        Stream<FieldChange> held = plan.heldBack().stream().flatMap(h -> h.fields().stream());
        return Stream.concat(changes, held)
                .map(f -> (f.subject() + " " + f.name()).strip())
                .toList();
    }

    private String owner(String sql) {
        return installation.as(PROJECT, "main", RoleKind.OWNER, OWNER, DB, sql);
    }

    private String rw(String sql) {
        return installation.as(PROJECT, "main", RoleKind.RW, RW, DB, sql);
    }

    private String ro(String sql) {
        return installation.as(PROJECT, "main", RoleKind.RO, RO, DB, sql);
    }

    private static void refused(Runnable sql) {
        assertThatThrownBy(sql::run).isInstanceOf(SqlRefused.class);
    }
}
