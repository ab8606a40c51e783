package io.axiomdb.load.check;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Diagnostic.Related;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two rules that say the same are an error; a rule that another one covers, for at least as long, is a warning. */
final class RuleOverlaps {
    private final Consumer<Diagnostic> problems;
    private final Map<Slot, List<Rule>> rules = new HashMap<>();

    private RuleOverlaps(Consumer<Diagnostic> problems) {
        this.problems = problems;
    }

    /**
     * Where rules are looked up.
     *
     * @param branch null for rules of the whole project
     */
    private record Slot(Cidr cidr, @Nullable String branch) {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        for (Project project : desired.projects().values()) {
            Network network = project.network();
            if (network != null) {
                new RuleOverlaps(problems).policy(network);
            }
        }
    }

    private void policy(Network network) {
        List<Rule> inOrder = new ArrayList<>(network.rules().values());
        inOrder.sort(Comparator.comparing(rule -> rule.origin().self()));
        List<Rule> single = inOrder.stream().filter(this::isFirst).toList();
        single.forEach(this::shadow);
    }

    private boolean isFirst(Rule rule) {
        Optional<Cidr> range = Rules.range(rule);
        if (range.isEmpty()) {
            return false;
        }
        List<Rule> same = rules.computeIfAbsent(new Slot(range.get(), rule.branch()), s -> new ArrayList<>());
        for (Rule earlier : same) {
            if (earlier.ports() == rule.ports()) {
                problems.accept(told(Code.DUPLICATE_RULE, rule, earlier, "take one of them out"));
                return false;
            }
        }
        return same.add(rule);
    }

    private void shadow(Rule rule) {
        Cidr range = Rules.range(rule).orElseThrow();
        for (int prefix = 0; prefix <= range.prefix(); prefix++) {
            Cidr wider = range.widenedTo(prefix);
            Rule covering = covering(rule, new Slot(wider, null));
            if (covering == null && rule.branch() != null) {
                covering = covering(rule, new Slot(wider, rule.branch()));
            }
            if (covering != null) {
                problems.accept(told(Code.SHADOWED_RULE, rule, covering, "it opens nothing more; take it out"));
                return;
            }
        }
    }

    private @Nullable Rule covering(Rule rule, Slot slot) {
        for (Rule other : rules.getOrDefault(slot, List.of())) {
            if (other != rule && Rules.within(rule.ports(), other.ports()) && lasts(rule, other)) {
                return other;
            }
        }
        return null;
    }

    private static boolean lasts(Rule rule, Rule other) {
        return other.expiresAt() == null
                || rule.expiresAt() != null && !other.expiresAt().isBefore(rule.expiresAt());
    }

    private static Diagnostic told(Code code, Rule rule, Rule other, String help) {
        Source at = rule.origin().self();
        return new Diagnostic(
                code,
                code.severity(),
                at,
                "\"" + rule.name() + "\" and \"" + other.name() + "\"",
                "",
                help,
                List.of(new Related(other.origin().self(), other.name() + "  " + words(other))));
    }

    private static String words(Rule rule) {
        return rule.cidr() + ", ports " + rule.ports().word()
                + (rule.branch() == null ? "" : ", branch " + rule.branch());
    }
}
