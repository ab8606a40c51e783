package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import io.axiomdb.plan.Difference.Nature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One branch's wanted state against what is on its host. Pure. */
final class BranchComparison {
    private BranchComparison() {}

    /** What the branch is compared for. */
    enum Purpose {
        /** It is there, and what is unknown is left alone. */
        KEEP,
        /** It is being made: what nobody could look into is set up in full. */
        MAKE,
        /** Somebody else made it: a limit of 0 is somebody's will, and no sign of a half made database. */
        ADOPT
    }

    /** All differences, in the order in which they are mended. */
    static List<Difference> between(BranchWant want, HostState actual, int serverVersion, Purpose purpose) {
        Set<String> newRoles = new TreeSet<>(want.state().roles().keySet());
        newRoles.removeAll(actual.roles().keySet());
        List<Difference> found = new ArrayList<>();
        for (RoleKind kind : RoleKind.values()) {
            RoleState role = want.role(want.names().role(kind));
            found.addAll(RoleDifferences.between(
                    role, actual.roles().get(role.name()), kind, want.database(), want.origin(), serverVersion));
        }
        found.addAll(database(want, actual.databases().get(want.names().database()), newRoles, purpose));
        if (want.additive()) {
            found.removeIf(difference -> difference.nature() == Nature.UNASKED);
        }
        return found;
    }

    private static List<Difference> database(
            BranchWant want, @Nullable DatabaseState actual, Set<String> newRoles, Purpose purpose) {
        boolean halfMade = actual != null && purpose != Purpose.ADOPT && DatabaseDifferences.isHalfMade(actual);
        List<Difference> found = new ArrayList<>(DatabaseDifferences.between(want, actual, newRoles, halfMade));
        DatabaseState.Contents contents = actual == null ? null : actual.contents();
        if (contents != null) {
            found.addAll(InsideDifferences.between(want, contents, newRoles));
        } else if (actual == null || purpose == Purpose.MAKE || halfMade) {
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
        if (database != null && !(known && isOurs(want, database, actual))) {
            found.add(foreign(want, "database", database.name(), database.marker(), known));
        }
        return found;
    }

    /**
     * A tenant may change its database's comment, and an administrator its owner; both at once make it foreign. An owner
     * without the mark proves nothing: an adoption that was cut short has not taken it over yet.
     */
    static boolean isOurs(BranchWant want, DatabaseState database, HostState actual) {
        RoleState owner = actual.roles().get(want.names().owner());
        return database.marker().equals(want.marker())
                || owner != null
                        && owner.marker().equals(want.marker())
                        && database.owner().equals(owner.name());
    }

    private static Diagnostic foreign(BranchWant want, String kind, String name, String marker, boolean known) {
        String says = marker.isEmpty() ? "it has no comment" : "its comment is \"" + marker + "\"";
        String detail = kind + " " + name + " on host " + want.host() + " (" + says + ")";
        boolean anothers = BranchCompiler.isMarker(marker) && !marker.equals(want.marker());
        String adopt =
                anothers ? "" : "Take it over with axm adopt " + want.key().path() + ". ";
        String help = known
                ? "AxiomDB made one of that name, or began to adopt it, marked \"" + want.marker()
                        + "\", and leaves this one alone. "
                        + (anothers
                                ? ""
                                : "If an adoption was cut short, go on: axm adopt "
                                        + want.key().path() + ". ")
                        + "If it is still the same, mark it again: COMMENT ON " + kind.toUpperCase(Locale.ROOT) + " "
                        + SqlText.identifier(name) + " IS " + SqlText.literal(want.marker())
                : "nothing of this branch is touched. " + adopt
                        + (anothers ? "Rename" : "Or rename")
                        + " what is there, or give the branch another name with slug: or names:";
        return Diagnostic.of(Code.FOREIGN_OBJECT, want.origin().self(), detail, help);
    }
}
