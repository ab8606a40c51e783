package io.axiomdb.cli.command;

import io.axiomdb.cli.view.PlanJson;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.engine.Planned;
import io.axiomdb.plan.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code axm drift}. */
@Command(
        name = "drift",
        description = {
            "Say what was changed on hosts behind AxiomDB's back.",
            "Compares with what was last applied, whatever the file says by now.",
            "Exits with 2 when there is drift. Changes nothing."
        },
        footer = {
            "  axm drift",
            "  axm drift --output json                  for cron and monitoring",
            "  axm drift --organization acme            without a file"
        })
final class Drift extends OrganizationCommand {
    @Mixin
    private final RequestOptions request = new RequestOptions();

    Drift(World world) {
        super(world);
    }

    @Override
    int run(String name, Opened opened) {
        Planned planned = opened.drift(name, request.request(world(), null));
        PlanView view = json() ? new PlanJson() : new PlanText(terminal().outStyle());
        String path = file().file().toString();
        print(view.render(planned, new Context(Purpose.DRIFT, path, null, file().flags(), false)));
        Plan plan = planned.plan();
        if (!plan.isEmpty() || !plan.heldBack().isEmpty() || plan.hasRetainedDrift()) {
            return Exit.PENDING;
        }
        return planned.complete() ? Exit.OK : Exit.ERROR;
    }
}
