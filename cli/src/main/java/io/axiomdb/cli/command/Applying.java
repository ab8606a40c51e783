package io.axiomdb.cli.command;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.cli.view.ApplyJson;
import io.axiomdb.cli.view.ApplyText;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What apply, and all that applies something beside the file, do with a plan: show it, ask, make it true, say so. */
final class Applying {
    private final WorldCommand command;
    private final Path file;
    private final @Nullable Approval approval;

    Applying(WorldCommand command, Path file, @Nullable Approval approval) {
        this.command = command;
        this.file = file;
        this.approval = approval;
    }

    /** A yes that is given beforehand. */
    static final class Approval {
        @Option(
                names = "--plan",
                paramLabel = "DIGEST",
                converter = Approvals.DigestConverter.class,
                description = "Apply this plan and no other: 16 or more digits of its digest.")
        private @Nullable String digest;

        @Option(names = "--auto-approve", description = "Apply without asking.")
        private boolean automatic;
    }

    /** Shows the plan, asks, applies it, tells how it ended; the exit code. */
    int run(FileOption.Configuration loaded, Request asked, Context context) {
        try (Opened opened = command.world().open(file)) {
            Planned planned = opened.plan(loaded.desired(), asked);
            approve(planned, context);
            // What an earlier apply left open is settled by looking, also when there is nothing to do.
            boolean settled = opened.controlPlane()
                    .unfinished(loaded.desired().organization())
                    .isEmpty();
            ApplyReport report = planned.plan().isEmpty() && settled
                    ? new ApplyReport(List.of(), planned, Duration.ZERO)
                    : apply(opened, loaded, asked, planned);
            return end(report, planned, context);
        }
    }

    private void approve(Planned planned, Context context) {
        String digest = approval == null ? null : approval.digest;
        if (digest != null && !planned.plan().digest().isNamedBy(digest)) {
            show(planned, context, false);
            throw Approvals.stale(digest, planned);
        }
        show(planned, context, digest != null);
        if (planned.plan().isEmpty()) {
            return;
        }
        if (!planned.plan().refusals().isEmpty()) {
            throw new AxiomException(planned.plan().refusals());
        }
        if (approval == null) {
            Approvals.ask(command.terminal(), context, planned, command.json());
        }
    }

    /** What was reviewed already need not be read again; it goes to stderr when stdout is for a program. */
    private void show(Planned planned, Context context, boolean reviewed) {
        if (command.json()
                || reviewed
                        && planned.plan().refusals().isEmpty()
                        && !planned.plan().isEmpty()) {
            return;
        }
        command.print(new PlanText(command.terminal().outStyle()).render(planned, context));
    }

    private ApplyReport apply(Opened opened, FileOption.Configuration loaded, Request asked, Planned planned) {
        try (World.Stop stop = command.world().stop();
                ApplyProgress progress = new ApplyProgress(command.terminal())) {
            return opened.apply(loaded.desired(), asked, planned.plan().digest().hex(), progress, stop::asked);
        }
    }

    private int end(ApplyReport report, Planned planned, Context context) {
        if (command.json()) {
            command.print(ApplyJson.render(report, planned.plan().digest().hex(), context));
        } else if (!report.results().isEmpty()) {
            command.print(new ApplyText(command.terminal().outStyle()).ending(report, context.next(planned)));
        }
        if (report.count(ChangeResult.Status.STOPPED) > 0) {
            return Exit.INTERRUPTED;
        }
        return Exit.of(report);
    }
}
