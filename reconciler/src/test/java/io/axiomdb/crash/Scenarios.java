package io.axiomdb.crash;

import io.axiomdb.crash.Scenario.End;
import io.axiomdb.crash.Scenario.Kept;
import io.axiomdb.crash.Scenario.Sql;
import io.axiomdb.crash.Scenario.Truth;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
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

    /** What branches that are copied name as their script. */
    static final String MASK =
            "DO 'BEGIN IF to_regclass(''t'') IS NOT NULL THEN DELETE FROM t WHERE generate_series = 7;"
                    + " END IF; END'";

    private static final String COPY = "main: {}, copy: { from: main, data: full, transform: mask.sql }";
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
            End.USUAL);

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
            new End(1, 0, Set.of()));

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
            End.USUAL);

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
            End.USUAL);

    static final Scenario PURGED = new Scenario(
            "a removed branch is purged",
            Set.of(Step.Sql.class, Step.SqlAlone.class),
            List.of(file("main: {}, old: {}"), file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            file("main: {}"),
            token -> Asked.purge(new TreeSet<>(List.of(ResourceKey.branch(token, "old")))),
            List.of(Truth.of("branch {t}/old", "branch.purged", new Sql("", NOTHING_KEPT))),
            List.of(new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7")),
            End.USUAL);

    static final Scenario COPIED = new Scenario(
            "a branch with its parent's data, masked",
            Set.of(Step.Sql.class, Step.SqlAlone.class, Step.SetPasswords.class, Step.Copy.class, Step.RunScript.class),
            List.of(file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            file(COPY),
            FILE_ALONE,
            List.of(Truth.of(
                    "branch {t}/copy",
                    "branch.created",
                    open("{t}_main_br_copy"),
                    new Sql("sq_{t}_main_br_copy", "SELECT count(*) = 6 FROM t"))),
            List.of(
                    new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7"),
                    new Kept("sq_{t}_main_br_copy", "SELECT count(*) FROM t", "6")),
            End.USUAL);

    static final Scenario RENAMED = new Scenario(
            "a branch gets another name",
            Set.of(Step.Sql.class, Step.CarryPasswords.class),
            List.of(file("main: {}, old: {}")),
            List.of(new Sql("sq_{t}_main_br_old", "SET ROLE {t}_main_br_old_owner; CREATE TABLE t AS SELECT 1")),
            file("main: {}, new: { renamed_from: old }"),
            FILE_ALONE,
            List.of(Truth.of("branch {t}/new", "branch.renamed", open("{t}_main_br_new"))),
            List.of(new Kept("sq_{t}_main_br_new", "SELECT count(*) FROM t", "1")),
            End.USUAL);

    static final Scenario RESET = new Scenario(
            "a branch is copied again",
            Set.of(Step.Sql.class, Step.SqlAlone.class, Step.Copy.class, Step.RunScript.class),
            List.of(file(COPY)),
            List.of(
                    new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)"),
                    new Sql(
                            "sq_{t}_main_br_copy",
                            "SET ROLE {t}_main_br_copy_owner; CREATE TABLE t AS SELECT generate_series(1, 6);"
                                    + " INSERT INTO t VALUES (100)")),
            file(COPY),
            token -> Asked.of(Set.of(), 1).withReset(ResourceKey.branch(token, "copy")),
            List.of(Truth.of(
                    "branch {t}/copy",
                    "branch.reset",
                    open("{t}_main_br_copy"),
                    new Sql("sq_{t}_main_br_copy", "SELECT count(*) = 6 FROM t"))),
            List.of(
                    new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7"),
                    new Kept("sq_{t}_main_br_copy", "SELECT count(*) FROM t WHERE generate_series <= 7", "6"),
                    new Kept("axm_del_%", "SELECT count(*) FROM t WHERE generate_series = 100", "1")),
            new End(0, 1, Set.of()));

    static final Scenario ADOPTED = new Scenario(
            "a database of others is adopted",
            Set.of(Step.Sql.class, Step.SetPasswords.class),
            List.of(file("main: {}")),
            List.of(
                    new Sql("", "CREATE ROLE {t}_main_br_old_owner LOGIN PASSWORD '" + End.OLD + "'"),
                    new Sql("", "CREATE ROLE {t}_main_br_old_rw LOGIN CREATEDB PASSWORD '" + End.OLD + "'"),
                    new Sql("", "CREATE DATABASE sq_{t}_main_br_old OWNER {t}_main_br_old_owner"),
                    new Sql("sq_{t}_main_br_old", "SET ROLE {t}_main_br_old_owner; CREATE TABLE t AS SELECT 1")),
            file("main: {}, old: { connection_limits: { rw: 5 } }"),
            token -> Asked.of(Set.of(), 1).adopting(new TreeSet<>(List.of(ResourceKey.branch(token, "old")))),
            // What has its marks and was not seen to end is gone on with as a branch that is being made.
            List.of(made("old", "{t}_main_br_old"), Truth.of("branch {t}/old", "branch.adopted", adopted())),
            List.of(new Kept("sq_{t}_main_br_old", "SELECT count(*) FROM t", "1")),
            new End(0, 0, Set.of(RoleKind.OWNER, RoleKind.RW)));

    static final List<Scenario> ALL = List.of(FIRST, EVERYTHING, LOST, BACK, PURGED, COPIED, RENAMED, RESET, ADOPTED);

    private Scenarios() {}

    static Scenario named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    private static Truth made(String branch, String names) {
        return Truth.of("branch {t}/" + branch, "branch.created", open(names));
    }

    /** The branch is there, and what somebody else had made of it has its marks. */
    private static Sql[] adopted() {
        String mark = "(SELECT shobj_description(oid, '%1$s') IS NOT NULL FROM %2$s WHERE %3$s = '%4$s')";
        return new Sql[] {
            open("{t}_main_br_old"),
            new Sql(
                    "",
                    "SELECT " + mark.formatted("pg_database", "pg_database", "datname", "sq_{t}_main_br_old") + " AND "
                            + mark.formatted("pg_authid", "pg_roles", "rolname", "{t}_main_br_old_owner") + " AND "
                            + mark.formatted("pg_authid", "pg_roles", "rolname", "{t}_main_br_old_rw"))
        };
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
