package io.axiomdb.registry;

import io.axiomdb.core.Sorted;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.SortedMap;

/**
 * Everything that the control plane knows about an organization, read at one moment.
 *
 * @param known false when this organization was never applied here
 * @param others names of other organizations in the same control plane
 * @param applied declarations last applied; removed ones are not among them
 * @param credentials current and pending versions by key, lowest version first
 */
public record Registry(
        String organization,
        boolean known,
        List<String> others,
        SortedMap<ResourceKey, Applied> applied,
        SortedMap<CredentialKey, List<Credential>> credentials) {
    public Registry {
        others = List.copyOf(others);
        applied = Sorted.map(applied);
        credentials = Sorted.map(credentials);
    }
}
