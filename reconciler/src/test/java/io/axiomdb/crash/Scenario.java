package io.axiomdb.crash;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Step;
import java.util.List;
import java.util.Set;

/**
 * A state to begin with and an apply to cut short. In all texts {@code {t}} stands for a word that only this run has: the
 * name of its organization and the beginning of the names of its projects.
 *
 * @param kinds the kinds of steps that its plan has
 * @param start files that are applied first, in order
 * @param before what happens between: rows are put in, things are changed by hand
 * @param wish the file whose apply is cut short
 * @param asks what the apply is asked for beside the file
 * @param truths when an audit event is true, one for each change of something on a host
 * @param kept rows that must be there at the end
 * @param end what is other than usual in the end
 */
record Scenario(
        String name,
        Set<Class<? extends Step>> kinds,
        List<String> start,
        List<Sql> before,
        String wish,
        Asks asks,
        List<Truth> truths,
        List<Kept> kept,
        End end) {

    /**
     * What is other than usual in the end.
     *
     * @param removed branches that are set aside, with their roles
     * @param replaced databases that are set aside, while their branches live on
     * @param unknown kinds of roles of adopted branches that have the password {@link #OLD}, which AxiomDB does not know
     */
    record End(int removed, int replaced, Set<RoleKind> unknown) {
        static final String OLD = "set by somebody else";
        static final End USUAL = new End(0, 0, Set.of());
    }

    /** With the word that {@code {t}} stands for. */
    interface Asks {
        /** Nothing but what the file says. */
        Asks FILE_ALONE = _ -> Asked.of(Set.of(), 1);

        Asked of(String token);
    }

    /**
     * Statements that an administrator of the host runs.
     *
     * @param database empty for the maintenance database
     */
    record Sql(String database, String text) {
        /** A branch is there: its database is open, and its three roles have passwords. */
        static Sql open(String names) {
            return new Sql(
                    "",
                    "SELECT (SELECT count(*) = 1 FROM pg_database WHERE datname = 'sq_%1$s' AND datallowconn AND datconnlimit <> 0)"
                                    .formatted(names)
                            + " AND (SELECT count(*) = 3 FROM pg_authid WHERE rolname IN ('%1$s_owner', '%1$s_rw', '%1$s_ro')"
                                    .formatted(names)
                            + " AND rolcanlogin AND rolpassword IS NOT NULL)");
        }
    }

    /**
     * An audit event claims something, and it is true when all checks say so.
     *
     * @param target as the event has it, such as {@code branch {t}/main}
     * @param checks each gives one boolean
     */
    record Truth(String target, String event, List<Sql> checks) {
        static Truth of(String target, String event, Sql... checks) {
            return new Truth(target, event, List.of(checks));
        }

        /** The branch is there. */
        static Truth made(String branch, String names) {
            return of("branch {t}/" + branch, "branch.created", Sql.open(names));
        }
    }

    /**
     * Rows that may not be lost.
     *
     * @param database a pattern of its name at the end, such as {@code sq_{t}_main}; {@code axm_del_%} for what was set aside
     * @param query gives a number
     * @param number what it should be
     */
    record Kept(String database, String query, String number) {}

    /** A configuration with these branches. */
    static String file(String branches) {
        return project("{t}: { host: db1, branches: { " + branches + " } }");
    }

    /** A configuration with this project. */
    static String project(String project) {
        return """
                version: 1
                organization: {t}
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  %s
                """.formatted(project);
    }

    @Override
    public String toString() {
        return name;
    }
}
