package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ApplyJson;
import io.axiomdb.cli.view.ApplyText;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands that show a plan, want a yes, and carry it out. */
abstract class ApplyingCommand extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @ArgGroup
    private @Nullable Approval approval;

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Mixin
    private final TrustOption trust = new TrustOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    ApplyingCommand(World world) {
        super(world);
    }

    final FileOption file() {
        return file;
    }

    /** The request of the flags. */
    final Request asked(FileOption.Configuration loaded) {
        return request.request(world(), loaded.commit()).trusting(trust.names(world(), loaded.desired()));
    }

    /** The same, trusting the addresses that a person confirms now; asks for each once. */
    final Request trusting(FileOption.Configuration loaded, Request asked, Opened opened) {
        return approval == null && !json() ? Approvals.addresses(terminal(), loaded.desired(), asked, opened) : asked;
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

    @Override
    final boolean json() {
        return output.json();
    }

    /**
     * Plans, asks, applies, looks again.
     *
     * @param words this command with its arguments, to be said again
     */
    final int carryOut(FileOption.Configuration loaded, Request before, List<String> words, Opened opened) {
        Request asked = trusting(loaded, before, opened);
        List<String> flags = new ArrayList<>(file.flags());
        flags.addAll(request.flags());
        flags.addAll(TrustOption.flags(asked.trusted()));
        Context context = new Context(Purpose.APPLY, file.file().toString(), loaded.commit(), flags, false, words);
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

    private void approve(Planned planned, Context context) {
        String digest = approval == null ? null : approval.digest;
        if (digest != null && !planned.plan().digest().isNamedBy(digest)) {
            show(planned, context, false);
            throw Approvals.stale(digest, planned);
        }
        show(planned, context, digest != null);
        if (!planned.plan().refusals().isEmpty()) {
            throw new AxiomException(planned.plan().refusals());
        }
        if (planned.plan().isEmpty()) {
            return;
        }
        if (approval == null) {
            Approvals.ask(terminal(), context, planned, json());
        }
    }

    /** What was reviewed already need not be read again; it goes to stderr when stdout is for a program. */
    private void show(Planned planned, Context context, boolean reviewed) {
        if (json()
                || reviewed
                        && planned.plan().refusals().isEmpty()
                        && !planned.plan().isEmpty()) {
            return;
        }
        print(new PlanText(terminal().outStyle()).render(planned, context));
    }

    private ApplyReport apply(Opened opened, FileOption.Configuration loaded, Request asked, Planned planned) {
        try (World.Stop stop = world().stop();
                ApplyProgress progress = new ApplyProgress(terminal())) {
            return opened.apply(loaded.desired(), asked, planned.plan().digest().hex(), progress, stop::asked);
        }
    }

    private int end(ApplyReport report, Planned planned, Context context) {
        if (json()) {
            print(ApplyJson.render(report, planned.plan().digest().hex(), context));
        } else if (!planned.plan().isEmpty()) {
            print(new ApplyText(terminal().outStyle()).ending(report, context.next(planned)));
        }
        return Exit.of(report);
    }
}
