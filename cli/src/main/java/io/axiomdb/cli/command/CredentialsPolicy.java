package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code axm credentials policy}. */
@Command(
        name = "policy",
        description = "How often credentials change.",
        footer = {"  axm credentials policy set --project shop --interval-days 30"})
final class CredentialsPolicy extends GroupCommand {
    private CredentialsPolicy(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new CredentialsPolicy(world)).addSubcommand(new CredentialsPolicySet(world));
    }
}
