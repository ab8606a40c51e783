package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Observation.Hold;
import java.util.List;

/** What is inside a database and keeps it from getting another name, or from being dropped. Pure. */
final class Holds {
    /** What it means for a branch that is removed. */
    static final String REMOVAL = "access ends at once, and its removal is complete only when that is settled";

    /** What it means for a branch whose removal was begun. */
    static final String BEGUN = "its removal was begun, and is complete only when that is settled";

    /** What it means for one that gets another name or another database. */
    static final String RENAME = "it gets no other name until that is settled";

    /** What it means for retained data. */
    static final String DROP = "it is not dropped until that is settled";

    private Holds() {}

    /** One notice for each, with the statement that settles it. */
    static List<Diagnostic> on(Observation.Seen seen, String host, String database, String meaning) {
        return seen.holds().stream()
                .filter(hold -> hold.database().equals(database))
                .map(hold -> Diagnostic.of(
                        Code.DATABASE_HELD,
                        Source.NOWHERE,
                        "database " + database + " on host " + host + " holds " + hold.kind() + " \"" + hold.name()
                                + "\": " + meaning,
                        settle(hold)))
                .toList();
    }

    private static String settle(Hold hold) {
        String in = "in database " + hold.within() + ", as a superuser: ";
        return switch (hold.kind()) {
            case "prepared transaction" ->
                in + "ROLLBACK PREPARED " + SqlText.literal(hold.name())
                        + "; or COMMIT PREPARED, if its application says so";
            case "replication slot" ->
                "if nothing reads it any longer: SELECT pg_drop_replication_slot(" + SqlText.literal(hold.name())
                        + ");";
            default -> in + "DROP SUBSCRIPTION " + SqlText.identifier(hold.name()) + ";";
        };
    }
}
