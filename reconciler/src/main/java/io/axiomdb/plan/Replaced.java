package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.compile.KeptNames;
import io.axiomdb.host.HostState;
import java.util.List;
import java.util.Map;
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
        return SetAsideSteps.close(database, List.of());
    }

    /** When the last step fails: its name is still the one that it had. */
    List<Undo> reopen(Step closing, HostState before) {
        return Reopening.of(new TreeMap<>(Map.of(database, database)), new TreeMap<>(), before)
                .undo(closing);
    }

    /** Its owner stays its owner: a purge drops it only while it is. */
    String keep() {
        return SetAsideSteps.setAside("DATABASE", database, kept, "", marker, free());
    }

    /** A branch may be reset twice in a second; the second database goes by the next that no other has. */
    private String free() {
        return "(SELECT pg_catalog.min(second) FROM (SELECT pg_catalog.to_char(pg_catalog.timezone('UTC',"
                + " pg_catalog.now()) + pg_catalog.make_interval(secs => later), 'YYYYMMDDHH24MISS')"
                + " FROM pg_catalog.generate_series(0, 60) a (later)) b (second) WHERE NOT EXISTS (SELECT FROM"
                + " pg_catalog.pg_database WHERE datname = " + literal(kept + "_") + " || second))";
    }
}
