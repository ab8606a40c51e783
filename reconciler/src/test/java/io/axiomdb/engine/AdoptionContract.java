package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.apply.Progress;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.export.Export;
import io.axiomdb.host.Inventory;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The whole way from a server that a team made by hand: export, the plan that stops at what is foreign, adoption, an empty
 * plan; and the application, with its old passwords, notices nothing.
 */
abstract class AdoptionContract {
    private static final String HOSTS = """
            version: 1
            organization: acme
            members: { "dba@acme.example": owner }
            hosts:
              db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
            """;
    private static final ResourceKey CRM = ResourceKey.branch("crm", "main");

    /** Everything about roles and rights that a catalogue knows, a line each; verifiers as fingerprints. */
    private static final String FINGERPRINT = """
            SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
            SELECT format('role %s %s', rolname, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
                          rolreplication, rolbypassrls, rolconnlimit, md5(rolpassword), rolvaliduntil)) AS line
              FROM pg_authid WHERE rolname !~ '^pg_'
            UNION ALL SELECT format('member %s of %s', member::regrole, roleid::regrole) FROM pg_auth_members
            UNION ALL SELECT format('setting %s %s %s', setdatabase, setrole, setconfig) FROM pg_db_role_setting
            UNION ALL SELECT format('database %s %s %s', datname, datdba::regrole, datconnlimit) FROM pg_database
            UNION ALL SELECT format('on database %s: %s', datname, x)
              FROM pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) x WHERE datname = 'crm'
            UNION ALL SELECT format('schema %s %s', nspname, nspowner::regrole) FROM pg_namespace WHERE nspname !~ '^pg_'
            UNION ALL SELECT format('on schema %s: %s', nspname, x)
              FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) x WHERE nspname !~ '^pg_'
            UNION ALL SELECT format('table %s %s', oid::regclass, relowner::regrole) FROM pg_class
             WHERE relnamespace::regnamespace::text IN ('public', 'audit')
            UNION ALL SELECT format('on %s: %s', c.oid::regclass, x)
              FROM pg_class c, aclexplode(relacl) x WHERE relnamespace::regnamespace::text IN ('public', 'audit')
            UNION ALL SELECT format('default of %s %s: %s', defaclrole::regrole, defaclobjtype, x)
              FROM pg_default_acl, aclexplode(defaclacl) x) all_of_it""";

    private final Installation installation;

    AdoptionContract(int version) {
        this.installation = Installation.of(version);
    }

    @BeforeEach
    void a_server_as_teams_have_it() {
        admin("CREATE ROLE crm LOGIN PASSWORD 'old owner' CONNECTION LIMIT 30 VALID UNTIL '2099-01-01'");
        admin("CREATE ROLE crm_app LOGIN PASSWORD 'old app' CONNECTION LIMIT 25");
        admin("CREATE ROLE crm_reader LOGIN PASSWORD 'old reader'");
        admin("CREATE ROLE reporting LOGIN PASSWORD 'old reporting'");
        admin("CREATE ROLE staff NOLOGIN; GRANT staff TO crm_app");
        admin("ALTER ROLE crm_app SET work_mem = '8MB'");
        admin("CREATE DATABASE crm OWNER crm CONNECTION LIMIT 40");
        admin("COMMENT ON DATABASE crm IS 'the customers; ask Anna'");
        admin("ALTER DATABASE crm SET statement_timeout = '30s'");
        admin("ALTER DATABASE crm SET search_path = \"$user\", public, audit");
        admin("ALTER DATABASE crm SET \"app.secret\" = 'hush'");
        installation.admin("crm", "CREATE EXTENSION citext");
        owner("CREATE SCHEMA audit; CREATE TABLE public.customers (id serial PRIMARY KEY, name public.citext);"
                + " CREATE TABLE public.orders (id serial PRIMARY KEY); CREATE TABLE audit.log (line text);"
                + " CREATE FUNCTION public.twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';"
                + " INSERT INTO public.customers (name) VALUES ('Ada')");
        owner("GRANT USAGE ON SCHEMA public, audit TO crm_app, crm_reader;"
                + " GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public, audit TO crm_app;"
                + " GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO crm_app;"
                + " GRANT SELECT ON ALL TABLES IN SCHEMA public, audit TO crm_reader;"
                + " GRANT SELECT ON public.customers TO reporting;"
                + " ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO crm_app;"
                + " ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reporting");
        installation.admin("crm", "CREATE TABLE public.made_by_the_admin (id int)");
        admin("CREATE DATABASE billing");
        admin("CREATE DATABASE \"we#ird: {x}\nprojects: {}\" OWNER staff");
    }

