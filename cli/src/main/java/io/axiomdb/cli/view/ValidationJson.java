package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.load.Loaded;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code axiomdb.validation/1} and {@code axiomdb.error/1}. */
public final class ValidationJson implements ValidationView {
    @Override
    public String render(Loaded validation, String file) {
        ObjectNode root = Json.format("axiomdb.validation/1")
                .put("file", file)
                .put("valid", validation.errors() == 0)
                .put("errors", validation.errors())
                .put("warnings", validation.warnings());
        root.set("diagnostics", Json.array(validation.diagnostics(), Json::diagnostic));
        return Json.write(root);
    }

    /** What stopped a command, for {@code --output json}. */
    public static String error(List<Diagnostic> diagnostics, int exitCode) {
        ObjectNode root = Json.format("axiomdb.error/1").put("exit_code", exitCode);
        root.set("diagnostics", Json.array(diagnostics, Json::diagnostic));
        return Json.write(root);
    }
}
