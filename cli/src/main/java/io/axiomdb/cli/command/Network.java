package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** {@code axm network}. */
@Command(
        name = "network",
        description = "Who may connect to a project.",
        footer = {"  axm network my-ip"})
final class Network extends WorldCommand {
    @Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private Network(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new Network(world)).addSubcommand(new NetworkMyIp(world));
    }

    @Override
    int run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "say my-ip");
    }
}
