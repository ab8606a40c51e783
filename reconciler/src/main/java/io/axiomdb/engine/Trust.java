package io.axiomdb.engine;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.HostAddress;
import io.axiomdb.desired.Kind;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.registry.Registry;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * To which hosts secrets may be sent: to addresses that were applied, and to hosts that a person named. A file alone is never
 * enough, for whoever writes it would choose both the secret and where it goes.
 */
public final class Trust {
    private final SortedMap<String, HostAddress> applied;
    private final SortedSet<String> named;

    private Trust(SortedMap<String, HostAddress> applied, SortedSet<String> named) {
        this.applied = applied;
        this.named = named;
    }

    /**
     * What is trusted.
     *
     * @param registry of the organization; what was begun and not ended is not applied
     * @param named hosts that a person named for this run
     */
    public static Trust of(Registry registry, SortedSet<String> named) {
        SortedMap<String, HostAddress> applied = new TreeMap<>();
        registry.applied().forEach((key, one) -> {
            if (key.kind() == Kind.HOST && one.complete()) {
                applied.put(key.name(), HostAddress.of(Host.of(key.name(), one.fields())));
            }
        });
        return new Trust(applied, named);
    }

    /** Why a host is not to be contacted; empty when it may be. */
    public Optional<Diagnostic> objection(Host host) {
        HostAddress address = HostAddress.of(host);
        if (host.postgres() instanceof Host.Embedded || named.contains(host.name()) || applied.containsValue(address)) {
            return Optional.empty();
        }
        HostAddress before = applied.get(host.name());
        return Optional.of(Diagnostic.of(
                Code.NEW_ADDRESS,
                host.origin().self(),
                "host " + host.name() + ": " + (before == null ? address : address.differenceFrom(before)),
                "nothing was sent there. If this is where its secrets belong, run the same with --trust-address "
                        + host.name() + "; axm apply remembers it"));
    }

    /** Those that may be contacted. */
    SortedMap<String, Probe> admitted(SortedMap<String, Probe> probes, SortedMap<String, Host> hosts) {
        SortedMap<String, Probe> admitted = new TreeMap<>(probes);
        admitted.keySet().removeAll(refused(probes, hosts).keySet());
        return admitted;
    }

    /** The others, with the reason. */
    SortedMap<String, Observation> refused(SortedMap<String, Probe> probes, SortedMap<String, Host> hosts) {
        SortedMap<String, Observation> refused = new TreeMap<>();
        hosts.forEach((name, host) -> {
            if (probes.containsKey(name)) {
                objection(host).ifPresent(why -> refused.put(name, new Observation.Unreachable(why)));
            }
        });
        return refused;
    }
}