    @AfterEach
    void nothing_stays() {
        String left = installation.ask(
                "postgres",
                "SELECT string_agg(quote_ident(datname), ';') FROM pg_database WHERE datname ~ '^(crm|billing|we#|axm_del)'");
        for (String database : left.split(";")) {
            admin("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
        }
        String roles = installation.ask(
                "postgres",
                "SELECT string_agg(quote_ident(rolname), ';') FROM pg_roles WHERE rolname ~ '^(crm|reporting|staff|axm_del)'");
        for (String role : roles.split(";")) {
            admin("DROP ROLE " + role);
        }
        installation.close();
    }

    private void admin(String sql) {
        installation.admin("postgres", sql);
    }

    private void owner(String sql) {
        as("crm", "old owner", sql);
    }

    private String as(String role, String password, String sql) {
        return Installation.sql(installation.host, "crm", role, password, sql);
    }

    private String exported() {
        Desired hosts = Installation.desired(HOSTS);
        Inventory inventory = installation
                .outside
                .reader()
                .inventory(Objects.requireNonNull(hosts.hosts().get("db1")));
        return Export.text(hosts, Objects.requireNonNull(hosts.hosts().get("db1")), inventory);
    }

    private Request adopting() {
        return Installation.request().adopting(new TreeSet<>(List.of(CRM)));
    }

    private ApplyReport adopt(Desired desired) {
        return installation.apply(desired, adopting(), () -> false);
    }

    private static Change adoption(Plan plan) {
        return plan.changes().stream()
                .filter(change -> change.action() == Action.ADOPT)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> takesAway(Plan plan) {
        return adoption(plan).fields().stream()
                .filter(field -> field.name().equals("takes away"))
                .map(FieldChange::after)
                .toList();
    }

    private List<String> fingerprint() {
        return installation.ask("crm", FINGERPRINT).lines().toList();
    }

    private void the_application_works() {
        as("crm_reader", "old reader", "SELECT * FROM orders");
        the_application_itself_works();
    }

    private void the_application_itself_works() {
        assertThat(as("crm_app", "old app", "INSERT INTO customers (name) VALUES ('Bo') RETURNING name"))
                .isEqualTo("Bo");
        assertThat(as("crm_app", "old app", "SHOW statement_timeout")).isEqualTo("30s");
        assertThat(as("crm_app", "old app", "SHOW app.secret")).isEqualTo("hush");
        owner("CREATE TABLE public.by_migration (id int); DROP TABLE public.by_migration");
    }

    @Test
    void what_is_exported_is_adopted_and_nobody_notices() {
        String text = exported();
        Desired desired = Installation.desired(text);
        assertThat(desired.projects()).containsOnlyKeys("crm");
        assertThat(text)
                .contains("rw: crm_app", "ro: crm_reader", "schemas: [audit]", "reporting: SELECT on 1 tables")
                .contains("statement_timeout: \"30s\"", "search_path: ", "database: 40, owner: 30, rw: 25")
                .contains("citext", "Database billing is left out", "its name can't stand in a file")
                .doesNotContain("hush", "old app", "Adoption replaces its comment: axm");
        Plan before = installation.plan(desired).plan();
        assertThat(before.blocked()).singleElement().satisfies(blocked -> {
            assertThat(blocked.resource()).isEqualTo(CRM);
            assertThat(blocked.why()).allMatch(why -> why.code() == Code.FOREIGN_OBJECT);
            assertThat(blocked.why()).allMatch(why -> why.help().contains("axm adopt crm/main"));
        });

        Plan plan = installation.engine.plan(desired, adopting()).plan();
        assertThat(plan.blocked()).isEmpty();
        assertThat(takesAway(plan)).containsExactly("comment the customers; ask Anna of database crm");
        assertThat(plan.notices())
                .anyMatch(n -> n.code() == Code.PASSWORD_UNKNOWN && n.detail().contains("crm, crm_app, crm_reader"))
                .anyMatch(n -> n.code() == Code.OTHERS_OBJECTS && n.detail().contains(" owns "));
        assertThat(adoption(plan).steps()).noneMatch(Step.SetPasswords.class::isInstance);

        List<String> had = fingerprint();
        ApplyReport report = adopt(desired);
        assertThat(report.results()).allSatisfy(r -> assertThat(r.why()).isNull());
        assertThat(report.converged()).isTrue();
        assertThat(report.after().plan().heldBack()).isEmpty();
        assertThat(fingerprint()).as("only more than before").containsAll(had);
        assertThat(exported()).as("a database of AxiomDB's own").doesNotContain("axiomdb_lock");
        the_application_works();
        as("reporting", "old reporting", "SELECT * FROM customers");
        assertThat(installation
                        .engine
                        .drift("acme", Installation.request())
                        .plan()
                        .isEmpty())
                .isTrue();
        assertThat(installation.controlPlane.audit(
                        "acme", new ControlPlane.AuditQuery(50, null, "branch.adopted", null)))
                .hasSize(2);
        assertThat(exported()).as("it is AxiomDB's now").contains("projects: {}", "Database crm is AxiomDB's already");
    }

    @Test
    void a_comment_like_axiomdbs_keeps_no_database_out_of_the_file() {
        installation.admin("postgres", "COMMENT ON DATABASE crm IS 'axm:acme/shop/main'");
        assertThat(exported()).contains("database: crm").doesNotContain("AxiomDB's already");
    }

    @Test
    void exact_rights_take_away_what_the_plan_says_first_and_nothing_else() {
        Desired desired = Installation.desired(exported().replace("rights: additive", "rights: exact"));
        Plan plan = installation.engine.plan(desired, adopting()).plan();
        assertThat(adoption(plan).fields().getFirst().name()).isEqualTo("takes away");
        assertThat(takesAway(plan))
                .contains(
                        "CONNECT, TEMPORARY of PUBLIC on database crm",
                        "SELECT of reporting on table public.customers",
                        "member of staff of role crm_app",
                        "comment the customers; ask Anna of database crm")
                .anyMatch(line -> line.startsWith("password valid until 2099-01-01"))
                .anyMatch(line -> line.startsWith("TRUNCATE of crm_app on "));
        ApplyReport report = adopt(desired);
        assertThat(report.results()).allSatisfy(r -> assertThat(r.why()).isNull());
        assertThat(report.converged()).isTrue();
        the_application_works();
        assertThatThrownBy(() -> as("reporting", "old reporting", "SELECT * FROM customers"))
                .hasMessageContaining("permission denied");
        assertThat(installation.ask("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'crm'"))
                .isEqualTo("30");
    }

    @Test
    void roles_that_are_missing_are_made_with_passwords_of_their_own() {
        Desired desired = Installation.desired(exported().replaceAll("(?m)^ *ro: crm_reader.*\n", ""));
        assertThat(adopt(desired).converged()).isTrue();
        the_application_works();
        assertThat(installation.as("crm", "main", RoleKind.RO, "crm_main_ro", "crm", "SELECT count(*) FROM customers"))
                .isEqualTo("2");
        assertThat(installation.plan(desired).plan().notices())
                .anyMatch(n -> n.code() == Code.PASSWORD_UNKNOWN && n.detail().equals("crm/main (owner, rw)"));
    }

    @Test
    void an_unknown_password_is_replaced_only_when_it_is_named() {
        Desired desired = Installation.desired(exported());
        adopt(desired);
        HeldBack.Named named = new HeldBack.Named(HeldBack.Repair.PASSWORD, "crm/main");
        assertThat(installation.apply(desired, named).converged()).isTrue();
        assertThatThrownBy(() -> as("crm_app", "old app", "SELECT 1")).hasMessageContaining("password");
        assertThat(installation.as("crm", "main", RoleKind.RW, "crm_app", "crm", "SELECT 7"))
                .isEqualTo("7");
        assertThat(installation.plan(desired).plan().notices()).noneMatch(n -> n.code() == Code.PASSWORD_UNKNOWN);
    }

    @Test
    void an_adoption_that_is_cut_short_anywhere_is_gone_on_with() {
        Desired desired = Installation.desired(
                exported().replace("rights: additive", "rights: exact").replaceAll("(?m)^ *ro: crm_reader.*\n", ""));
        int steps = adoption(installation.engine.plan(desired, adopting()).plan())
                .steps()
                .size();
        assertThat(steps).isGreaterThan(3);
        // One step of what is left each time; the last one sets the marks.
        for (int cut = 1; cut < steps; cut++) {
            cutShort(desired, 1);
            Plan plan = installation.plan(desired).plan();
            assertThat(plan.blocked()).as("foreign after %d steps", cut).hasSize(1);
            assertThat(installation.ask(
                            "postgres",
                            "SELECT shobj_description(oid, 'pg_database') FROM pg_database" + " WHERE datname = 'crm'"))
                    .isEqualTo("the customers; ask Anna");
            the_application_itself_works();
        }
        assertThat(adopt(desired).converged()).isTrue();
        the_application_itself_works();
        installation.as("crm", "main", RoleKind.RO, "crm_main_ro", "crm", "SELECT * FROM customers");
        assertThat(installation.controlPlane.unfinished("acme")).isEmpty();
    }

    /** Stops before the given step of what is left of the adoption. */
    private void cutShort(Desired desired, int step) {
        AtomicInteger asked = new AtomicInteger();
        String digest =
                installation.engine.plan(desired, adopting()).plan().digest().hex();
        // All changes before it have no steps and are asked once each.
        int before = (int) installation.engine.plan(desired, adopting()).plan().changes().stream()
                .takeWhile(change -> change.action() != Action.ADOPT)
                .count();
        installation.engine.apply(
                desired, adopting(), digest, Progress.NONE, () -> asked.getAndIncrement() >= before + step);
    }

    @Test
    void what_was_done_but_never_recorded_is_finished_without_new_passwords() {
        Desired desired = Installation.desired(exported());
        assertThat(adopt(desired).converged()).isTrue();
        installation.forgetOutcomeOf("main");
        Plan plan = installation.plan(desired).plan();
        assertThat(plan.blocked()).isEmpty();
        assertThat(plan.changes())
                .singleElement()
                .satisfies(change -> assertThat(change.steps()).isEmpty());
        assertThat(installation.apply(desired).converged()).isTrue();
        the_application_works();
    }

    @Test
    void giving_an_adoption_up_leaves_the_database_where_it_is() {
        Desired desired = Installation.desired(
                exported().replace("protected: true", "protected: false").replaceAll("(?m)^ *ro: crm_reader.*\n", ""));
        cutShort(desired, 3);
        assertThat(Objects.requireNonNull(
                                installation.controlPlane.read("acme").applied().get(CRM))
                        .complete())
                .isFalse();
        Desired without = Installation.desired(HOSTS);
        Request both = Installation.request().with(Asked.of(Set.of(), 2));
        String digest = installation.engine.plan(without, both).plan().digest().hex();
        assertThat(installation
                        .engine
                        .apply(without, both, digest, Progress.NONE, () -> false)
                        .results())
                .allSatisfy(r -> assertThat(r.why()).isNull());
        the_application_works();
        assertThat(installation.controlPlane.read("acme").applied()).doesNotContainKey(CRM);
    }

    @Test
    void a_claim_is_given_back_when_nothing_was_done() {
        Desired desired = Installation.desired(exported());
        cutShort(desired, 0);
        assertThat(installation.controlPlane.read("acme").applied()).doesNotContainKey(CRM);
    }

    /** Whoever owns a database can write what its comment says: it is shown, and neither proves nor prevents anything. */
    @Test
    void a_comment_of_any_kind_is_no_obstacle_and_is_shown() {
        String text = exported();
        admin("COMMENT ON DATABASE crm IS 'axm:other/crm/main'; COMMENT ON ROLE crm IS 'axm:acme/crm/main'");
        Desired desired = Installation.desired(text);
        Plan plan = installation.engine.plan(desired, adopting()).plan();
        assertThat(plan.blocked()).isEmpty();
        assertThat(plan.changes())
                .flatExtracting(change -> change.fields())
                .anyMatch(field ->
                        field.name().equals("takes away") && field.after().contains("axm:other/crm/main"));
        assertThat(adopt(desired).converged()).isTrue();
    }

    @Test
    void a_database_that_somebody_closed_stays_closed() {
        String text = exported();
        admin("ALTER DATABASE crm CONNECTION LIMIT 0; COMMENT ON DATABASE crm IS NULL");
        Desired desired = Installation.desired(text.replace("database: 40, ", ""));
        assertThat(adopt(desired).converged()).isTrue();
        assertThat(installation.ask("postgres", "SELECT datconnlimit FROM pg_database WHERE datname = 'crm'"))
                .isEqualTo("0");
    }
}
