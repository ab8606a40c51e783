package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Words;
import io.axiomdb.cli.world.World;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that is only the first word of others. */
abstract class GroupCommand extends WorldCommand {
    @Spec
    private @Nullable CommandSpec spec;

    GroupCommand(World world) {
        super(world);
    }

    @Override
    final int run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        throw new CommandLine.ParameterException(
                line, "say " + Words.or(List.copyOf(line.getSubcommands().keySet())));
    }
}
