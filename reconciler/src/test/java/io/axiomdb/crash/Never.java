package io.axiomdb.crash;

import java.util.ArrayList;
import java.util.List;

/** What may not be so at any moment, also not right after an apply was cut short. */
final class Never {
    /** Everybody but superusers and the login of a script who could enter. */
    private static final String LET_IN = """
            SELECT string_agg(rolname, ', ') FROM pg_database d, pg_roles r
             WHERE d.datname = '%s' AND d.datconnlimit <> 0 AND NOT rolsuper AND rolname !~ '^axm_run_'
               AND has_database_privilege(r.oid, d.oid, 'CONNECT')""";

    private Never() {}

    /** Everything of it that is so, in words. */
    static List<String> broken(Lane lane, Trial trial) {
        List<String> wrong = new ArrayList<>();
        Aftermath.unfinished(lane, trial).forEach(name -> {
            String in = lane.host("", LET_IN.formatted(name));
            if (!in.isEmpty()) {
                wrong.add("let in to the half made " + name + ": " + in);
            }
        });
        for (Scenario.Kept rows : trial.scenario().kept()) {
            String database = trial.text(rows.database());
            if (isOpen(lane, database) && !lane.host(database, rows.query()).equals(rows.number())) {
                wrong.add("right after the cut " + database + " has other rows than those that are to be there");
            }
        }
        return wrong;
    }

    private static boolean isOpen(Lane lane, String database) {
        return lane.host(
                        "",
                        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = '" + database
                                + "' AND datallowconn AND datconnlimit <> 0)")
                .equals("t");
    }
}
