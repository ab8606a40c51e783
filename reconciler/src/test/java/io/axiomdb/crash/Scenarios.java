package io.axiomdb.crash;

import io.axiomdb.crash.Scenario.Kept;
import io.axiomdb.crash.Scenario.Sql;
import io.axiomdb.crash.Scenario.Truth;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.plan.Step;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Everything that an apply can do on a server. What it does to files, poolers and firewalls is cut short in the lab. */
public final class Scenarios {
    /** Steps that change a machine; CrashOnAHostTest cuts them short on one. */
    public static final List<Class<? extends Step>> ON_A_MACHINE =
            List.of(Step.SetAccess.class, Step.SetCertificate.class);

    /** Steps that no scenario has yet; LeftoversTest's way, a stop before every step, is tried for them in tests of their own. */
    static final List<Class<? extends Step>> NOT_YET =
            List.of(Step.Copy.class, Step.RunScript.class, Step.CarryPasswords.class);

    private static final Scenario.Asks FILE_ALONE = _ -> Asked.of(Set.of(), 1);
    private static final String NOTHING_KEPT = "SELECT NOT EXISTS (SELECT FROM pg_database"
            + " WHERE shobj_description(oid, 'pg_database') LIKE 'axm-removed:{t}/%') AND NOT EXISTS (SELECT FROM pg_roles"
            + " WHERE shobj_description(oid, 'pg_authid') LIKE 'axm-removed:{t}/%')";

    static final Scenario FIRST = new Scenario(
            "the first apply",
            Set.of(Step.Sql.class, Step.SqlAlone.class, Step.SetPasswords.class),
            List.of(),
            List.of(),
            file("main: { schemas: [app], settings: { statement_timeout: 30s } }, dev: { from: main }"),
            FILE_ALONE,
            List.of(made("main", "{t}_main"), made("dev", "{t}_main_br_dev")),
            List.of(),
            0);

    static final Scenario EVERYTHING = new Scenario(
            "an edit and drift",
            Set.of(Step.Sql.class, Step.SqlAlone.class, Step.SetPasswords.class),
            List.of(file(
                    "main: { schemas: [app], connection_limits: { rw: 20 }, settings: { statement_timeout: 30s } },"
                            + " old: {}, locked: {}, odd: { connection_limits: { rw: 5 } }")),
            List.of(
                    new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)"),
                    new Sql("sq_{t}_main_br_old", "SET ROLE {t}_main_br_old_owner; CREATE TABLE t AS SELECT 1"),
                    new Sql("", "ALTER ROLE {t}_main_ro SUPERUSER"),
                    new Sql("", "ALTER ROLE {t}_main_br_odd_ro CREATEDB"),
                    new Sql("sq_{t}_main_br_odd", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
                    new Sql("", "ALTER ROLE {t}_main_br_locked_rw PASSWORD NULL")),
            file("main: { schemas: [app, audit], connection_limits: { rw: 30 }, settings: { statement_timeout: 60s } },"
                    + " locked: {}, odd: { connection_limits: { rw: 6 } }, fresh: { from: main }"),
            token -> Asked.of(Set.of(new Named(Repair.PASSWORD, token + "/locked")), 1),
            List.of(
                    made("fresh", "{t}_main_br_fresh"),
                    Truth.of(
                            "branch {t}/main",
                            "branch.changed",
                            new Sql("", "SELECT rolconnlimit = 30 FROM pg_roles WHERE rolname = '{t}_main_rw'"),
                            new Sql(
                                    "sq_{t}_main",
                                    "SELECT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d"
                                            + " ON d.oid = s.setdatabase WHERE d.datname = current_database()"
                                            + " AND 'statement_timeout=60s' = ANY (s.setconfig))"),
                            new Sql(
                                    "sq_{t}_main",
                                    "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'audit'"
                                            + " AND has_schema_privilege('{t}_main_rw', oid, 'USAGE'))")),
                    Truth.of(
                            "branch {t}/main",
                            "drift.repaired",
                            new Sql("", "SELECT NOT rolsuper FROM pg_roles WHERE rolname = '{t}_main_ro'")),
                    Truth.of(
                            "branch {t}/odd",
                            "branch.changed",
                            new Sql("", "SELECT rolconnlimit = 6 FROM pg_roles WHERE rolname = '{t}_main_br_odd_rw'")),
                    Truth.of(
                            "branch {t}/odd",
                            "drift.repaired",
                            new Sql("", "SELECT NOT rolcreatedb FROM pg_roles WHERE rolname = '{t}_main_br_odd_ro'"),
                            new Sql(
                                    "sq_{t}_main_br_odd",
                                    "SELECT NOT has_schema_privilege('{t}_main_br_odd_ro', 'public'," + " 'CREATE')")),
                    Truth.of(
                            "branch {t}/locked",
                            "drift.repaired",
                            new Sql(
                                    "",
                                    "SELECT rolpassword IS NOT NULL FROM pg_authid"
                                            + " WHERE rolname = '{t}_main_br_locked_rw'")),
                    Truth.of(
                            "branch {t}/old",
                            "branch.deleted",
                            new Sql(
                                    "",
                                    "SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'sq_{t}_main_br_old')"
                                            + " AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname LIKE '{t}_main_br_old_%')"))),
            List.of(
                    new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7"),
                    new Kept("axm_del_%", "SELECT count(*) FROM t", "1")),
            1);

