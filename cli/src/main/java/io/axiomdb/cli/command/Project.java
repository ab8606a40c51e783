package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code axm project}. */
@Command(
        name = "project",
        description = "Projects in the file.",
        footer = {"  axm project create mail --host db1"})
final class Project extends GroupCommand {
    private Project(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new Project(world)).addSubcommand(new ProjectCreate(world));
    }
}
