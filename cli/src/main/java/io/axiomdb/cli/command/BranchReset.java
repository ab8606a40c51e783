package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Request;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code axm branch reset}. */
@Command(
        name = "reset",
        description = {
            "Copy a branch from its parent again; its name, roles, passwords and URLs stay.",
            "What it held is kept on its host like the data of a removed branch. A copy that fails leaves it as it was."
        },
        footer = {
            "  axm branch reset shop/feature/auth                        look at the plan, say yes",
            "  axm branch reset shop/feature/auth --plan 7f3a91c2d40be815",
        })
final class BranchReset extends ApplyingCommand {
    @Parameters(
            paramLabel = "PROJECT/BRANCH",
            converter = BranchPath.Converter.class,
            description = "Which branch; it has data: full or data: schema.")
    private @Nullable BranchPath branch;

    BranchReset(World world) {
        super(world);
    }

    @Override
    int run() {
        BranchPath which = Objects.requireNonNull(branch);
        ResourceKey key = ResourceKey.branch(which.project(), which.branch());
        FileOption.Configuration loaded = file().load(world());
        Request asked = asked(loaded);
        Request reset = asked.with(asked.asked().withReset(key));
        try (Opened opened = world().open(file().file(), Opening.APPLY)) {
            return carryOut(loaded, reset, List.of("branch", "reset", key.path()), opened);
        }
    }
}
