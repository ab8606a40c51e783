package io.axiomdb.cli.view;

import io.axiomdb.plan.Explanation;
import io.axiomdb.plan.Explanation.Is;
import io.axiomdb.plan.Explanation.Layer;
import io.axiomdb.plan.Explanation.RuleFit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** {@code axiomdb.network.explain/1}. What is not known is null. */
public final class ExplanationJson {
    private ExplanationJson() {}

    public static String render(Explanation e) {
        ObjectNode root = Json.format("axiomdb.network.explain/1")
                .put("from", e.from().brief())
                .put("project", e.branch().project())
                .put("branch", e.branch().name())
                .put("port", e.port().word())
                .put("number", e.number())
                .put("host", e.host())
                .put("allowed", known(e.answer()))
                .put("allowed_now", e.managed() ? known(e.now()) : null)
                .put("allowed_after_apply", e.wanted())
                .put("enforced_on_host", e.managed())
                .put("mode", e.mode().word())
                .put("open_by_mode", e.open())
                .put("until", e.until().map(Object::toString).orElse(null))
                .put("stopped_by", e.stoppedBy().map(layer -> place(layer)).orElse(null));
        root.set("mode_source", Json.source(e.modeSource()));
        root.set("rules", Json.array(e.rules(), ExplanationJson::rule));
        root.set("layers", Json.array(e.layers(), ExplanationJson::layer));
        root.set("unseen", e.unseen() == null ? null : Json.diagnostic(e.unseen()));
        root.set("findings", Json.array(e.findings(), Json::diagnostic));
        return Json.write(root);
    }

    private static ObjectNode rule(RuleFit fit) {
        return RulesJson.rule(fit.rule()).put("fit", fit.fit().name().toLowerCase(Locale.ROOT));
    }

    private static ObjectNode layer(Layer layer) {
        return Json.object()
                .put("layer", place(layer))
                .put("lets_in_by_file", layer.wanted())
                .put("lets_in_now", known(layer.there()))
                .put("decided_by", layer.by().isEmpty() ? null : layer.by());
    }

    private static String place(Layer layer) {
        return layer.place().name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Boolean known(Is is) {
        return switch (is) {
            case LET_IN -> true;
            case KEPT_OUT -> false;
            case UNKNOWN -> null;
        };
    }
}
