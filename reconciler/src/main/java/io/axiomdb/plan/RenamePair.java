package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A branch under the name that it gets, and as it was applied under its old one. Either may be its project's. Pure. */
record RenamePair(Project project, Branch branch, Project projectBefore, Branch before) {
    /** The help where it is nowhere. */
    static final String PUT_BACK = "put the old name back and plan: what is missing is told then";

    ResourceKey key() {
        return ResourceKey.branch(project.name(), branch.name());
    }

    ResourceKey oldKey() {
        return ResourceKey.branch(projectBefore.name(), before.name());
    }

    BranchNames names() {
        return BranchNames.of(project, branch);
    }

    BranchNames oldNames() {
        return BranchNames.of(projectBefore, before);
    }

    /** Why it can't be renamed where it has neither name. */
    String nowhere() {
        return "neither database " + oldNames().database() + " nor " + names().database() + " is on host "
                + projectBefore.host();
    }

    /** Whether only comments change on the host. */
    boolean keepsNames() {
        return names().equals(oldNames());
    }

    /** The passwords of all of them under their new keys. Done again, it stores the same ones once more. */
    static Step passwords(Collection<RenamePair> pairs) {
        SortedMap<CredentialKey, CredentialKey> keys = new TreeMap<>();
        for (RenamePair pair : pairs) {
            for (RoleKind kind : RoleKind.values()) {
                keys.put(credential(pair.oldKey(), kind), credential(pair.key(), kind));
            }
        }
        return new Step.CarryPasswords("keep passwords", keys);
    }

    private static CredentialKey credential(ResourceKey branch, RoleKind kind) {
        return new CredentialKey(branch.project(), branch.name(), kind);
    }

    BranchWant want(String organization, Lookup.Rights lookup) {
        return BranchCompiler.compile(organization, project, branch, before, (_, _, _) -> PasswordMark.UNKNOWN, lookup);
    }

    BranchWant oldWant(String organization) {
        return BranchCompiler.compile(
                organization, projectBefore, before, before, (_, _, _) -> PasswordMark.UNKNOWN, Lookup.Rights.LEFT);
    }

    /** What of it is on its host: an apply that was cut short may have renamed it already. */
    Look look(Registry registry, HostState actual) {
        String organization = registry.organization();
        return new Look(
                this,
                oldWant(organization),
                want(organization, Lookup.Rights.LEFT),
                actual,
                Ours.of(registry, oldKey()));
    }

    /**
     * A look for both names.
     *
     * @param old what it was to be like under the old one
     * @param now the same under the new one
     * @param ours what is known to be its own under either
     */
    record Look(RenamePair pair, BranchWant old, BranchWant now, HostState actual, Ours ours) {
        boolean isOld() {
            return isThere(old);
        }

        boolean isThere() {
            return isOld() || isThere(now);
        }

        /** Under neither name is anything, or what is there was made by others; to be asked when it is not there. */
        List<Diagnostic> foreign() {
            return BranchComparison.foreign(old, actual, ours);
        }

        /** What else has the new names. */
        List<Diagnostic> taken() {
            return isOld() && !pair.keepsNames() ? taken(now, old, actual) : List.of();
        }

        private boolean isThere(BranchWant want) {
            return actual.databases().containsKey(want.names().database())
                    && BranchComparison.foreign(want, actual, ours).isEmpty();
        }

        /** Names that stay the same are the branch's own. */
        private static List<Diagnostic> taken(BranchWant now, BranchWant old, HostState actual) {
            SortedMap<String, RoleState> roles = new TreeMap<>(actual.roles());
            old.state().roles().keySet().forEach(roles::remove);
            SortedMap<String, DatabaseState> databases = new TreeMap<>(actual.databases());
            databases.remove(old.names().database());
            return BranchComparison.foreign(now, new HostState(roles, databases), Ours.NOTHING);
        }

        /** New names of its roles, by old ones; those that are there under these. */
        SortedMap<String, String> roles() {
            SortedMap<String, String> roles = pair.oldNames().rolesTo(pair.names());
            roles.keySet().retainAll(actual.roles().keySet());
            return roles;
        }
    }
}
