package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Progress;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.port.ControlPlane.Note;
import io.axiomdb.port.HostWriter;
import io.axiomdb.testing.adversary.Tenant;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a tenant makes is never taken for AxiomDB's, whatever it is called and whatever its comment says. */
abstract class ForgedOwnershipContract {
    private static final String MAIN = "sq_forge_main";
    private static final String DEV = "sq_forge_main_br_dev";
    private static final String DEV_COMMENT = "axm:acme/forge/dev";
    private static final ResourceKey DEV_KEY = ResourceKey.branch("forge", "dev");

    private final Installation installation;
    private final Tenant tenant;

    ForgedOwnershipContract(int version) {
        this.installation = Installation.of(version);
        this.tenant =
                new Tenant(installation.host, "forging_tenant", version < 16 ? "CREATEDB CREATEROLE" : "CREATEDB");
    }

    @AfterEach
    void drop() {
        tenant.close();
        installation.drop("forge");
        installation.close();
    }

    private static Desired forge(String branches) {
        return Installation.project("forge", branches);
    }

    private static Desired dev() {
        return forge(" main: {}, dev: {} ");
    }

    private List<Diagnostic> blocked(Desired desired) {
        return installation.plan(desired).plan().blocked().stream()
                .filter(blocked -> blocked.resource().equals(DEV_KEY))
                .flatMap(blocked -> blocked.why().stream())
                .toList();
    }

