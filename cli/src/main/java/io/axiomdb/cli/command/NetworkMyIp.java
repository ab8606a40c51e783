package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ChecksView;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm network my-ip}. */
@Command(
        name = "my-ip",
        description = {
            "Print the address that a host sees this machine at: the one that a rule would have to allow.",
            "Asks the host itself, over SSH, and nobody else. Behind a jump host it is the jump host's."
        },
        footer = {"  axm network my-ip", "  axm network my-ip --host db1"})
final class NetworkMyIp extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Which host is asked (default: the only one with ssh).")
    private @Nullable String name;

    NetworkMyIp(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        Desired desired = file.load(world()).desired();
        Host host = DeclaredHosts.withSsh(desired, name == null ? only(desired) : name);
        String address = address(host, desired.organization());
        print(json() ? ChecksView.json(host.name(), address) : address + "\n");
        return Exit.OK;
    }

    private String address(Host host, String organization) {
        try (Hosts hosts = world().hosts(file.file(), Collections.emptySortedSet())) {
            return switch (hosts.look(host, organization)) {
                case AccessObservation.Seen seen
                when !seen.facts().client().isEmpty() -> seen.facts().client();
                case AccessObservation.Seen _ -> throw unknown(host);
                case AccessObservation.Unmanaged() -> throw unknown(host);
                case AccessObservation.Unknown(Diagnostic why) -> throw new AxiomException(why);
            };
        }
    }

    private static AxiomException unknown(Host host) {
        return new AxiomException(Diagnostic.of(
                Code.HOST_UNFIT,
                host.origin().self(),
                "host " + host.name() + " can't tell where this login came from",
                "run axm doctor " + host.name()));
    }

    private static String only(Desired desired) {
        List<String> names = desired.hosts().values().stream()
                .filter(host -> host.ssh() != null)
                .map(Host::name)
                .toList();
        if (names.size() != 1) {
            throw new AxiomException(Diagnostic.of(
                    Code.UNKNOWN_REFERENCE,
                    "the file has " + (names.isEmpty() ? "no host" : names.size() + " hosts") + " with ssh",
                    names.isEmpty() ? "add ssh to a host" : "say which: --host " + String.join(" or ", names)));
        }
        return names.getFirst();
    }
}
