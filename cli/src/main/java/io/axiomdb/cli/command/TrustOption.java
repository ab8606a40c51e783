package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Escape;
import io.axiomdb.cli.world.World;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.HostAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** Hosts whose addresses somebody vouches for. */
final class TrustOption {
    @Option(
            names = "--trust-address",
            paramLabel = "HOST",
            description =
                    "Send this host's secrets to its address as the file has it, though they were never sent there."
                            + " Repeatable.")
    private List<String> hosts = new ArrayList<>();

    /**
     * Their names; shows on stderr what is vouched for.
     *
     * @throws io.axiomdb.core.AxiomException UNKNOWN_REFERENCE
     */
    SortedSet<String> names(World world, Desired desired) {
        if (hosts.isEmpty()) {
            return new TreeSet<>();
        }
        SortedSet<String> names = new TreeSet<>(hosts);
        DeclaredHosts.of(desired, names)
                .forEach((name, host) -> world.terminal()
                        .err()
                        .println("axm: trusts the address of " + name + ": "
                                + Escape.terminal(HostAddress.of(host).toString())));
        return names;
    }

    boolean isGiven() {
        return !hosts.isEmpty();
    }

    /** To be repeated in the next command. */
    List<String> flags() {
        return flags(new TreeSet<>(hosts));
    }

    /** The same for hosts that are trusted already. */
    static List<String> flags(SortedSet<String> hosts) {
        return hosts.stream()
                .flatMap(host -> List.of("--trust-address", host).stream())
                .toList();
    }
}