    static final Scenario LOST = new Scenario(
            "a lost database made anew",
            Set.of(Step.Sql.class, Step.SqlAlone.class),
            List.of(file("main: {}, dev: {}")),
            List.of(
                    new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)"),
                    new Sql("", "DROP DATABASE sq_{t}_main_br_dev WITH (FORCE)")),
            file("main: {}, dev: {}"),
            token -> Asked.of(Set.of(new Named(Repair.DATABASE, token + "/dev")), 1),
            List.of(Truth.of(
                    "branch {t}/dev",
                    "drift.repaired",
                    new Sql(
                            "",
                            "SELECT count(*) = 1 FROM pg_database WHERE datname = 'sq_{t}_main_br_dev' AND datallowconn"
                                    + " AND datconnlimit <> 0"))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            0);

    static final Scenario BACK = new Scenario(
            "a removed branch comes back",
            Set.of(Step.Sql.class),
            List.of(file("main: {}, old: { connection_limits: { rw: 5 } }"), file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            file("main: {}, old: { connection_limits: { rw: 6 } }"),
            FILE_ALONE,
            // What was begun is gone on with as a branch that is being made.
            List.of(
                    made("old", "{t}_main_br_old"),
                    Truth.of(
                            "branch {t}/old",
                            "branch.undeleted",
                            open("{t}_main_br_old"),
                            new Sql("", "SELECT rolconnlimit = 6 FROM pg_roles WHERE rolname = '{t}_main_br_old_rw'"),
                            new Sql("", NOTHING_KEPT))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            0);

    static final Scenario PURGED = new Scenario(
            "a removed branch is purged",
            Set.of(Step.Sql.class, Step.SqlAlone.class),
            List.of(file("main: {}, old: {}"), file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            file("main: {}"),
            token -> Asked.purge(new TreeSet<>(List.of(ResourceKey.branch(token, "old")))),
            List.of(Truth.of("branch {t}/old", "branch.purged", new Sql("", NOTHING_KEPT))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            0);

    static final List<Scenario> ALL = List.of(FIRST, EVERYTHING, LOST, BACK, PURGED);

    private Scenarios() {}

    static Scenario named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    private static Truth made(String branch, String names) {
        return Truth.of("branch {t}/" + branch, "branch.created", open(names));
    }

    /** A branch is there: its database is open, and its three roles have passwords. */
    private static Sql open(String names) {
        return new Sql(
                "",
                "SELECT (SELECT count(*) = 1 FROM pg_database WHERE datname = 'sq_%1$s' AND datallowconn AND datconnlimit <> 0)"
                                .formatted(names)
                        + " AND (SELECT count(*) = 3 FROM pg_authid WHERE rolname IN ('%1$s_owner', '%1$s_rw', '%1$s_ro')"
                                .formatted(names)
                        + " AND rolcanlogin AND rolpassword IS NOT NULL)");
    }

    private static String file(String branches) {
        return """
                version: 1
                organization: {t}
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  {t}: { host: db1, branches: { %s } }
                """.formatted(branches);
    }
}
