package io.axiomdb.load.check;

import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Network;
import java.util.Optional;

/** What the checks of network rules share. */
final class Rules {
    private Rules() {}

    /** Empty when the range was refused before. */
    static Optional<Cidr> range(Network.Rule rule) {
        return Cidr.read(rule.cidr()) instanceof Cidr.Read.Range(Cidr cidr) ? Optional.of(cidr) : Optional.empty();
    }

    /** Whether everything that one opens is open by the other. */
    static boolean within(Network.Ports inner, Network.Ports outer) {
        return inner == outer || outer == Network.Ports.BOTH;
    }
}
