package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code axm apply}. */
@Command(
        name = "apply",
        description = {
            "Make hosts as the file says, look again, prove it.",
            "On a terminal it shows the plan and asks; elsewhere it wants --plan or --auto-approve.",
            "Ctrl-C stops between two steps; a second Ctrl-C ends at once."
        },
        footer = {
            "  axm apply                                look at the plan, say yes",
            "  axm apply --plan 7f3a91c2d40be815        exactly what was reviewed, or exit code 4",
            "  axm apply --auto-approve                 without asking",
            "  axm apply --allow-destroy 3              up to three branches or projects may go"
        })
final class Apply extends ApplyingCommand {
    Apply(World world) {
        super(world);
    }

    @Override
    int run() {
        FileOption.Configuration loaded = file().load(world());
        try (Opened opened = world().open(file().file(), Opening.APPLY)) {
            return carryOut(loaded, asked(loaded), List.of("apply"), opened);
        }
    }
}
