package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.KeptNames;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A branch whose removal was begun, and which is to stay. Pure. */
final class Retained {
    private Retained() {}

    /** What is written down of a database's removal; null when that was not begun. */
    static @Nullable RetainedRow of(String name, Observation.Seen seen) {
        DatabaseState database = seen.state().databases().get(name);
        if (database == null || database.connectionLimit() != 0) {
            return null; // a removal begins by setting it
        }
        return seen.ledger()
                .retainedOf(database.oid())
                .filter(row -> !row.name().startsWith(KeptNames.BEGIN)) // its project may be called otherwise by now
                .orElse(null);
    }

    /**
     * Its database is no longer retained, and has the limit that it had.
     *
     * @param unmasked why it may hold rows that are not masked; empty where nobody has to say
     */
    static List<Difference> differences(BranchWant want, RetainedRow row, String unmasked) {
        List<String> statements = new ArrayList<>();
        if (want.database().connectionLimit() == BranchWant.UNMANAGED) {
            statements.add("ALTER DATABASE " + SqlText.identifier(want.names().database()) + " CONNECTION LIMIT "
                    + row.connectionLimit());
        }
        if (want.additive()) {
            statements.add(Memberships.giveBack(row.number()));
        }
        statements.add(LedgerSql.notRetained(row.number()));
        List<Difference> differences = new ArrayList<>();
        differences.add(difference(
                want, "database " + want.names().database(), "retained", "its removal was begun", "", statements));
        if (!unmasked.isEmpty()) {
            differences.add(difference(want, "", "unmasked", "", unmasked, List.of()));
        }
        return differences;
    }

    private static Difference difference(
            BranchWant want, String subject, String name, String before, String after, List<String> statements) {
        return new Difference(
                subject, name, before, after, want.origin().self(), Nature.ORDINARY, Stage.DATABASE_OPEN, statements);
    }
}
