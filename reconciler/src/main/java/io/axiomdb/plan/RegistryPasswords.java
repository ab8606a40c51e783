package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.util.List;

/**
 * Which password each role should have. A version whose outcome was never recorded counts as set when the host has it:
 * looking, not guessing. A role that came with a password of its own keeps it, unknown as it is, until somebody asks for
 * another.
 *
 * @param replace whether unknown passwords are to be replaced
 */
record RegistryPasswords(Registry registry, HostState actual, boolean replace) implements BranchCompiler.Passwords {
    @Override
    public PasswordMark of(Project project, Branch branch, RoleKind kind) {
        CredentialKey key = new CredentialKey(project.name(), branch.name(), kind);
        List<Credential> versions = registry.credentials().getOrDefault(key, List.of());
        RoleState role = actual.roles().get(BranchNames.of(project, branch).role(kind));
        if (role != null && versions.stream().anyMatch(v -> v.mark().equals(role.password()))) {
            return role.password();
        }
        return versions.stream()
                .filter(v -> v.state() == Credential.State.CURRENT)
                .map(Credential::mark)
                .findFirst()
                .orElseGet(() -> role != null && !replace && !isBeingMade(project, branch, kind, role, versions)
                        ? PasswordMark.UNKNOWN
                        : PasswordMark.TO_BE_MADE);
    }

    /**
     * Whether AxiomDB made the role and had no time to give it its password. Where its database is there, it had: that gets
     * its name last.
     */
    private boolean isBeingMade(
            Project project, Branch branch, RoleKind kind, RoleState role, List<Credential> versions) {
        Applied applied = registry.applied().get(ResourceKey.branch(project.name(), branch.name()));
        if (applied == null) {
            return !versions.isEmpty(); // it comes back: what it had stands in the registry, and this is another
        }
        if (applied.complete()) {
            return false;
        }
        Ours ours = Ours.of(applied);
        DatabaseState database =
                actual.databases().get(BranchNames.of(project, branch).database());
        boolean finished = database != null && ours.isDatabase(database);
        return ours.isRole(kind, role) && !(finished && versions.isEmpty());
    }
}
