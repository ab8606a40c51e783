package io.axiomdb.registry;

import io.axiomdb.desired.RoleKind;
import java.util.Comparator;

/** Which password: the role of a branch of a project. */
public record CredentialKey(String project, String branch, RoleKind role) implements Comparable<CredentialKey> {
    private static final Comparator<CredentialKey> ORDER = Comparator.comparing(CredentialKey::project)
            .thenComparing(CredentialKey::branch)
            .thenComparing(CredentialKey::role);

    @Override
    public int compareTo(CredentialKey other) {
        return ORDER.compare(this, other);
    }

    /** {@code shop/main/rw}. */
    @Override
    public String toString() {
        return project + "/" + branch + "/" + role.word();
    }
}
