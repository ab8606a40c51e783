package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows to be a branch's own on its host (ADR 26): what has these numbers. A name, a comment or an owner
 * proves nothing, for others can write them. Pure.
 *
 * @param beingMade a database whose number was written down before it got the branch's name is the branch's as well
 */
record Ours(Identity identity, List<BeingMade> beingMade) {
    /** Of a branch that is not registered: nothing is its own. */
    static final Ours NOTHING = new Ours(Identity.NONE, List.of());

    Ours {
        beingMade = List.copyOf(beingMade);
    }

    static Ours of(@Nullable Applied applied) {
        return applied == null ? NOTHING : new Ours(applied.identity(), applied.beingMade());
    }

    static Ours of(Registry registry, ResourceKey branch) {
        return of(registry.applied().get(branch));
    }

    boolean isDatabase(DatabaseState database) {
        return database.oid() != 0
                && (identity.database() == database.oid()
                        || beingMade.stream().anyMatch(one -> one.oid() == database.oid()));
    }

    boolean isRole(RoleKind kind, @Nullable RoleState role) {
        return role != null && identity.hasRole(kind, role.oid());
    }

    /** Whether a branch is, or was when it was removed, on a host: other servers give the same numbers. */
    static boolean isOn(Registry registry, ResourceKey branch, String host) {
        Applied project = registry.applied().get(ResourceKey.project(branch.project()));
        return project != null && host.equals(project.fields().values().get("host"));
    }
}
