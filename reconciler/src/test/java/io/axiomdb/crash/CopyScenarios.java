package io.axiomdb.crash;

import io.axiomdb.crash.Scenario.Asks;
import io.axiomdb.crash.Scenario.End;
import io.axiomdb.crash.Scenario.Kept;
import io.axiomdb.crash.Scenario.Sql;
import io.axiomdb.crash.Scenario.Truth;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Step;
import java.util.List;
import java.util.Set;

/** Branches that hold what their parents do. */
final class CopyScenarios {
    /** What branches that are copied name as their script. */
    static final String MASK =
            "DO 'BEGIN IF to_regclass(''t'') IS NOT NULL THEN DELETE FROM t WHERE generate_series = 7;"
                    + " END IF; END'";

    private static final String COPY = "main: {}, copy: { from: main, data: full, transform: mask.sql }";

    static final Scenario COPIED = new Scenario(
            "a branch with its parent's data, masked",
            Set.of(
                    Step.Sql.class,
                    Step.SqlAlone.class,
                    Step.SetPasswords.class,
                    Step.Copy.class,
                    Step.NoteDatabase.class,
                    Step.RunScript.class,
                    Step.RefreshDerived.class),
            List.of(Scenario.file("main: {}")),
            List.of(new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)")),
            Scenario.file(COPY),
            Asks.FILE_ALONE,
            List.of(Truth.of(
                    "branch {t}/copy",
                    "branch.created",
                    Sql.open("{t}_main_br_copy"),
                    new Sql("sq_{t}_main_br_copy", "SELECT count(*) = 6 FROM t"))),
            List.of(
                    new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7"),
                    new Kept("sq_{t}_main_br_copy", "SELECT count(*) FROM t", "6")),
            End.USUAL);

    static final Scenario RESET = new Scenario(
            "a branch is copied again",
            Set.of(
                    Step.Sql.class,
                    Step.SqlAlone.class,
                    Step.Copy.class,
                    Step.NoteDatabase.class,
                    Step.RunScript.class,
                    Step.RefreshDerived.class),
            List.of(Scenario.file(COPY)),
            List.of(
                    new Sql("sq_{t}_main", "SET ROLE {t}_main_owner; CREATE TABLE t AS SELECT generate_series(1, 7)"),
                    new Sql(
                            "sq_{t}_main_br_copy",
                            "SET ROLE {t}_main_br_copy_owner; CREATE TABLE t AS SELECT generate_series(1, 6);"
                                    + " INSERT INTO t VALUES (100)")),
            Scenario.file(COPY),
            token -> Asked.of(Set.of(), 1).withReset(ResourceKey.branch(token, "copy")),
            List.of(Truth.of(
                    "branch {t}/copy",
                    "branch.reset",
                    Sql.open("{t}_main_br_copy"),
                    new Sql("sq_{t}_main_br_copy", "SELECT count(*) = 6 FROM t"))),
            List.of(
                    new Kept("sq_{t}_main", "SELECT count(*) FROM t", "7"),
                    new Kept("sq_{t}_main_br_copy", "SELECT count(*) FROM t WHERE generate_series <= 7", "6"),
                    new Kept("axm_del_%", "SELECT count(*) FROM t WHERE generate_series = 100", "1")),
            new End(0, 1, Set.of()));

    private CopyScenarios() {}
}
