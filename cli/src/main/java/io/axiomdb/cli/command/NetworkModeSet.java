package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.desired.Network.Mode;
import io.axiomdb.edit.Edit;
import io.axiomdb.edit.SetMode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm network mode set}. */
@Command(
        name = "set",
        description = {
            "Set a network mode in the file, and show the plan.",
            "restricted: only the rules' addresses. public_runtime: the pooler's port is open to the world.",
            "public_all: both ports are; needs the project's name once more, and an owner who applies it."
        },
        footer = {
            "  axm network mode set --project shop restricted",
            "  axm network mode set --project shop public_all --confirm shop"
        })
final class NetworkModeSet extends EditCommand {
    @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
    private String project = "";

    @Parameters(paramLabel = "MODE", description = "One of: restricted, public_runtime, public_all.")
    private Mode mode = Mode.RESTRICTED;

    @Option(names = "--confirm", paramLabel = "PROJECT", description = "The project's name, repeated, for public_all.")
    private @Nullable String confirm;

    NetworkModeSet(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        return new SetMode(project, mode, confirm);
    }
}
