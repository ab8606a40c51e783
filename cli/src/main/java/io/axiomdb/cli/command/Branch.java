package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code axm branch}. */
@Command(
        name = "branch",
        description = "Branches in the file.",
        footer = {
            "  axm branch create shop/feature/auth --from main --expires 72h",
            "  axm branch list shop",
            "  axm branch delete shop/feature/auth",
            "  axm branch reset shop/feature/auth"
        })
final class Branch extends GroupCommand {
    private Branch(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new Branch(world))
                .addSubcommand(new BranchCreate(world))
                .addSubcommand(new BranchDelete(world))
                .addSubcommand(new BranchList(world))
                .addSubcommand(new BranchReset(world));
    }
}
