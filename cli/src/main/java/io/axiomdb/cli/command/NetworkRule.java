package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code axm network rule}. */
@Command(
        name = "rule",
        description = "Address ranges that may connect.",
        footer = {
            "  axm network rule create --project shop --cidr 198.51.100.0/24 --ports both --label CI",
            "  axm network rule delete --project shop --rule ci"
        })
final class NetworkRule extends GroupCommand {
    private NetworkRule(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new NetworkRule(world))
                .addSubcommand(new NetworkRuleCreate(world))
                .addSubcommand(new NetworkRuleDelete(world));
    }
}
