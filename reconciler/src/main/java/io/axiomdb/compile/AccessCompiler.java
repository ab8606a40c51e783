package io.axiomdb.compile;

import io.axiomdb.compile.AccessWant.Reason;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Opening;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** From network policies to who may reach the branches of a host. Pure. */
public final class AccessCompiler {
    private final Host host;
    private final Instant now;
    private final SortedMap<Entry, List<Reason>> entries = new TreeMap<>();
    /** By identity: a project has one policy. */
    private final Map<Port, Map<Network, AskedRange.Policy>> policies = new EnumMap<>(Port.class);
    /** Branches of one project mostly have the same rules; these are put together once. */
    private final Map<List<AskedRange>, SortedMap<Allowance, List<Reason>>> known = new HashMap<>();

    private AccessCompiler(Host host, Instant now) {
        this.host = host;
        this.now = now;
        for (Port port : Port.values()) {
            policies.put(port, new IdentityHashMap<>());
        }
    }

    /** Everything declared, for each host on which network policies are enforced. */
    public static SortedMap<String, AccessWant> compile(Desired desired, Instant now) {
        SortedMap<String, AccessWant> wants = new TreeMap<>();
        SortedMap<String, List<Placement>> placements = Placement.byHost(Placement.all(desired));
        desired.hosts().values().stream()
                .filter(host -> host.ssh() != null)
                .forEach(host -> wants.put(
                        host.name(), compile(host, placements.getOrDefault(host.name(), List.of()), now, _ -> true)));
        return wants;
    }

    /**
     * Who may reach the given branches, as far as they are on this host.
     *
     * @param now what has expired by then lets nobody in
     * @param kept entries for which it says no are left out, and open nothing
     */
    public static AccessWant compile(Host host, Collection<Placement> placements, Instant now, Predicate<Entry> kept) {
        AccessCompiler compiler = new AccessCompiler(host, now);
        SortedMap<String, SortedSet<String>> roles = new TreeMap<>();
        SortedMap<String, ResourceKey> branches = new TreeMap<>();
        placements.stream().filter(p -> p.host().equals(host.name())).forEach(placement -> {
            String database = placement.names().database();
            branches.put(database, placement.branch());
            roles.put(
                    database,
                    new TreeSet<>(List.of(
                            placement.names().owner(),
                            placement.names().rw(),
                            placement.names().ro())));
            compiler.branch(placement);
        });
        compiler.entries.keySet().removeIf(kept.negate());
        return new AccessWant(
                host.name(),
                new Access(roles, new TreeSet<>(compiler.entries.keySet()), compiler.openings()),
                branches,
                compiler.entries);
    }

    private void branch(Placement placement) {
        Network network = placement.network();
        if (network == null) {
            return;
        }
        for (Port port : Port.values()) {
            if (number(host, port) != null) {
                AskedRange.Policy policy = Objects.requireNonNull(policies.get(port))
                        .computeIfAbsent(
                                network, n -> AskedRange.of(placement.branch().project(), n, port, now));
                known.computeIfAbsent(policy.of(placement.branch().name()), AccessCompiler::together)
                        .forEach((allowed, reasons) -> entries.put(
                                new Entry(port, placement.names().database(), allowed.cidr(), allowed.until()),
                                reasons));
            }
        }
    }

    private static SortedMap<Allowance, List<Reason>> together(List<AskedRange> asked) {
        SortedMap<Allowance, List<Reason>> all = new TreeMap<>();
        for (Allowance allowed :
                Allowance.reduced(asked.stream().map(AskedRange::allowance).toList())) {
            all.put(
                    allowed,
                    asked.stream()
                            .filter(one -> one.asksFor(allowed))
                            .map(AskedRange::reason)
                            .distinct()
                            .sorted()
                            .toList());
        }
        return all;
    }

    /** Through the firewall comes who is let in to any branch. */
    private SortedSet<Opening> openings() {
        SortedSet<Opening> openings = new TreeSet<>();
        if (host.firewall() == Host.Firewall.NONE) {
            return openings;
        }
        SortedMap<Integer, List<Allowance>> byNumber = new TreeMap<>();
        entries.keySet().forEach(entry -> {
            Integer number = number(host, entry.port());
            if (number != null) {
                byNumber.computeIfAbsent(number, _ -> new ArrayList<>())
                        .add(new Allowance(entry.cidr(), entry.until()));
            }
        });
        byNumber.forEach((number, all) ->
                Allowance.reduced(all).forEach(one -> openings.add(new Opening(number, one.cidr(), one.until()))));
        return openings;
    }

    /** The number of a port as clients reach it; null where the host has none, or none known before it runs. */
    public static @Nullable Integer number(Host host, Port port) {
        return switch (port) {
            case RUNTIME -> host.runtimePort();
            case DIRECT ->
                host.directPort() != null
                        ? host.directPort()
                        : switch (host.postgres()) {
                            case Host.Embedded() -> null;
                            case Host.Server server -> Integer.valueOf(server.port());
                        };
        };
    }
}
