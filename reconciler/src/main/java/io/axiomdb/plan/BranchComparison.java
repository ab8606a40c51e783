package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One branch's wanted state against what is on its host. Pure. */
final class BranchComparison {
    private BranchComparison() {}

    /**
     * All differences, in the order in which they are mended.
     *
     * @param making the branch is being made: what nobody could look into is set up in full. Otherwise the unknown is
     *     left alone.
     */
    static List<Difference> between(BranchWant want, HostState actual, int serverVersion, boolean making) {
        Set<String> newRoles = new TreeSet<>(want.state().roles().keySet());
        newRoles.removeAll(actual.roles().keySet());
        List<Difference> found = new ArrayList<>();
        for (RoleKind kind : RoleKind.values()) {
            RoleState role = want.role(want.names().role(kind));
            found.addAll(RoleDifferences.between(
                    role, actual.roles().get(role.name()), kind, want.database(), want.origin(), serverVersion));
        }
        found.addAll(database(want, actual.databases().get(want.names().database()), newRoles, making));
        return found;
    }

    private static List<Difference> database(
            BranchWant want, @Nullable DatabaseState actual, Set<String> newRoles, boolean making) {
        List<Difference> found = new ArrayList<>(DatabaseDifferences.between(want, actual, newRoles));
        boolean halfMade = actual != null && DatabaseDifferences.isHalfMade(actual);
        DatabaseState.Contents contents = actual == null ? null : actual.contents();
        if (contents != null) {
            found.addAll(InsideDifferences.between(want, contents, newRoles));
        } else if (actual == null || making || halfMade) {
            found.addAll(InsideDifferences.everything(want));
        }
        return halfMade ? found.stream().map(Difference::asOrdinary).toList() : found;
    }

    /**
     * Things of the branch's names that AxiomDB did not make. They are never altered.
     *
     * @param known whether the registry knows the branch; if not, everything of that name is foreign
     */
    static List<Diagnostic> foreign(BranchWant want, HostState actual, boolean known) {
        List<Diagnostic> found = new ArrayList<>();
        want.state().roles().keySet().forEach(name -> {
            RoleState role = actual.roles().get(name);
            if (role != null && !(known && role.marker().equals(want.marker()))) {
                found.add(foreign(want, "role", name, role.marker(), known));
            }
        });
        DatabaseState database = actual.databases().get(want.names().database());
        if (database != null && !(known && isOurs(want, database))) {
            found.add(foreign(want, "database", database.name(), database.marker(), known));
        }
        return found;
    }

    /** A tenant may change its database's comment, and an administrator its owner; both at once make it foreign. */
    static boolean isOurs(BranchWant want, DatabaseState database) {
        return database.marker().equals(want.marker())
                || database.owner().equals(want.names().owner());
    }

    private static Diagnostic foreign(BranchWant want, String kind, String name, String marker, boolean known) {
        String says = marker.isEmpty() ? "it has no comment" : "its comment is \"" + marker + "\"";
        String detail = kind + " " + name + " on host " + want.host() + " (" + says + ")";
        String help = known
                ? "AxiomDB made one of that name, marked \"" + want.marker() + "\", and leaves this one alone. If it is"
                        + " still the same, mark it again: COMMENT ON " + kind.toUpperCase(Locale.ROOT) + " "
                        + SqlText.identifier(name) + " IS " + SqlText.literal(want.marker())
                : "nothing of this branch is touched. Rename what is there, or give the branch another name with slug:"
                        + " or names:";
        return Diagnostic.of(Code.FOREIGN_OBJECT, want.origin().self(), detail, help);
    }
}
