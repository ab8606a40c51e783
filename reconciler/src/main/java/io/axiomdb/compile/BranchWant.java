package io.axiomdb.compile;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import java.util.Objects;
import java.util.SortedSet;

/**
 * What one branch needs on its host: the branch's part of the wanted {@link HostState}, with its provenance.
 *
 * @param host name of the host
 * @param marker comment that its database and roles carry
 * @param state exactly one database and three roles; a connection limit of {@link #UNMANAGED} is left as it is
 * @param additive whether what the file does not mention stays: rights of others, attributes of roles
 * @param lookup what is to become of the rights of the role as which the pooler looks passwords up
 * @param releasedSettings parameters that were declared when last applied and no longer are: to be reset
 * @param origin where the branch and its fields stand in the file
 */
public record BranchWant(
        String organization,
        ResourceKey key,
        String host,
        BranchNames names,
        String marker,
        HostState state,
        boolean additive,
        Lookup.Rights lookup,
        SortedSet<String> releasedSettings,
        Origin origin) {
    /** A connection limit that the file does not mention. */
    public static final int UNMANAGED = Integer.MIN_VALUE;

    public BranchWant {
        releasedSettings = Sorted.set(releasedSettings);
    }

    public DatabaseState database() {
        return Objects.requireNonNull(state.databases().get(names.database()));
    }

    public RoleState role(String name) {
        return Objects.requireNonNull(state.roles().get(name));
    }
}
