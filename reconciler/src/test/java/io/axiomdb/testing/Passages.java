package io.axiomdb.testing;

import io.axiomdb.core.AddressSet;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation.Passage;
import io.axiomdb.host.AccessObservation.Passing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the kernel of a host does with packets when nothing decides there but AxiomDB's openings. */
public final class Passages {
    private static final String POLICY = "nftables ip filter INPUT policy drop";

    private Passages() {}

    /** On a host that says {@code firewall: none}, where no one has rules. */
    public static List<Passage> open(int... ports) {
        return Arrays.stream(ports)
                .mapToObj(port -> new Passage(port, Passing.LET_IN, "no rule", AddressSet.ALL))
                .toList();
    }

    public static List<Passage> of(Access access, int... ports) {
        List<Passage> passages = new ArrayList<>();
        for (int port : ports) {
            AddressSet open = AddressSet.of(access.openings().stream()
                    .filter(opening -> opening.port() == port)
                    .map(Access.Opening::cidr)
                    .toList());
            passages.add(new Passage(port, Passing.LET_IN, "", open));
            passages.add(new Passage(port, Passing.KEPT_OUT, POLICY, AddressSet.ALL.minus(open)));
        }
        return passages;
    }
}
