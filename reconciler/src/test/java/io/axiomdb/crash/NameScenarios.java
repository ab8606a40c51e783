package io.axiomdb.crash;

import io.axiomdb.crash.Scenario.Asks;
import io.axiomdb.crash.Scenario.End;
import io.axiomdb.crash.Scenario.Kept;
import io.axiomdb.crash.Scenario.Sql;
import io.axiomdb.crash.Scenario.Truth;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Step;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is there already, under another name or without ours. */
final class NameScenarios {
    static final Scenario RENAMED = new Scenario(
            "a branch gets another name",
            Set.of(Step.Sql.class, Step.CarryPasswords.class),
            List.of(Scenario.file("main: {}, old: {}")),
            List.of(new Sql("sq_{t}_main_br_old", "SET ROLE {t}_main_br_old_owner; CREATE TABLE t AS SELECT 1")),
            Scenario.file("main: {}, new: { renamed_from: old }"),
            Asks.FILE_ALONE,
            List.of(Truth.of("branch {t}/new", "branch.renamed", Sql.open("{t}_main_br_new"))),
            List.of(new Kept("sq_{t}_main_br_new", "SELECT count(*) FROM t", "1")),
            End.USUAL);

    static final Scenario PROJECT_RENAMED = new Scenario(
            "a project gets another name, and a branch another limit",
            Set.of(Step.Sql.class, Step.CarryPasswords.class),
            List.of(Scenario.file("main: {}, dev: { connection_limits: { rw: 5 } }")),
            List.of(new Sql("sq_{t}_main_br_dev", "SET ROLE {t}_main_br_dev_owner; CREATE TABLE t AS SELECT 1")),
            Scenario.project("{t}new: { host: db1, renamed_from: {t},"
                    + " branches: { main: {}, dev: { connection_limits: { rw: 6 } } } }"),
            Asks.FILE_ALONE,
            List.of(
                    Truth.of(
                            "project {t}new",
                            "project.renamed",
                            Sql.open("{t}new_main"),
                            Sql.open("{t}new_main_br_dev")),
                    // Logins that were closed for a rename which did not come.
                    Truth.of("branch {t}new/main", "drift.repaired", Sql.open("{t}new_main")),
                    Truth.of("branch {t}new/dev", "drift.repaired", Sql.open("{t}new_main_br_dev")),
                    Truth.of(
                            "branch {t}new/dev",
                            "branch.changed",
                            new Sql(
                                    "",
                                    "SELECT rolconnlimit = 6 FROM pg_roles WHERE rolname = '{t}new_main_br_dev_rw'"))),
            List.of(new Kept("sq_{t}new_main_br_dev", "SELECT count(*) FROM t", "1")),
            End.USUAL);

    static final Scenario ADOPTED = new Scenario(
            "a database of others is adopted",
            Set.of(Step.Sql.class, Step.SetPasswords.class),
            List.of(Scenario.file("main: {}")),
            List.of(
                    new Sql("", "CREATE ROLE {t}_main_br_old_owner LOGIN PASSWORD '" + End.OLD + "'"),
                    new Sql("", "CREATE ROLE {t}_main_br_old_rw LOGIN CREATEDB PASSWORD '" + End.OLD + "'"),
                    new Sql("", "CREATE DATABASE sq_{t}_main_br_old OWNER {t}_main_br_old_owner"),
                    new Sql("sq_{t}_main_br_old", "SET ROLE {t}_main_br_old_owner; CREATE TABLE t AS SELECT 1")),
            Scenario.file("main: {}, old: { connection_limits: { rw: 5 } }"),
            token -> Asked.of(Set.of(), 1).adopting(new TreeSet<>(List.of(ResourceKey.branch(token, "old")))),
            // What has its marks and was not seen to end is gone on with as a branch that is being made.
            List.of(Truth.made("old", "{t}_main_br_old"), Truth.of("branch {t}/old", "branch.adopted", adopted())),
            List.of(new Kept("sq_{t}_main_br_old", "SELECT count(*) FROM t", "1")),
            new End(0, 0, Set.of(RoleKind.OWNER, RoleKind.RW)));

    /** The branch is there, and what somebody else had made of it has its marks. */
    private static Sql[] adopted() {
        String mark = "(SELECT shobj_description(oid, '%1$s') IS NOT NULL FROM %2$s WHERE %3$s = '%4$s')";
        return new Sql[] {
            Sql.open("{t}_main_br_old"),
            new Sql(
                    "",
                    "SELECT " + mark.formatted("pg_database", "pg_database", "datname", "sq_{t}_main_br_old") + " AND "
                            + mark.formatted("pg_authid", "pg_roles", "rolname", "{t}_main_br_old_owner") + " AND "
                            + mark.formatted("pg_authid", "pg_roles", "rolname", "{t}_main_br_old_rw"))
        };
    }

    private NameScenarios() {}
}
