package io.axiomdb.cli.view;

import io.axiomdb.cli.view.StatusReport.LastApply;
import tools.jackson.databind.node.ObjectNode;

/** Shows how things stand, to programs. */
public final class StatusJson {
    private StatusJson() {}

    public static String render(StatusReport report) {
        ObjectNode root = Json.format("axiomdb.status/1")
                .put("organization", report.organization())
                .put("at", report.now().toString());
        LastApply last = report.lastApply();
        root.set(
                "last_change",
                last == null
                        ? null
                        : Json.object()
                                .put("at", last.at().toString())
                                .put("actor", last.actor())
                                .put("commit", last.commit()));
        root.set(
                "hosts",
                Json.array(
                        report.hosts(),
                        h -> Json.object()
                                .put("host", h.host())
                                .put("drift", h.drift().word())
                                .put("why", h.why())));
        root.set("branches", Json.array(report.branches(), BranchRow::object));
        root.set("findings", Json.array(report.findings(), Json::diagnostic));
        root.set("kept", Json.array(report.kept(), KeptRow::object));
        root.set(
                "rotations",
                Json.array(
                        report.rotations(),
                        r -> Json.object()
                                .put("project", r.project())
                                .put("due", r.due() == null ? null : r.due().toString())
                                .put("warn_before_days", r.warnBeforeDays())
                                .put("auto_rotate", r.auto())));
        root.set(
                "expiries",
                Json.array(
                        report.expiries(),
                        e -> Json.object()
                                .put("what", e.what())
                                .put("at", e.at().toString())
                                .put("expired", !e.at().isAfter(report.now()))));
        return Json.write(root);
    }
}
