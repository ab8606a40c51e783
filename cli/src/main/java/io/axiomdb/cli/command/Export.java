package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.World;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm export}. */
@Command(
        name = "export",
        description = {
            "Write down what is on a server as a file with comments, so that it can be adopted.",
            "Names, limits and parameters are as they are there; roles for reading and writing are guessed, and said to be.",
            "Looks at the server, changes nothing, and touches no control plane."
        },
        footer = {
            "  axm export --host db1 > adopted.yaml",
            "  axm validate --file adopted.yaml",
            "  axm adopt --all --file adopted.yaml"
        })
final class Export extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @Mixin
    private final TrustOption trust = new TrustOption();

    @Option(
            names = "--host",
            required = true,
            paramLabel = "NAME",
            description = "The server, by its name under hosts: in the file.")
    private String name = "";

    Export(World world) {
        super(world);
    }

    @Override
    int run() {
        Desired desired = file.load(world()).desired();
        Host host =
                Objects.requireNonNull(DeclaredHosts.of(desired, List.of(name)).get(name));
        try (Hosts hosts = world().hosts(file.file(), trust.names(world(), desired))) {
            print(io.axiomdb.export.Export.text(desired, host, hosts.inventory(host, desired.organization())));
        }
        return Exit.OK;
    }
}
