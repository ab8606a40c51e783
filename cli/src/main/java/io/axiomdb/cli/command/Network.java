package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code axm network}. */
@Command(
        name = "network",
        description = "Who may connect to branches, and from where.",
        footer = {
            "  axm network explain --from 203.0.113.7 --project shop --port runtime",
            "  axm network rule create --project shop --cidr 198.51.100.0/24 --label CI --expires 72h",
            "  axm network mode set --project shop restricted"
        })
final class Network extends GroupCommand {
    private Network(World world) {
        super(world);
    }

    /** With all its commands, in the order of the help. */
    static CommandLine commandLine(World world) {
        return new CommandLine(new Network(world))
                .addSubcommand(new NetworkExplain(world))
                .addSubcommand(NetworkRule.commandLine(world))
                .addSubcommand(NetworkMode.commandLine(world))
                .addSubcommand(new NetworkMyIp(world));
    }
}
