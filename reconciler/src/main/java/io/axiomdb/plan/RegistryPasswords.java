package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.HostState;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.util.List;

/**
 * Which password each role should have. A version whose outcome was never recorded counts as set when the host has it:
 * looking, not guessing.
 */
record RegistryPasswords(Registry registry, HostState actual) implements BranchCompiler.Passwords {
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
                .orElse(PasswordMark.TO_BE_MADE);
    }
}
