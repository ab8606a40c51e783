package io.axiomdb.cli.command;

import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.World;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
final class BranchReset extends WorldCommand {
    @Parameters(
            paramLabel = "PROJECT/BRANCH",
            converter = BranchPath.Converter.class,
            description = "Which branch; it has data: full or data: schema.")
    private @Nullable BranchPath branch;

    @Mixin
    private final FileOption file = new FileOption();

    @ArgGroup
    private Applying.@Nullable Approval approval;

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    BranchReset(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        BranchPath which = Objects.requireNonNull(branch);
        ResourceKey key = ResourceKey.branch(which.project(), which.branch());
        FileOption.Configuration loaded = file.load(world());
        List<String> flags = new ArrayList<>(List.of(key.path()));
        flags.addAll(file.flags());
        flags.addAll(request.flags());
        Context context = new Context(Purpose.RESET, file.file().toString(), loaded.commit(), flags, false);
        Request asked = request.request(world(), loaded.commit());
        Request reset = new Request(
                asked.actor(), asked.trigger(), asked.commit(), asked.asked().withReset(key));
        return new Applying(this, file.file(), approval).run(loaded, reset, context);
    }
}
