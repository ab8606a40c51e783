package io.axiomdb.cli.view;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.engine.ApplyReport;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** {@code axiomdb.apply/1}: how each change ended, and the plan that was made afterwards. */
public final class ApplyJson {
    private ApplyJson() {}

    /**
     * The whole report.
     *
     * @param digest of the plan that was applied
     */
    public static String render(ApplyReport report, String digest, PlanView.Context context) {
        ObjectNode root = Json.format("axiomdb.apply/1")
                .put("digest", digest)
                .put("converged", report.converged())
                .put("took_ms", report.took().toMillis());
        root.set("audit", report.anchor() == null ? null : AuditJson.anchor(report.anchor()));
        root.set("notices", Json.array(report.notices(), Json::diagnostic));
        root.set("results", Json.array(report.results(), ApplyJson::result));
        root.set("after", PlanJson.tree(report.after(), context));
        return Json.write(root);
    }

    private static ObjectNode result(ChangeResult result) {
        ObjectNode object = Json.object()
                .put("id", result.change().id())
                .put("status", result.status().name().toLowerCase(Locale.ROOT))
                .put("took_ms", result.took().toMillis());
        object.set("why", result.why() == null ? null : Json.diagnostic(result.why()));
        object.set("notices", Json.array(result.notices(), Json::diagnostic));
        return object;
    }
}
