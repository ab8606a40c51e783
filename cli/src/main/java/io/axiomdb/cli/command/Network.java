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
        description = "Who may connect to branches, and from where.",
        footer = {
            "  axm network explain --from 203.0.113.7 --project shop --port runtime",
            "  axm network rule list --project shop",
            "  axm network my-ip"
        })
final class Network extends WorldCommand {
    @Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    private Network(World world) {
        super(world);
    }

    /** With all its commands, in the order of the help. */
    static CommandLine commandLine(World world) {
        return new CommandLine(new Network(world))
                .addSubcommand(new NetworkExplain(world))
                .addSubcommand(NetworkRule.commandLine(world))
                .addSubcommand(new NetworkMyIp(world));
    }

    @Override
    int run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        throw new CommandLine.ParameterException(
                line, "say " + String.join(" or ", line.getSubcommands().keySet()));
    }
}
