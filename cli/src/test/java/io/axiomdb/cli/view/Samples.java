package io.axiomdb.cli.view;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Digest;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Planned.HostLook;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.port.DesiredSource.Commit;
import io.axiomdb.registry.CredentialKey;
import java.time.Duration;
import io.axiomdb.desired.Kind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.registry.Credential;
import java.util.Collection;
import java.util.SortedMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plans made by hand, for golden cases. */
public final class Samples {
    /** Made with openssl; its key is gone. */
    public static final String AUTHORITY = """
            -----BEGIN CERTIFICATE-----
            MIIBhDCCASugAwIBAgIUOAjjSpd8D7H8YUuZOPo1YCMKk1wwCgYIKoZIzj0EAwIw
            GDEWMBQGA1UEAwwNQXhpb21EQiBDQSAwMDAeFw0yNjExMjIwNzE2MzNaFw0zNjEx
            MjEwNzE2MzNaMBgxFjAUBgNVBAMMDUF4aW9tREIgQ0EgMDAwWTATBgcqhkjOPQIB
            BggqhkjOPQMBBwNCAASnOvsrxJm7dfUp9FD1AmF8u8DHWA/qGka16gtGi92mBJvP
            5+oJVq44RP1MOXZ2AZj9o+KbjwkQtQ9cmdMHF/P4o1MwUTAdBgNVHQ4EFgQU8uF3
            F0lisXRe4LO6lgx4Na3ashcwHwYDVR0jBBgwFoAU8uF3F0lisXRe4LO6lgx4Na3a
            shcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAY+5MtGetsVCXO
            bN1BFisweRiQ1P8mOGQiBZuWNPh00AIgaBPuK/cphNwSN8PFKDmeSCLORnmM8lro
            9GLdlDH+hsg=
            -----END CERTIFICATE-----
            """;

    public static final Commit COMMIT =
            new Commit("4f2c1ab9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f", "Preview branch for the auth rework");
    static final PlanView.Context CONTEXT =
            new PlanView.Context(PlanView.Purpose.PLAN, "axiomdb.yaml", COMMIT, List.of(), false);
    private static final String MAIN = "square_experience_main";

    private Samples() {}

    static Source line(int line) {
        return new Source("axiomdb.yaml", line, 7, 4);
    }

    public static Planned planned(Plan plan, HostLook... looks) {
        return new Planned(plan, List.of(looks), Duration.ofMillis(84));
    }

    public static HostLook seen(String host) {
        return new HostLook(host, 180006, Duration.ofMillis(84), null);
    }

    public static Plan plan(Change... changes) {
        return new Plan(
                "acme",
                List.of(changes),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Digest.of(List.of(changes).toString()));
    }

    public static Change created() {
        String names = MAIN + "_br_feature-auth";
        return new Change(
                ResourceKey.branch("square-experience", "feature/auth"),
                Action.CREATE,
                "db1",
                List.of(
                        new FieldChange("", "database", "", "sq_" + names, line(24)),
                        new FieldChange("", "from", "", "main", line(25)),
                        new FieldChange("role " + names + "_owner", "login", "", "yes", line(24)),
                        new FieldChange("role " + names + "_owner", "create databases", "", "yes", line(24)),
                        new FieldChange("role " + names + "_rw", "login", "", "yes", line(24)),
                        new FieldChange("role " + names + "_rw", "connection limit", "", "20", line(27))),
                line(24),
                "declared",
                List.of(
                        new Step.Sql(
                                "make the roles",
                                "",
                                List.of(
                                        "CREATE ROLE \"" + names + "_owner\" LOGIN CREATEDB",
                                        "CREATE ROLE \"" + names + "_rw\" LOGIN CONNECTION LIMIT 20")),
                        new Step.SetPasswords(
                                "set passwords",
                                List.of(new Step.SetPasswords.Target(
                                        names + "_rw",
                                        new CredentialKey("square-experience", "feature/auth", RoleKind.RW),
                                        false))),
                        new Step.SqlAlone("make the database", "", "CREATE DATABASE \"sq_" + names + "\"")),
                new TreeSet<>(),
                new TreeMap<>(Map.of("from", "main")),
                true);
    }

    /** As AxiomDB has them of branches that it made. */
    public static SortedMap<CredentialKey, List<Credential>> passwords(Collection<ResourceKey> keys) {
        SortedMap<CredentialKey, List<Credential>> all = new TreeMap<>();
        keys.stream().filter(key -> key.kind() == Kind.BRANCH).forEach(key -> {
            for (RoleKind role : RoleKind.values()) {
                CredentialKey credential = new CredentialKey(key.project(), key.name(), role);
                PasswordMark mark = PasswordMark.ofVerifier(credential.toString());
                all.put(credential, List.of(new Credential(credential, 1, mark, Credential.State.CURRENT)));
            }
        });
        return all;
    }

