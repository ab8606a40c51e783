package io.axiomdb.cli.view;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.load.Loaded;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** SARIF 2.1.0, as code scanners' dashboards read it. */
public final class ValidationSarif implements ValidationView {
    private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

    private final String version;

    /** The version of axm that is named as the tool's. */
    public ValidationSarif(String version) {
        this.version = version;
    }

    @Override
    public String render(Loaded validation, String file) {
        List<Code> codes = List.copyOf(new TreeSet<>(
                validation.diagnostics().stream().map(Diagnostic::code).toList()));
        ObjectNode driver = Json.object().put("name", "axm").put("version", version);
        driver.set("rules", Json.array(codes, ValidationSarif::rule));
        ObjectNode run = Json.object();
        run.set("tool", Json.object().set("driver", driver));
        run.put("columnKind", "unicodeCodePoints");
        run.set("results", Json.array(validation.diagnostics(), d -> result(d, codes, file)));
        ObjectNode root = Json.object().put("$schema", SCHEMA).put("version", "2.1.0");
        root.set("runs", Json.array(List.of(run), r -> r));
        return Json.write(root);
    }

    private static ObjectNode rule(Code code) {
        ObjectNode rule = Json.object().put("id", code.id()).put("name", code.name());
        rule.set("shortDescription", text(code.summary()));
        rule.set(
                "defaultConfiguration",
                Json.object().put("level", code.severity().word()));
        return rule;
    }

    private static ObjectNode result(Diagnostic d, List<Code> codes, String file) {
        String help = d.help().isEmpty() ? "" : "\n" + d.help();
        String hint = d.hint().isEmpty() ? "" : " (" + d.hint() + ")";
        ObjectNode result = Json.object()
                .put("ruleId", d.code().id())
                .put("ruleIndex", codes.indexOf(d.code()))
                .put("level", d.severity().word());
        result.set("message", text(d.code().summary() + ": " + d.detail() + hint + help));
        result.set("locations", Json.array(List.of(d.source()), s -> location(s, file)));
        result.set("relatedLocations", Json.array(d.related(), r -> {
            ObjectNode location = location(r.source(), file);
            location.set("message", text(r.text()));
            return location;
        }));
        return result;
    }

    private static ObjectNode location(Source source, String file) {
        ObjectNode physical = Json.object();
        physical.set("artifactLocation", Json.object().put("uri", uri(ValidationView.path(source.file(), file))));
        if (source.known()) {
            physical.set(
                    "region",
                    Json.object()
                            .put("startLine", source.line())
                            .put("startColumn", Math.max(1, source.column()))
                            .put("endColumn", Math.max(1, source.column()) + source.length()));
        }
        ObjectNode location = Json.object();
        location.set("physicalLocation", physical);
        return location;
    }

    private static ObjectNode text(String text) {
        return Json.object().put("text", text);
    }

    /** A relative reference: percent-encoded, slashes kept. */
    private static String uri(String file) {
        return java.net.URLEncoder.encode(file, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
