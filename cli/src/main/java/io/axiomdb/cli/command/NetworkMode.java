package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code axm network mode}. */
@Command(
        name = "mode",
        description = "How much of the world may connect without a rule.",
        footer = {"  axm network mode set --project shop public_runtime"})
final class NetworkMode extends GroupCommand {
    private NetworkMode(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new NetworkMode(world)).addSubcommand(new NetworkModeSet(world));
    }
}
