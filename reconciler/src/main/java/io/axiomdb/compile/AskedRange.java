package io.axiomdb.compile;

import io.axiomdb.compile.AccessWant.Reason;
import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Mode;
import io.axiomdb.desired.Network.Ports;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A range that a rule, or the mode of a policy, lets in to one port of a branch. */
record AskedRange(Allowance allowance, Reason reason) {
    private static final List<Cidr> WORLD = List.of(cidr("0.0.0.0/0"), cidr("::/0"));

    /** The specification's table of modes, ports and scopes, for a whole project; nothing that has expired. */
    static Policy of(String project, Network network, Port port, Instant now) {
        List<AskedRange> ofAll = new ArrayList<>();
        Map<String, List<AskedRange>> ofOne = new HashMap<>();
        if (isOpen(network.mode(), port)) {
            Reason mode = new Reason(
                    ResourceKey.networkPolicy(project), network.origin().of("mode"));
            WORLD.forEach(cidr -> ofAll.add(new AskedRange(new Allowance(cidr, null), mode)));
        }
        for (Network.Rule rule : network.rules().values()) {
            boolean lasts = rule.expiresAt() == null || rule.expiresAt().isAfter(now);
            if (lasts && isFor(rule.ports(), port)) {
                Reason reason = new Reason(
                        ResourceKey.networkRule(project, rule.name()),
                        rule.origin().of("cidr"));
                AskedRange asked = new AskedRange(new Allowance(cidr(rule.cidr()), rule.expiresAt()), reason);
                (rule.branch() == null ? ofAll : ofOne.computeIfAbsent(rule.branch(), _ -> new ArrayList<>()))
                        .add(asked);
            }
        }
        return new Policy(ofAll, ofOne);
    }

    /** What is asked for all branches of a project, and for some of them beside it. */
    record Policy(List<AskedRange> ofAll, Map<String, List<AskedRange>> ofOne) {
        List<AskedRange> of(String branch) {
            List<AskedRange> own = ofOne.getOrDefault(branch, List.of());
            return own.isEmpty()
                    ? ofAll
                    : Stream.concat(ofAll.stream(), own.stream()).toList();
        }
    }

    private static boolean isOpen(Mode mode, Port port) {
        return switch (mode) {
            case RESTRICTED -> false;
            case PUBLIC_RUNTIME -> port == Port.RUNTIME;
            case PUBLIC_ALL -> true;
        };
    }

    private static boolean isFor(Ports ports, Port port) {
        return switch (ports) {
            case RUNTIME -> port == Port.RUNTIME;
            case DIRECT -> port == Port.DIRECT;
            case BOTH -> true;
        };
    }

    /** Ranges were checked when the file was read and are stored as read. */
    private static Cidr cidr(String text) {
        return switch (Cidr.read(text)) {
            case Cidr.Read.Range(Cidr cidr) -> cidr;
            case Cidr.Read.Refused(String why, String _) -> throw new IllegalStateException(text + " " + why);
        };
    }

    /** Whether a range that all ranges were put together to has it to thank for some address. */
    boolean asksFor(Allowance allowed) {
        Cidr own = allowance.cidr();
        return Objects.equals(allowance.until(), allowed.until())
                && (own.covers(allowed.cidr()) || allowed.cidr().covers(own));
    }
}
