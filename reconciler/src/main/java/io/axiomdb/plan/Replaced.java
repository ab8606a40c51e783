package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;

import io.axiomdb.compile.KeptNames;
import java.util.List;
import java.util.TreeMap;

/** Sets the database of a branch aside that goes on living: its roles stay. Pure. */
final class Replaced {
    private final String database;
    private final String kept;
    private final String marker;

    /** By the registry's id of the branch. */
    Replaced(String database, String id, String marker) {
        this.database = database;
        this.kept = KeptNames.stem(id);
        this.marker = marker;
    }

    /** What its new name begins with; the moment follows. */
    String kept() {
        return kept;
    }

    /** The last step's renaming needs a database that nobody is connected to. */
    List<Step> close() {
        return List.of(
                new Step.Sql(
                        "no more logins",
                        "",
                        List.of("ALTER DATABASE " + identifier(database) + " ALLOW_CONNECTIONS false")),
                new Step.Sql("end sessions", "", List.of(RemovalPlanner.end(database, new TreeMap<>()))));
    }

    /** When the last step fails. */
    String reopen() {
        return "ALTER DATABASE " + identifier(database) + " ALLOW_CONNECTIONS true";
    }

    /** Its owner stays its owner: a purge drops it only while it is. */
    String keep() {
        return RemovalPlanner.setAside("DATABASE", database, kept, "", marker);
    }
}
