package io.axiomdb.cli.command;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** Hosts of the file by name. */
final class DeclaredHosts {
    private DeclaredHosts() {}

    /**
     * The named ones; all when none is named.
     *
     * @throws AxiomException UNKNOWN_REFERENCE
     */
    static SortedMap<String, Host> of(Desired desired, Collection<String> names) {
        SortedMap<String, Host> hosts = new TreeMap<>();
        names.forEach(name -> hosts.put(name, one(desired, name)));
        return names.isEmpty() ? desired.hosts() : hosts;
    }

    /**
     * A host that AxiomDB logs in to.
     *
     * @throws AxiomException UNKNOWN_REFERENCE, NEEDS_SSH
     */
    static Host withSsh(Desired desired, String name) {
        Host host = one(desired, name);
        if (host.ssh() == null) {
            throw new AxiomException(Diagnostic.of(
                    Code.NEEDS_SSH,
                    host.origin().self(),
                    "host " + name + " has no ssh in the file",
                    "add ssh: with address, key and host_keys"));
        }
        return host;
    }

    /**
     * One of the file.
     *
     * @throws AxiomException UNKNOWN_REFERENCE
     */
    static Host one(Desired desired, String name) {
        Host host = desired.hosts().get(name);
        if (host == null) {
            throw Declared.unknown(
                    "host " + name, name, "hosts", desired.hosts().keySet());
        }
        return host;
    }
}