    /** What others made, and what they lose by its adoption. */
    static Change adopted() {
        return new Change(
                ResourceKey.branch("crm", "main"),
                Action.ADOPT,
                "db1",
                List.of(
                        new FieldChange("", "takes away", "", "CONNECT, TEMPORARY of PUBLIC on database crm", line(24)),
                        new FieldChange("", "takes away", "", "comment ask Anna of database crm", line(24)),
                        new FieldChange("", "database", "", "crm", line(25)),
                        new FieldChange("", "roles", "", "crm, crm_app", line(24)),
                        new FieldChange("role crm_main_ro", "", "", "LOGIN", line(24)),
                        new FieldChange("database crm", "privileges of crm_app", "", "CONNECT, TEMPORARY", line(24)),
                        new FieldChange(
                                "database crm", "not wanted: privileges of PUBLIC", "CONNECT, TEMPORARY", "", line(24)),
                        new FieldChange("database crm", "comment", "ask Anna", "axm:acme/crm/main", line(24))),
                line(24),
                "it is there already and is taken over",
                List.of(new Step.Sql(
                        "mark database crm", "", List.of("COMMENT ON DATABASE \"crm\" IS 'axm:acme/crm/main'"))),
                new TreeSet<>(),
                new TreeMap<>(Map.of("rights", "exact")),
                true);
    }

    static Change policy() {
        return new Change(
                ResourceKey.rotationPolicy("square-experience"),
                Action.UPDATE,
                "",
                List.of(new FieldChange("", "interval_days", "90", "30", line(20))),
                line(19),
                "",
                List.of(),
                new TreeSet<>(),
                new TreeMap<>(Map.of("interval_days", "30")),
                false);
    }

    static Change drift() {
        return new Change(
                ResourceKey.branch("square-experience", "main"),
                Action.REPAIR,
                "db1",
                List.of(
                        new FieldChange("role " + MAIN + "_rw", "connection limit", "5", "20", line(23)),
                        new FieldChange("database sq_" + MAIN, "CONNECT for PUBLIC", "granted", "", line(22))),
                line(22),
                "",
                List.of(new Step.Sql(
                        "mend the role", "", List.of("ALTER ROLE \"" + MAIN + "_rw\" CONNECTION LIMIT 20"))),
                new TreeSet<>(),
                new TreeMap<>(),
                true);
    }

    static Change removed() {
        return new Change(
                ResourceKey.branch("square-experience", "feature/old"),
                Action.REMOVE,
                "db1",
                List.of(new FieldChange("", "database", "sq_" + MAIN + "_br_feature-old", "axm_del_7", Source.NOWHERE)),
                Source.NOWHERE,
                "no longer declared",
                List.of(),
                new TreeSet<>(),
                new TreeMap<>(),
                true);
    }

    static Planned changes() {
        Plan plan = plan(created(), policy(), drift());
        Plan noted = new Plan(
                plan.organization(),
                plan.changes(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of("network of square-experience (restricted, 2 rules)", "rotation policy of square-experience"),
                List.of(),
                List.of(),
                plan.digest());
        return planned(noted, seen("db1"));
    }

    static Planned removal() {
        return planned(plan(policy(), drift(), removed()), seen("db1"));
    }

    static Planned heldBack() {
        HeldBack held = new HeldBack(
                ResourceKey.branch("square-experience", "main"),
                "db1",
                List.of(new FieldChange("role " + MAIN + "_rw", "password", "changed outside", "as stored", line(22))),
                Repair.PASSWORD,
                "an application may rely on the password that is set now");
        Plan plan = new Plan(
                "acme",
                List.of(),
                List.of(held),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Digest.of("held back"));
        return planned(plan, seen("db1"));
    }

    public static Planned unreachable() {
        return unreachable(drift());
    }

    /** One host of two was not seen, and one branch of the other is blocked. */
    static Planned unreachable(Change... changes) {
        Diagnostic why = Diagnostic.of(
                Code.HOST_UNREACHABLE,
                "db2: Connection to 10.0.0.2:5432 refused",
                "start PostgreSQL there, or mend hosts.db2.postgres");
        Plan plan = plan(changes);
        Plan blocked = new Plan(
                "acme",
                plan.changes(),
                List.of(),
                List.of(
                        new Blocked(ResourceKey.branch("billing", "main"), List.of(why)),
                        new Blocked(
                                ResourceKey.branch("square-experience", "feature/auth"),
                                List.of(Diagnostic.of(
                                        Code.FOREIGN_OBJECT,
                                        line(24),
                                        "database sq_x on db1",
                                        "give the branch another slug")))),
                List.of(Diagnostic.of(
                        Code.STRANGER_DATABASE, "database shadow on db1 belongs to " + MAIN + "_owner", "")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                plan.digest());
        return planned(blocked, seen("db1"), new HostLook("db2", 0, Duration.ZERO, why));
    }

    static Planned refused() {
        Plan plan = plan(removed(), drift());
        Plan refused = new Plan(
                "acme",
                plan.changes(),
                List.of(),
                List.of(),
                List.of(),
                List.of(Diagnostic.of(
                        Code.DESTROY_CAP, "2 removals, 1 allowed, of 5 branches", "say --allow-destroy 2")),
                List.of(),
                List.of(),
                List.of(),
                plan.digest());
        return planned(refused, seen("db1"));
    }

    /** Everything that a tenant or a file could try on a terminal, a comment or a workflow. */
    static Planned hostile() {
        String nasty = "x`y\n\u001b[2J\u202e @acme/all <b>#1</b> ``` |::error::";
        Change change = new Change(
                ResourceKey.branch("shop", nasty),
                Action.UPDATE,
                "db1",
                List.of(new FieldChange("role " + nasty, "setting " + nasty, nasty, "b", line(3))),
                line(3),
                nasty,
                List.of(new Step.Sql("set", "d", List.of("SELECT '" + nasty + "'\nFROM t"))),
                new TreeSet<>(),
                new TreeMap<>(),
                true);
        return planned(plan(change), seen("db1"));
    }
}
