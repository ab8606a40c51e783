package io.axiomdb.cli.command;

import io.axiomdb.cli.view.StatusJson;
import io.axiomdb.cli.view.StatusReport;
import io.axiomdb.cli.view.StatusText;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.plan.Asked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code axm status}. */
@Command(
        name = "status",
        description = {
            "Say how things stand, as last applied: hosts and whether they drifted, branches, when passwords change",
            "next, what ends by itself. Looks at every host and changes nothing."
        },
        footer = {"  axm status", "  axm status --output json", "  axm status --organization acme     without a file"})
final class Status extends OrganizationCommand {
    @Mixin
    private final RequestOptions.ActorOption actor = new RequestOptions.ActorOption();

    Status(World world) {
        super(world);
    }

    @Override
    int run(String name, Opened opened) {
        Planned drift = opened.drift(name, new Request(actor.actor(world()), "manual", null, Asked.NOTHING));
        StatusReport report = new StatusReports(opened.controlPlane(), name).report(drift);
        print(json() ? StatusJson.render(report) : new StatusText(terminal().outStyle()).render(report));
        return report.complete() ? Exit.OK : Exit.ERROR;
    }
}
