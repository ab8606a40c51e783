package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ApplyJson;
import io.axiomdb.cli.view.ApplyText;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Planner;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm purge}. */
@Command(
        name = "purge",
        description = {
            "Drop for good what is kept of a removed branch, before its time. Nothing brings it back.",
            "A branch that is there stays as it is. On a terminal it shows what is lost and asks for the branch's name;",
            "elsewhere it wants --plan or --auto-approve."
        },
        footer = {
            "  axm purge shop/feature/auth              see what is lost, type the name",
            "  axm purge shop/feature/auth --auto-approve"
        })
final class Purge extends OrganizationCommand {
    @Parameters(
            paramLabel = "PROJECT/NAME",
            converter = BranchPath.Converter.class,
            description = "The project, and the removed branch's name.")
    private BranchPath path = new BranchPath("", "");

    @ArgGroup
    private @Nullable Approval approval;

    @Mixin
    private final RequestOptions.ActorOption actor = new RequestOptions.ActorOption();

    Purge(World world) {
        super(world);
    }

    /** A yes that is given beforehand. */
    static final class Approval {
        @Option(
                names = "--plan",
                paramLabel = "DIGEST",
                converter = Approvals.DigestConverter.class,
                description = "Drop exactly what this plan drops: 16 or more digits of its digest.")
        private @Nullable String digest;

        @Option(names = "--auto-approve", description = "Drop without asking.")
        private boolean automatic;
    }

    @Override
    Opening opening() {
        return Opening.APPLY;
    }

    @Override
    int run(String name, Opened opened) {
        ResourceKey key = ResourceKey.branch(path.project(), path.branch());
        Asked asked = Asked.purge(new TreeSet<>(List.of(key)));
        Request request = new Request(actor.actor(world()), "manual", null, asked);
        // Goes by what was applied: an edit of the file that nobody has applied has no say in it.
        Desired applied = Planner.applied(opened.controlPlane().read(name));
        Planned planned = opened.plan(applied, request);
        Context context =
                new Context(Purpose.PURGE, key.path(), null, file().flags(), false, List.of("purge", key.path()));
        if (!json()) {
            print(new PlanText(terminal().outStyle()).render(planned, context));
        }
        if (planned.plan().isEmpty()) {
            throw nothing(key, planned);
        }
        approve(planned, context, key);
        try (World.Stop stop = world().stop();
                ApplyProgress progress = new ApplyProgress(terminal())) {
            return end(
                    opened.apply(applied, request, planned.plan().digest().hex(), progress, stop::asked),
                    planned,
                    context);
        }
    }

    private static AxiomException nothing(ResourceKey key, Planned planned) {
        return planned.plan().blocked().isEmpty()
                ? new AxiomException(
                        Diagnostic.of(Code.NOT_FOUND, "nothing is kept of " + key, "axm undelete lists what is kept"))
                : new AxiomException(planned.plan().blocked().getFirst().why());
    }

    private void approve(Planned planned, Context context, ResourceKey key) {
        String digest = approval == null ? null : approval.digest;
        if (digest != null && !planned.plan().digest().isNamedBy(digest)) {
            throw Approvals.stale(digest, planned);
        }
        if (approval == null) {
            Approvals.askForName(terminal(), context, planned, key.path(), json());
        }
    }

    private int end(ApplyReport report, Planned planned, Context context) {
        print(
                json()
                        ? ApplyJson.render(report, planned.plan().digest().hex(), context)
                        : new ApplyText(terminal().outStyle()).ending(report, context.next(planned)));
        return Exit.of(report);
    }
}
