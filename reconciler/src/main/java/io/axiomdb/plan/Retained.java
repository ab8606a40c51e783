package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A branch whose removal was begun, and which is to stay. Pure. */
final class Retained {
    private Retained() {}

    /** Its database is no longer retained, and has the limit that it had; null when its removal was not begun. */
    static @Nullable Difference difference(BranchWant want, Observation.Seen seen) {
        DatabaseState database = seen.state().databases().get(want.names().database());
        if (database == null || database.connectionLimit() != 0) {
            return null; // a removal begins by setting it
        }
        return seen.ledger()
                .retainedOf(database.oid())
                .filter(row -> row.name().equals(database.name()))
                .map(row -> {
                    List<String> statements = new ArrayList<>();
                    if (want.database().connectionLimit() == BranchWant.UNMANAGED) {
                        statements.add("ALTER DATABASE " + SqlText.identifier(row.name()) + " CONNECTION LIMIT "
                                + row.connectionLimit());
                    }
                    statements.add(LedgerSql.notRetained(row.number()));
                    return new Difference(
                            "database " + row.name(),
                            "retained",
                            "its removal was begun",
                            "",
                            want.origin().self(),
                            Nature.ORDINARY,
                            Stage.DATABASE_OPEN,
                            statements);
                })
                .orElse(null);
    }
}