    /** Neither the first apply nor any after it takes what is there for its own, and the rest of the plan goes on. */
    private void isLeftAlone() {
        assertThat(blocked(dev())).extracting(Diagnostic::code).containsExactly(Code.FOREIGN_OBJECT);
        assertThat(blocked(dev())).allSatisfy(why -> {
            assertThat(why.detail()).contains("role " + tenant.name());
            assertThat(why.help()).doesNotContain("OWNER TO").doesNotContain("COMMENT ON");
        });
        for (int i = 0; i < 2; i++) {
            installation.apply(dev());
            assertThat(tenant.isUntouched(DEV)).isTrue();
        }
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + MAIN + "'"))
                .isEqualTo("1");
        tenant.run("postgres", "DROP DATABASE \"" + DEV + "\"");
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(installation.plan(dev()).plan().isEmpty()).isTrue();
    }

    @Test
    void a_forged_database_of_the_name_of_a_branch_about_to_be_made_blocks_it() {
        tenant.forge(DEV, DEV_COMMENT);
        isLeftAlone();
    }

    @Test
    void it_is_not_taken_for_one_begun_earlier_wherever_an_apply_ended() {
        installation.apply(forge(" main: {} "));
        int tried = 0;
        for (int steps = 0; !installation.stopAfter(dev(), steps).converged(); steps++) {
            tenant.forge(DEV, DEV_COMMENT);
            assertThat(blocked(dev())).extracting(Diagnostic::code).containsExactly(Code.FOREIGN_OBJECT);
            installation.apply(dev());
            assertThat(tenant.isUntouched(DEV)).isTrue();
            tenant.run("postgres", "DROP DATABASE \"" + DEV + "\"");
            tried++;
        }
        assertThat(tried).isGreaterThan(3);
        assertThat(installation.plan(dev()).plan().isEmpty()).isTrue();
    }

    @Test
    void it_comes_between_when_the_name_is_about_to_be_given_and_the_apply_fails() {
        installation.apply(forge(" main: {} "));
        Engine raced = before("RENAME TO \"" + DEV + "\"", () -> tenant.forge(DEV, DEV_COMMENT));
        ApplyReport report = raced.apply(
                dev(),
                Installation.request(),
                installation.plan(dev()).plan().digest().hex(),
                Progress.NONE,
                () -> false);
        assertThat(report.results()).extracting(ChangeResult::status).contains(ChangeResult.Status.FAILED);
        assertThat(tenant.isUntouched(DEV)).isTrue();
        isLeftAlone();
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_new_'"))
                .isEqualTo("0");
    }

    /** What is made under a random name is nobody's to guess; what only has such a name is named, and stays. */
    @Test
    void names_of_databases_being_made_can_not_be_squatted() {
        tenant.forge("axm_new_00112233445566ff", DEV_COMMENT);
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(installation.plan(dev()).plan().notices())
                .filteredOn(notice -> notice.code() == Code.UNFINISHED_FOREIGN)
                .anySatisfy(notice -> assertThat(notice.detail())
                        .contains("axm_new_00112233445566ff")
                        .contains(tenant.name()));
        assertThat(tenant.isUntouched("axm_new_00112233445566ff")).isTrue();
    }

    /** An intent's name that somebody saw, and took once ours was gone. */
    @Test
    void a_name_of_a_dead_intent_is_dropped_only_if_the_administrator_owns_it() {
        installation.apply(dev());
        String name = "axm_new_ffeeddccbbaa9988";
        installation.controlPlane.note("acme", new Note.Begins(DEV_KEY, "a mutation that died", name));
        tenant.forge(name, DEV_COMMENT);
        assertThat(installation.plan(dev()).plan().changes()).isEmpty();
        installation.apply(dev());
        assertThat(tenant.isUntouched(name)).isTrue();
        tenant.run("postgres", "DROP DATABASE " + name);
        installation.admin("postgres", "CREATE DATABASE " + name + " CONNECTION LIMIT 0");
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'"))
                .isEqualTo("0");
    }

    @Test
    void what_comes_back_meets_no_forgery() {
        installation.apply(dev());
        installation.apply(forge(" main: {} "));
        tenant.forge(DEV, DEV_COMMENT);
        assertThat(blocked(dev())).extracting(Diagnostic::code).containsExactly(Code.FOREIGN_OBJECT);
        isLeftAlone();
    }

    /** On 14 and 15 whoever may create roles may comment on any of them. */
    @Test
    void a_role_of_the_wanted_name_is_not_ours_by_its_comment() {
        String role = "forge_main_br_dev_rw";
        installation.admin("postgres", "CREATE ROLE " + role + " LOGIN");
        installation.admin("postgres", "COMMENT ON ROLE " + role + " IS '" + DEV_COMMENT + "'");
        assertThat(blocked(dev())).extracting(Diagnostic::code).containsExactly(Code.FOREIGN_OBJECT);
        installation.apply(dev());
        assertThat(installation.ask(
                        "postgres", "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = '" + role + "'"))
                .isEqualTo("t");
        installation.admin("postgres", "DROP ROLE " + role);
        assertThat(installation.apply(dev()).converged()).isTrue();
    }

    /** As any reset script does; nothing but that branch waits, and a person takes the new one over. */
    @Test
    void a_database_that_its_owner_dropped_and_made_again_blocks_its_branch_alone() {
        installation.apply(dev());
        installation.admin("postgres", "DROP DATABASE \"" + DEV + "\"");
        installation.admin("postgres", "CREATE DATABASE \"" + DEV + "\" OWNER forge_main_br_dev_owner");
        installation.admin("postgres", "COMMENT ON DATABASE \"" + DEV + "\" IS '" + DEV_COMMENT + "'");
        assertThat(blocked(dev())).extracting(Diagnostic::code).containsExactly(Code.OBJECT_REPLACED);
        Desired more = forge(" main: { connection_limits: { rw: 7 } }, dev: {} ");
        ApplyReport report = installation.apply(more);
        assertThat(report.results()).extracting(ChangeResult::status).containsOnly(ChangeResult.Status.DONE);
        assertThat(installation.ask("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'forge_main_rw'"))
                .isEqualTo("7");
        assertThat(blocked(more)).isNotEmpty();
        assertThat(blocked(forge(" main: {} "))).extracting(Diagnostic::code).containsExactly(Code.OBJECT_REPLACED);
        Request adopt = Installation.request().adopting(new TreeSet<>(List.of(DEV_KEY)));
        assertThat(installation.apply(more, adopt, () -> false).converged()).isTrue();
        assertThat(installation.plan(more).plan().isEmpty()).isTrue();
    }

    @Test
    void a_database_that_its_owner_renamed_is_found_and_not_called_gone() {
        installation.apply(dev());
        installation.admin("postgres", "ALTER DATABASE \"" + DEV + "\" RENAME TO sq_forge_elsewhere");
        Plan plan = installation.plan(dev()).plan();
        assertThat(plan.heldBack()).isEmpty();
        assertThat(blocked(dev()))
                .singleElement()
                .satisfies(why -> assertThat(why.code()).isEqualTo(Code.OBJECT_RENAMED))
                .satisfies(why -> assertThat(why.detail()).contains("sq_forge_elsewhere"));
        assertThat(blocked(forge(" main: {} "))).extracting(Diagnostic::code).containsExactly(Code.OBJECT_RENAMED);
        installation.admin("postgres", "ALTER DATABASE sq_forge_elsewhere RENAME TO \"" + DEV + "\"");
        assertThat(installation.plan(dev()).plan().isEmpty()).isTrue();
    }

    /** A live branch's own database under the name of another: it is the first one's, and stays that. */
    @Test
    void a_branchs_database_is_not_adopted_for_another_branch() {
        installation.apply(dev());
        installation.admin("postgres", "ALTER DATABASE \"" + DEV + "\" RENAME TO sq_forge_main_br_new");
        Desired both = forge(" main: {}, dev: {}, new: {} ");
        Request adopt = Installation.request().adopting(new TreeSet<>(List.of(ResourceKey.branch("forge", "new"))));
        Plan plan = installation.engine.plan(both, adopt).plan();
        assertThat(plan.changes()).extracting(Change::action).doesNotContain(Action.ADOPT);
        installation.admin("postgres", "ALTER DATABASE sq_forge_main_br_new RENAME TO \"" + DEV + "\"");
    }

    /** After pg_upgrade, or on a server that has nothing to do with it. */
    @Test
    void another_server_under_the_name_of_a_host_is_left_alone_until_it_is_accepted() {
        installation.apply(dev());
        installation.control(
                "UPDATE axiomdb.project_branches SET system_identifier = '1', database_oid = database_oid + 1");
        Desired more = forge(" main: { connection_limits: { rw: 7 } }, dev: {}, fresh: {} ");
        Plan plan = installation.plan(more).plan();
        assertThat(plan.changes()).noneMatch(change -> !change.steps().isEmpty());
        assertThat(plan.blocked())
                .flatExtracting(blocked -> blocked.why())
                .extracting(Diagnostic::code)
                .contains(Code.OTHER_SERVER);
        installation.apply(more);
        assertThat(installation.ask("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'forge_main_rw'"))
                .isEqualTo("-1");
        Request accept = Installation.request().accepting("db1");
        Plan shown = installation.engine.plan(more, accept).plan();
        assertThat(shown.changes()).singleElement().satisfies(change -> {
            assertThat(change.action()).isEqualTo(Action.ACCEPT);
            assertThat(change.fields()).anyMatch(field -> field.after().equals("3 of 3"));
            assertThat(change.fields()).anyMatch(field -> field.after().contains(DEV_COMMENT));
        });
        assertThat(installation.apply(more, accept, () -> false).converged()).isTrue();
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(9, null, "host.accepted", null)))
                .hasSize(2);
        assertThat(installation.apply(more).converged()).isTrue();
        assertThat(installation.engine.plan(more, accept).plan().isEmpty()).isTrue();
    }

    /** The control plane is lost: nothing is ours until a person says so, branch by branch, and no comment stands in the way. */
    @Test
    void a_lost_control_plane_is_recovered_by_adoption_and_never_by_comments() {
        installation.apply(dev());
        installation.control("TRUNCATE axiomdb.databases_being_made, axiomdb.project_branches, axiomdb.credentials");
        assertThat(installation.plan(dev()).plan().blocked())
                .flatExtracting(blocked -> blocked.why())
                .extracting(Diagnostic::code)
                .containsOnly(Code.FOREIGN_OBJECT);
        Request adopt =
                Installation.request().adopting(new TreeSet<>(List.of(DEV_KEY, ResourceKey.branch("forge", "main"))));
        assertThat(installation.apply(dev(), adopt, () -> false).converged()).isTrue();
        assertThat(installation.plan(dev()).plan().isEmpty()).isTrue();
    }

    /** An engine before whose transaction with such a statement something happens once. */
    private Engine before(String statement, Runnable what) {
        Outside real = installation.outside;
        HostWriter writer = real.writer();
        InvocationHandler opening = (_, method, arguments) -> {
            Object result = invoke(writer, method, arguments);
            return result instanceof HostWriter.Session session ? session(session, statement, what) : result;
        };
        return new Engine(new Outside(
                real.controlPlane(),
                real.secrets(),
                real.leases(),
                real.reader(),
                (HostWriter) Proxy.newProxyInstance(
                        HostWriter.class.getClassLoader(), new Class<?>[] {HostWriter.class}, opening),
                real.files(),
                real.authority(),
                real.hasher(),
                real.random(),
                real.holder()));
    }

    private static HostWriter.Session session(HostWriter.Session session, String statement, Runnable what) {
        InvocationHandler handler = (_, method, arguments) -> {
            if (method.getName().equals("transaction")
                    && arguments[1].toString().contains(statement)) {
                what.run();
            }
            return invoke(session, method, arguments);
        };
        return (HostWriter.Session) Proxy.newProxyInstance(
                HostWriter.class.getClassLoader(), new Class<?>[] {HostWriter.Session.class}, handler);
    }

    private static Object invoke(Object on, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
