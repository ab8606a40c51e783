package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.edit.CreateProject;
import io.axiomdb.edit.Edit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm project create}. */
@Command(
        name = "create",
        description = {
            "Add a project to the file, with its branch main, and show the plan.",
            "Every other line of the file stays as it is; the edit is loaded again before it is written."
        },
        footer = {"  axm project create mail --host db1", "  axm project create mail --host db1 --env prod --commit"})
final class ProjectCreate extends EditCommand {
    @Parameters(paramLabel = "NAME", description = "The project's name.")
    private String name = "";

    @Option(names = "--host", required = true, paramLabel = "HOST", description = "The host its databases are on.")
    private String host = "";

    @Option(names = "--env", paramLabel = "ENV", description = "The second part of its names (default: main).")
    private @Nullable String env;

    ProjectCreate(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        return new CreateProject(name, host, env);
    }
}
