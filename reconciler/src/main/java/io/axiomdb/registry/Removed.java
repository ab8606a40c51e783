package io.axiomdb.registry;

import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.List;

/**
 * A branch that is no longer declared and whose database and roles may still be kept on its host.
 *
 * @param id what it was registered under, and what the names of what is kept begin with
 * @param fields the declaration as it was last applied
 * @param since when it was removed, by the control plane's clock
 * @param credentials retired versions of its passwords, lowest first
 * @param identity what it was on its server
 */
public record Removed(
        String id,
        ResourceKey resource,
        Fields fields,
        Instant since,
        List<Credential> credentials,
        Identity identity) {
    public Removed {
        credentials = List.copyOf(credentials);
    }
}
