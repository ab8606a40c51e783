package io.axiomdb.cli.view;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.engine.TrailLook;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The audit trail for programs: {@code axiomdb.audit/1}, {@code axiomdb.audit.event/1}, {@code axiomdb.audit.verify/1}. */
public final class AuditJson {
    private AuditJson() {}

    public static String list(List<AuditEvent> events) {
        ObjectNode root = Json.format("axiomdb.audit/1");
        root.set("events", Json.array(events, AuditJson::event));
        return Json.write(root);
    }

    public static String show(AuditEvent event) {
        ObjectNode root = Json.format("axiomdb.audit.event/1");
        root.set("event", event(event));
        return Json.write(root);
    }

    /** Whether it is whole, and its end, which is the anchor for the next time. */
    public static String verified(TrailLook look) {
        ObjectNode root = Json.format("axiomdb.audit.verify/1")
                .put("whole", look.findings().isEmpty());
        root.set("audit", anchor(look.end()));
        root.set("findings", Json.array(look.findings(), Json::diagnostic));
        root.set("notices", Json.array(look.notices(), Json::diagnostic));
        return Json.write(root);
    }

    static ObjectNode anchor(Anchor anchor) {
        return Json.object().put("sequence", anchor.sequence()).put("hash", anchor.hash());
    }

    private static ObjectNode event(AuditEvent event) {
        AuditEntry entry = event.entry();
        ObjectNode object = Json.object()
                .put("id", event.id())
                .put("event", entry.event())
                .put("status", event.status())
                .put("kind", entry.target().kind().words())
                .put("path", entry.target().path())
                .put("host", entry.host())
                .put("actor", entry.actor().name())
                .put("verified", entry.actor().verified())
                .put("ip", entry.actor().ip())
                .put("user_agent", entry.actor().userAgent())
                .put("commit", entry.commit())
                .put("trigger", entry.trigger());
        object.set("old_value", Json.map(entry.oldValue()));
        object.set("new_value", Json.map(entry.newValue()));
        object.set("rows", Json.array(event.rows(), AuditJson::row));
        return object;
    }

    private static ObjectNode row(AuditRow row) {
        return Json.object()
                .put("sequence", row.sequence())
                .put("at", row.at().toString())
                .put("phase", row.entry().phase().word())
                .put("detail", row.entry().detail())
                .put("previous_hash", row.previousHash())
                .put("hash", row.hash());
    }
}
