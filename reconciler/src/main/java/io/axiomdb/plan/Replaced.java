package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;

import io.axiomdb.compile.KeptNames;
import java.util.List;

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
        return SetAsideSteps.close(database, List.of());
    }

    /** When the last step fails. */
    String reopen() {
        return "ALTER DATABASE " + identifier(database) + " ALLOW_CONNECTIONS true";
    }

    /** Its owner stays its owner: a purge drops it only while it is. */
    String keep() {
        return SetAsideSteps.setAside("DATABASE", database, kept, "", marker);
    }
}
