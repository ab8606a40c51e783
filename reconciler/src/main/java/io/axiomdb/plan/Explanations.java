package io.axiomdb.plan;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Mode;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.plan.Explanation.Fit;
import io.axiomdb.plan.Explanation.Is;
import io.axiomdb.plan.Explanation.Layer;
import io.axiomdb.plan.Explanation.Place;
import io.axiomdb.plan.Explanation.RuleFit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says of one address whether it may come in, by which rule, and what each layer makes of it. Pure. */
public final class Explanations {
    /**
     * What is asked.
     *
     * @param from one address
     */
    public record Question(Cidr from, Project project, Branch branch, Port port, Host host) {}

    private final Question question;
    private final Instant now;

    private Explanations(Question question, Instant now) {
        this.question = question;
        this.now = now;
    }

    /**
     * The answer.
     *
     * @param wanted who reaches the host when the file is applied
     * @param seen what came of looking at the host
     * @param now what has expired by then lets nobody in
     */
    public static Explanation explain(Question question, Access wanted, AccessObservation seen, Instant now) {
        return new Explanations(question, now).explain(wanted, seen);
    }

    private Explanation explain(Access wanted, AccessObservation seen) {
        Network network = question.project().network();
        Mode mode = network == null ? Mode.RESTRICTED : network.mode();
        Source source = network == null
                ? question.project().origin().self()
                : network.origin().of("mode");
        Diagnostic unseen = seen instanceof AccessObservation.Unknown(Diagnostic why) ? why : null;
        return new Explanation(
                question.from(),
                ResourceKey.branch(question.project().name(), question.branch().name()),
                question.port(),
                doors().numbers().get(question.port()),
                question.host().name(),
                mode,
                source,
                isOpen(mode, question.port()),
                rules(network),
                question.host().ssh() == null ? List.of() : layers(wanted, seen),
                unseen,
                seen instanceof AccessObservation.Seen host
                        ? Stream.concat(host.unfit().stream(), host.findings().stream())
                                .toList()
                        : List.of());
    }

    private Doors doors() {
        return Doors.of(question.host());
    }

    private static boolean isOpen(Mode mode, Port port) {
        return switch (mode) {
            case RESTRICTED -> false;
            case PUBLIC_RUNTIME -> port == Port.RUNTIME;
            case PUBLIC_ALL -> true;
        };
    }

    private List<RuleFit> rules(@Nullable Network network) {
        return network == null
                ? List.of()
                : network.rules().values().stream()
                        .filter(this::holds)
                        .map(rule -> new RuleFit(rule, fit(rule)))
                        .sorted(Comparator.comparing(RuleFit::fit))
                        .toList();
    }

    private boolean holds(Rule rule) {
        return Cidr.read(rule.cidr()) instanceof Cidr.Read.Range(Cidr range) && range.covers(question.from());
    }

    private Fit fit(Rule rule) {
        if (rule.branch() != null && !rule.branch().equals(question.branch().name())) {
            return Fit.OTHER_BRANCH;
        }
        if (!RuleReach.isFor(rule, question.port())) {
            return Fit.OTHER_PORT;
        }
        return Doors.lasts(rule.expiresAt(), now) ? Fit.LETS_IN : Fit.EXPIRED;
    }

    private List<Layer> layers(Access wanted, AccessObservation seen) {
        String database = BranchNames.of(question.project(), question.branch()).database();
        Port port = question.port();
        Access there = seen instanceof AccessObservation.Seen host ? host.access() : null;
        List<Layer> layers = new ArrayList<>();
        Layer firewall = firewall(holds(doors().passed(wanted, port, now)), seen);
        if (doors().firewall() || seen instanceof AccessObservation.Seen && firewall.there() != Is.LET_IN) {
            layers.add(firewall);
        }
        Place list = port == Port.RUNTIME ? Place.POOLER : Place.PG_HBA;
        Is now = port == Port.RUNTIME && isDown(seen) ? Is.KEPT_OUT : listed(there, database, port);
        layers.add(new Layer(list, holds(Doors.listed(wanted.entries(), database, port, this.now)), now));
        return isOpenToOthers(seen)
                ? layers.stream()
                        .map(layer -> new Layer(layer.place(), layer.wanted(), certain(layer.there())))
                        .toList()
                : layers;
    }

    /** Who gets in past AxiomDB's rules is not theirs to say: then they can't be said to keep anyone out. */
    private static Is certain(Is there) {
        return there == Is.KEPT_OUT ? Is.UNKNOWN : there;
    }

    private static boolean isOpenToOthers(AccessObservation seen) {
        return seen instanceof AccessObservation.Seen host
                && host.unfit().stream().anyMatch(Explanation::isOpenToOthers);
    }

    /** As the kernel decides, by everyone's rules: what AxiomDB opened may be closed by another's, and the other way round. */
    private Layer firewall(boolean wanted, AccessObservation seen) {
        if (!(seen instanceof AccessObservation.Seen host) || host.passages() == null) {
            return new Layer(Place.FIREWALL, wanted, Is.UNKNOWN);
        }
        boolean opened = holds(doors().passed(host.access(), question.port(), now));
        return host.passages().stream()
                .filter(passage ->
                        Objects.equals(passage.port(), doors().numbers().get(question.port())))
                .filter(passage -> holds(passage.from()))
                .findFirst()
                .map(passage -> {
                    Is there = is(passage.is());
                    boolean ours = there == (opened ? Is.LET_IN : Is.KEPT_OUT)
                            && passage.is() != AccessObservation.Passing.ELSEWHERE;
                    return new Layer(Place.FIREWALL, wanted, there, ours ? "" : passage.rule());
                })
                .orElse(new Layer(Place.FIREWALL, wanted, Is.UNKNOWN));
    }

    private static Is is(AccessObservation.Passing passing) {
        return switch (passing) {
            case LET_IN -> Is.LET_IN;
            case KEPT_OUT, ELSEWHERE -> Is.KEPT_OUT;
            case UNKNOWN -> Is.UNKNOWN;
        };
    }

    /** A pooler that does not run lets nobody in. */
    private static boolean isDown(AccessObservation seen) {
        return seen instanceof AccessObservation.Seen host
                && host.disorders().stream().anyMatch(AccessObservation.Disorder::isPoolerDown);
    }

    /** Where AxiomDB does not keep the branch yet, other lines decide, and nobody knows how. */
    private Is listed(@Nullable Access there, String database, Port port) {
        return there == null || !there.branches().containsKey(database)
                ? Is.UNKNOWN
                : is(holds(Doors.listed(there.entries(), database, port, now)));
    }

    private boolean holds(AddressSet addresses) {
        return addresses.contains(question.from());
    }

    private static Is is(boolean letIn) {
        return letIn ? Is.LET_IN : Is.KEPT_OUT;
    }
}
