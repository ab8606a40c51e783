package io.axiomdb.plan;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.compile.AccessWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Opening;
import io.axiomdb.host.Ledger.BranchRow;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Removed;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Branches that a host bears AxiomDB's own mark of, and that the registry knows nothing of: it may be older than the host, or have
 * lost them. Who is let in to them is let in as before. Pure.
 */
final class Unregistered {
    private final PlanInput input;
    private final Host host;
    private final Observation.Seen seen;

    Unregistered(PlanInput input, Host host, Observation.Seen seen) {
        this.input = input;
        this.host = host;
        this.seen = seen;
    }

    /** What is wanted, and what is there of these branches. */
    AccessWant kept(AccessWant want, Access there, Findings findings) {
        SortedMap<String, SortedSet<String>> branches =
                new TreeMap<>(want.access().branches());
        SortedSet<Entry> entries = new TreeSet<>(want.access().entries());
        SortedSet<Opening> openings = new TreeSet<>(want.access().openings());
        for (BranchRow row : rows()) {
            SortedSet<String> roles = there.branches().get(row.name());
            if (roles == null || branches.containsKey(row.name())) {
                continue;
            }
            branches.put(row.name(), roles);
            there.entries().stream()
                    .filter(entry -> entry.database().equals(row.name()))
                    .forEach(entry -> {
                        entries.add(entry);
                        openings.addAll(openings(entry, there));
                    });
            findings.notices.add(Diagnostic.of(
                    Code.UNREGISTERED_BRANCH,
                    host.origin().self(),
                    "host " + host.name() + " lets in to database " + row.name() + " of " + row.whose()
                            + ", which the registry does not know: that stays as it is",
                    "declare it and take it over: axm adopt " + row.whose().project() + "/"
                            + row.whose().branch()));
        }
        return new AccessWant(want.host(), new Access(branches, entries, openings), want.branches(), want.reasons());
    }

    private List<BranchRow> rows() {
        Set<Long> known = known();
        return seen.ledger().branches().stream()
                .filter(row -> row.system().equals(seen.system())
                        && row.whose().organization().equals(input.desired().organization())
                        && !row.name().isEmpty()
                        && !known.contains(row.database())
                        && !input.registry()
                                .applied()
                                .containsKey(ResourceKey.branch(
                                        row.whose().project(), row.whose().branch())))
                .toList();
    }

    private Set<Long> known() {
        return Stream.concat(
                        input.registry().applied().values().stream().map(Applied::identity),
                        input.registry().removed().stream().map(Removed::identity))
                .map(Identity::database)
                .collect(Collectors.toSet());
    }

    private List<Opening> openings(Entry entry, Access there) {
        Integer port = AccessCompiler.number(host, entry.port());
        return there.openings().stream()
                .filter(opening ->
                        Objects.equals(port, opening.port()) && opening.cidr().covers(entry.cidr()))
                .toList();
    }
}
