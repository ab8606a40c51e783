package io.axiomdb.cli.world;

import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Check;
import io.axiomdb.host.Inventory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hosts by themselves: looked at and prepared, as the file declares them. The control plane is only asked which addresses were
 * applied; a host whose address was not is not contacted. Thread-safe.
 */
public interface Hosts extends AutoCloseable {
    /** Everything that a doctor looks at. Never throws for a host's sake, and changes nothing. */
    List<Check> examine(Host host, String organization);

    /** What the host helper tells. */
    AccessObservation look(Host host, String organization);

    /**
     * Installs the host helper, or this axm's version of it.
     *
     * @param as who logs in to do it; null for the login that the file names
     * @throws io.axiomdb.core.AxiomException of groups 03 and 05
     */
    List<Check> enroll(Host host, String organization, @Nullable String as);

    /**
     * Everything on a server that a file could declare.
     *
     * @throws io.axiomdb.core.AxiomException of group 05
     */
    Inventory inventory(Host host, String organization);

    @Override
    void close();
}
