package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.host.DatabaseState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to none of a branch's roles inside its database: its owner can't drop it, and code in it runs as whoever uses
 * it. A finding in every plan. Pure.
 */
final class OthersObjects {
    private OthersObjects() {}

    /** @param database as it was seen; nothing is known of one that is not there or could not be entered */
    static List<Diagnostic> in(BranchWant want, @Nullable DatabaseState database) {
        if (database == null || database.contents() == null) {
            return List.of();
        }
        return database.contents().others().entrySet().stream()
                .map(entry -> Diagnostic.of(
                        Code.OTHERS_OBJECTS,
                        want.origin().self(),
                        want.key().path() + ": in database " + database.name() + " on host " + want.host() + " role "
                                + entry.getKey() + " owns " + entry.getValue()
                                + (entry.getValue() == 1 ? " object" : " objects"),
                        "AxiomDB leaves them unchanged and grants nothing on them. Find out who made them and why;"
                                + " docs/adopting.md lists them"))
                .toList();
    }
}
