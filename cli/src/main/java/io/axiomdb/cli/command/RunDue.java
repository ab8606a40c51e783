package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ApplyJson;
import io.axiomdb.cli.view.ApplyText;
import io.axiomdb.cli.view.PlanJson;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code axm run-due}. */
@Command(
        name = "run-due",
        description = {
            "Do what has come due by itself: rules and branches whose time has passed, removed data that was kept long enough,",
            "certificates that run out.",
            "For cron or a systemd timer. Goes by what was last applied, whatever the file says by now, and repairs no drift."
        },
        footer = {"  axm run-due", "  axm run-due --organization acme          without a file"})
final class RunDue extends OrganizationCommand {
    @Mixin
    private final RequestOptions.ActorOption actor = new RequestOptions.ActorOption();

    RunDue(World world) {
        super(world);
    }

    @Override
    Opening opening() {
        return Opening.APPLY;
    }

    @Override
    int run(String name, Opened opened) {
        Context context = new Context(Purpose.DUE, file().file().toString(), null, file().flags(), false);
        List<Planned> due = new ArrayList<>();
        Optional<ApplyReport> done;
        try (World.Stop stop = world().stop();
                ApplyProgress progress = new ApplyProgress(terminal())) {
            done = opened.runDue(
                    name,
                    Request.due(actor.actor(world())),
                    planned -> show(planned, context, due),
                    progress,
                    stop::asked);
        }
        if (done.isEmpty() && !due.isEmpty()) {
            if (json()) {
                print(new PlanJson().render(due.getFirst(), context));
            }
            return Exit.ERROR;
        }
        if (done.isEmpty()) {
            print(json() ? "{\"due\": 0}\n" : "Nothing is due.\n");
            return Exit.OK;
        }
        return end(done.get(), due.getFirst(), context);
    }

    private void show(Planned planned, Context context, List<Planned> due) {
        due.add(planned);
        if (!json()) {
            print(new PlanText(terminal().outStyle()).render(planned, context));
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
