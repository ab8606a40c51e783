package io.axiomdb.cli.command;

import io.axiomdb.cli.view.PlanJson;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.engine.Planned;
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
final class Drift extends WorldCommand {
    @Mixin
    private final OrganizationOption organization = new OrganizationOption();

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Mixin
    private final OutputOption output = new OutputOption();

    Drift(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        String name = organization.of(world());
        try (Opened opened = world().open(organization.file().file())) {
            Planned planned = opened.drift(name, request.request(world(), null));
            PlanView view = json() ? new PlanJson() : new PlanText(terminal().outStyle());
            FileOption file = organization.file();
            print(view.render(planned, new Context(Purpose.DRIFT, file.file().toString(), null, file.flags(), false)));
            if (!planned.plan().isEmpty() || !planned.plan().heldBack().isEmpty()) {
                return Exit.PENDING;
            }
            return planned.complete() ? Exit.OK : Exit.ERROR;
        }
    }
}
