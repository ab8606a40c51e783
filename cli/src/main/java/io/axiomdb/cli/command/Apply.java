package io.axiomdb.cli.command;

import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.World;
import io.axiomdb.engine.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
final class Apply extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @ArgGroup
    private Applying.@Nullable Approval approval;

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    Apply(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        FileOption.Configuration loaded = file.load(world());
        List<String> flags = new ArrayList<>(file.flags());
        flags.addAll(request.flags());
        Context context = new Context(Purpose.APPLY, file.file().toString(), loaded.commit(), flags, false);
        Request asked = request.request(world(), loaded.commit());
        return new Applying(this, file.file(), approval).run(loaded, asked, context);
    }
}
