package io.axiomdb.crash;

import io.axiomdb.crash.Scenario.Asks;
import io.axiomdb.crash.Scenario.End;
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

    private static final String NOTHING_KEPT = "SELECT NOT EXISTS (SELECT FROM pg_database"
            + " WHERE shobj_description(oid, 'pg_database') LIKE 'axm-removed:{t}/%') AND NOT EXISTS (SELECT FROM pg_roles"
            + " WHERE shobj_description(oid, 'pg_authid') LIKE 'axm-removed:{t}/%')";

    static final Scenario FIRST = new Scenario(
            "the first apply",
            Set.of(
                    Step.Sql.class,
                    Step.SqlAlone.class,
                    Step.MakeRoles.class,
                    Step.NoteDatabase.class,
                    Step.SetPasswords.class),
            List.of(),
            List.of(),
            Scenario.file("main: { schemas: [app], settings: { statement_timeout: 30s } }, dev: { from: main }"),
            Asks.FILE_ALONE,
            List.of(Truth.made("main", "{t}_main"), Truth.made("dev", "{t}_main_br_dev")),
            List.of(),
            End.USUAL);

    static final Scenario EVERYTHING = new Scenario(
            "an edit and drift",
            Set.of(Step.Sql.class, Step.SqlAlone.class, Step.SetPasswords.class),
            List.of(Scenario.file(
                    "main: { schemas: [app], connection_limits: { rw: 20 }, settings: { statement_timeout: 30s } },"
                            + " old: {}, locked: {}, odd: { connection_limits: { rw: 5 } }")),
            List.of(
                    new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)"),
                    new Sql("sq_{t}_main_br_old", "SET ROLE {t}_main_br_old_owner; CREATE TABLE t AS SELECT 1"),
                    new Sql("", "ALTER ROLE {t}_main_ro SUPERUSER"),
                    new Sql("", "ALTER ROLE {t}_main_br_odd_ro CREATEDB"),
                    new Sql("sq_{t}_main_br_odd", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
                    new Sql("", "ALTER ROLE {t}_main_br_locked_rw PASSWORD NULL")),
            Scenario.file(
                    "main: { schemas: [app, audit], connection_limits: { rw: 30 }, settings: { statement_timeout: 60s } },"
                            + " locked: {}, odd: { connection_limits: { rw: 6 } }, fresh: { from: main }"),
            token -> Asked.of(Set.of(new Named(Repair.PASSWORD, token + "/locked")), 1),
            List.of(
                    Truth.made("fresh", "{t}_main_br_fresh"),
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
            new End(1, 0, Set.of()));

    static final Scenario LOST = new Scenario(
            "a lost database made anew",
            Set.of(Step.Sql.class, Step.SqlAlone.class, Step.NoteDatabase.class),
            List.of(Scenario.file("main: {}, dev: {}")),
            List.of(
                    new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)"),
                    new Sql("", "DROP DATABASE sq_{t}_main_br_dev WITH (FORCE)")),
            Scenario.file("main: {}, dev: {}"),
            token -> Asked.of(Set.of(new Named(Repair.DATABASE, token + "/dev")), 1),
            List.of(Truth.of(
                    "branch {t}/dev",
                    "drift.repaired",
                    new Sql(
                            "",
                            "SELECT count(*) = 1 FROM pg_database WHERE datname = 'sq_{t}_main_br_dev' AND datallowconn"
                                    + " AND datconnlimit <> 0"))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            End.USUAL);

    static final Scenario BACK = new Scenario(
            "a removed branch comes back",
            Set.of(Step.Sql.class),
            List.of(Scenario.file("main: {}, old: { connection_limits: { rw: 5 } }"), Scenario.file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            Scenario.file("main: {}, old: { connection_limits: { rw: 6 } }"),
            Asks.FILE_ALONE,
            // What was begun is gone on with as a branch that is being made.
            List.of(
                    Truth.made("old", "{t}_main_br_old"),
                    Truth.of(
                            "branch {t}/old",
                            "branch.undeleted",
                            Sql.open("{t}_main_br_old"),
                            new Sql("", "SELECT rolconnlimit = 6 FROM pg_roles WHERE rolname = '{t}_main_br_old_rw'"),
                            new Sql("", NOTHING_KEPT))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            End.USUAL);

    static final Scenario PURGED = new Scenario(
            "a removed branch is purged",
            Set.of(Step.Sql.class, Step.SqlAlone.class),
            List.of(Scenario.file("main: {}, old: {}"), Scenario.file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            Scenario.file("main: {}"),
            token -> Asked.purge(new TreeSet<>(List.of(ResourceKey.branch(token, "old")))),
            List.of(Truth.of("branch {t}/old", "branch.purged", new Sql("", NOTHING_KEPT))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            End.USUAL);

    static final List<Scenario> ALL = List.of(
            FIRST,
            EVERYTHING,
            LOST,
            BACK,
            PURGED,
            CopyScenarios.COPIED,
            CopyScenarios.RESET,
            NameScenarios.RENAMED,
            NameScenarios.PROJECT_RENAMED,
            NameScenarios.ADOPTED);

    private Scenarios() {}

    static Scenario named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }
}
