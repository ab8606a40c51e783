package io.axiomdb.plan;

import io.axiomdb.compile.CopyNames;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Kind;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the registry knows by number, on each host. Pure. */
public final class Known {
    private Known() {}

    /** Has what is known looked for as well, whatever it is called by now. */
    public static SortedMap<String, Probe> probes(Registry registry, SortedMap<String, Probe> probes) {
        SortedMap<String, Probe> all = new TreeMap<>(probes);
        all.replaceAll((host, probe) -> {
            SortedSet<Long> numbers = new TreeSet<>();
            SortedSet<String> names = new TreeSet<>();
            SortedSet<String> logins = new TreeSet<>();
            branches(registry, host).forEach(branch -> {
                add(branch.identity(), numbers);
                for (BeingMade one : branch.beingMade()) {
                    numbers.add(one.oid());
                    names.add(one.name());
                    logins.add(CopyNames.of(one.digits()).login());
                }
            });
            numbers.remove(0L);
            return probe.with(numbers, names, logins);
        });
        return all;
    }

    private static void add(Identity identity, SortedSet<Long> numbers) {
        numbers.add(identity.database());
        numbers.addAll(identity.roles().values());
    }

    private static Stream<Applied> branches(Registry registry, String host) {
        return registry.applied().entrySet().stream()
                .filter(entry -> entry.getKey().kind() == Kind.BRANCH)
                .filter(entry -> Ours.isOn(registry, entry.getKey(), host))
                .map(Map.Entry::getValue);
    }

    /**
     * What was seen of hosts that are the servers that were applied to. Another server under the name of a host is not looked
     * at any further, and nothing on it is changed, until a person has said that it took the place of the one before.
     *
     * @param accept a host that is about to be accepted; empty for none
     */
    public static SortedMap<String, Observation> sameServers(
            Registry registry, SortedMap<String, Observation> observations, String accept) {
        SortedMap<String, Observation> all = new TreeMap<>(observations);
        all.replaceAll((host, observation) -> observation instanceof Observation.Seen seen
                        && !host.equals(accept)
                        && isAnother(registry, host, seen.system())
                ? new Observation.Unreachable(another(host))
                : observation);
        return all;
    }

    /** Whether something that the registry knows is on another server. */
    static boolean isAnother(Registry registry, String host, String system) {
        return branches(registry, host)
                .flatMap(branch -> Stream.concat(
                        Stream.of(branch.identity().system()),
                        branch.beingMade().stream().map(BeingMade::system)))
                .anyMatch(known -> !known.isEmpty() && !known.equals(system));
    }

    private static Diagnostic another(String host) {
        return Diagnostic.of(
                Code.OTHER_SERVER,
                "host " + host + " has another system identifier than when it was applied to: it was upgraded with"
                        + " pg_upgrade, restored from a dump, or is a server that has nothing to do with it",
                "nothing on it is changed, and all else goes on. See what speaks for each branch, and say yes if it took the"
                        + " place of the other: axm host accept " + host);
    }
}
