package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.KeptNames;
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
        MAKE
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
        List<Difference> found = new ArrayList<>(DatabaseDifferences.between(want, actual, newRoles));
        DatabaseState.Contents contents = actual == null ? null : actual.contents();
        if (contents != null) {
            found.addAll(InsideDifferences.between(want, contents, newRoles));
        } else if (actual == null || purpose == Purpose.MAKE) {
            found.addAll(InsideDifferences.everything(want));
        }
        return found;
    }

    /**
     * Things of the branch's names that are not the branch's own, and its own under other names. They are never altered.
     */
    static List<Diagnostic> foreign(BranchWant want, HostState actual, Ours ours) {
        List<Diagnostic> found = new ArrayList<>();
        for (RoleKind kind : RoleKind.values()) {
            String name = want.names().role(kind);
            RoleState role = actual.roles().get(name);
            long number = ours.identity().roles().getOrDefault(kind, 0L);
            RoleState own = actual.role(number, name);
            if (own != null && KeptNames.isKept(own.name())) {
                own = null; // who may rename roles is an administrator, and a removal that was cut short did it
            }
            if (role == null ? own != null : !ours.isRole(kind, role)) {
                found.add(new Stranger(want, "role", name, number, own == null ? "" : own.name())
                        .diagnostic(role == null ? null : new Thing(role.oid(), "", role.marker())));
            }
        }
        String name = want.names().database();
        DatabaseState database = actual.databases().get(name);
        DatabaseState own = actual.database(ours.identity().database(), name);
        if (own != null
                && KeptNames.isKept(own.name())
                && !own.owner().equals(want.names().owner())) {
            own = null; // a removal or a reset that was cut short gave it to the administrator under that name; no
            // tenant can
        }
        if (database == null ? own != null : !ours.isDatabase(database)) {
            found.add(new Stranger(want, "database", name, ours.identity().database(), own == null ? "" : own.name())
                    .diagnostic(
                            database == null ? null : new Thing(database.oid(), database.owner(), database.marker())));
        }
        return found;
    }

    /** What has the name: its number, who owns it, what its comment says. */
    private record Thing(long oid, String owner, String comment) {
        @Override
        public String toString() {
            String belongs = owner.isEmpty() ? "" : "it belongs to role " + owner + "; ";
            return " (" + belongs + (comment.isEmpty() ? "it has no comment" : "its comment is \"" + comment + "\"")
                    + ")";
        }
    }

    /**
     * Why a thing of the branch's is not the branch's own.
     *
     * @param number of the branch's own; 0 when nothing was ever known of it
     * @param now what the branch's own is called, if it is there
     */
    private record Stranger(BranchWant want, String kind, String name, long number, String now) {
        Diagnostic diagnostic(@Nullable Thing thing) {
            String on = kind + " " + name + " on host " + want.host();
            if (thing == null) {
                return of(
                        Code.OBJECT_RENAMED,
                        on + " is called " + now + " now",
                        "AxiomDB did not rename it and leaves the branch alone. Give it its name back: ALTER "
                                + kind.toUpperCase(Locale.ROOT) + " " + SqlText.identifier(now) + " RENAME TO "
                                + SqlText.identifier(name));
            }
            String adopt = "To take over what is there, look at what it is first: axm adopt "
                    + want.key().path();
            if (number != 0) {
                String own = now.isEmpty()
                        ? "that one is gone; whoever owns it may have dropped it and made this one"
                        : "that one is called " + now + " now";
                return of(
                        Code.OBJECT_REPLACED,
                        on + thing + " has number " + thing.oid() + ", and the branch's has " + number + ": " + own,
                        "nothing of this branch is touched, and all else goes on. " + adopt);
            }
            return of(
                    Code.FOREIGN_OBJECT,
                    on + thing,
                    "nothing of this branch is touched, for neither a name nor a comment proves that AxiomDB made it. "
                            + adopt + ". Or rename it, or give the branch another name with slug: or names:");
        }

        private Diagnostic of(Code code, String detail, String help) {
            return Diagnostic.of(code, want.origin().self(), detail, help);
        }
    }
}
