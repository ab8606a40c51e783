package io.axiomdb.load.check;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Cidr.Family;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Diagnostic.Related;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Ports;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Rules must not let in the whole world by the back door: not alone, and not together. Ports that the mode keeps closed
 * are looked at, for each port, each kind of address, and each branch with rules of its own.
 */
final class WorldCoverage {
    private static final int LISTED = 4;

    private final Project project;
    private final Instant now;
    private final Consumer<Diagnostic> problems;

    private WorldCoverage(Project project, Instant now, Consumer<Diagnostic> problems) {
        this.project = project;
        this.now = now;
        this.problems = problems;
    }

    static void check(Desired desired, Instant now, Consumer<Diagnostic> problems) {
        for (Project project : desired.projects().values()) {
            Network network = project.network();
            if (network != null) {
                WorldCoverage coverage = new WorldCoverage(project, now, problems);
                switch (network.mode()) {
                    case RESTRICTED -> {
                        coverage.policy(network, Ports.RUNTIME);
                        coverage.policy(network, Ports.DIRECT);
                    }
                    case PUBLIC_RUNTIME -> coverage.policy(network, Ports.DIRECT);
                    case PUBLIC_ALL -> {}
                }
            }
        }
    }

    private record Range(Rule rule, Cidr cidr) {}

    private void policy(Network network, Ports port) {
        for (Family family : Family.values()) {
            Map<String, List<Range>> byBranch = new TreeMap<>();
            for (Rule rule : network.rules().values()) {
                if (opens(rule, port)) {
                    Rules.range(rule)
                            .filter(c -> c.family() == family)
                            .ifPresent(c -> byBranch.computeIfAbsent(
                                            rule.branch() == null ? "" : rule.branch(), b -> new ArrayList<>())
                                    .add(new Range(rule, c)));
                }
            }
            branches(byBranch, family);
        }
    }

    /** Expired rules open nothing. */
    private boolean opens(Rule rule, Ports port) {
        return Rules.within(port, rule.ports())
                && (rule.expiresAt() == null || rule.expiresAt().isAfter(now));
    }

    private void branches(Map<String, List<Range>> byBranch, Family family) {
        List<Range> forAll = byBranch.getOrDefault("", List.of());
        if (coversAll(forAll, family)) {
            tell(forAll, family);
            return;
        }
        byBranch.forEach((branch, own) -> {
            if (!branch.isEmpty()) {
                List<Range> together = new ArrayList<>(forAll);
                together.addAll(own);
                if (coversAll(together, family)) {
                    tell(together, family);
                }
            }
        });
    }

    private static boolean coversAll(List<Range> ranges, Family family) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparing(range -> range.cidr().first()));
        BigInteger next = BigInteger.ZERO;
        for (Range range : sorted) {
            if (range.cidr().first().compareTo(next) > 0) {
                return false;
            }
            next = next.max(range.cidr().last().add(BigInteger.ONE));
        }
        return next.compareTo(family.last()) > 0;
    }

    /** Both ports give the same words, which are told once. */
    private void tell(List<Range> ranges, Family family) {
        List<Range> inOrder = new ArrayList<>(ranges);
        inOrder.sort(Comparator.comparingInt((Range r) -> r.cidr().prefix())
                .thenComparing(r -> r.rule().origin().self()));
        Rule first = inOrder.getFirst().rule();
        List<Related> others = inOrder.stream()
                .skip(inOrder.getFirst().cidr().prefix() == 0 ? inOrder.size() : 1)
                .limit(LISTED)
                .map(r -> new Related(r.rule().origin().of("cidr"), r.rule().name() + "  " + r.cidr()))
                .toList();
        problems.accept(Diagnostic.of(
                        Code.WORLD_IN_RESTRICTED,
                        first.origin().of("cidr"),
                        others.isEmpty()
                                ? "\"" + first.name() + "\" is every " + words(family) + " address"
                                : "together with the ones below it, \"" + first.name() + "\" covers every "
                                        + words(family) + " address",
                        "narrow them; to open the project to everyone write mode: public_all and confirm: "
                                + project.name())
                .withRelated(others));
    }

    private static String words(Family family) {
        return switch (family) {
            case IPV4 -> "IPv4";
            case IPV6 -> "IPv6";
        };
    }
}
