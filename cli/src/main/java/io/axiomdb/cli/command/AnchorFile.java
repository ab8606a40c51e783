package io.axiomdb.cli.command;

import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads where the trail ended from what {@code axm apply} or {@code axm audit verify} printed as JSON. */
final class AnchorFile {
    private AnchorFile() {}

    /** @throws AxiomException with BAD_ANCHOR */
    static Anchor read(Path file) {
        try {
            JsonNode audit =
                    JsonMapper.shared().readTree(Files.readString(file)).path("audit");
            return new Anchor(
                    audit.path("sequence").asLong(-1), audit.path("hash").asString(""));
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new AxiomException(
                    Diagnostic.of(
                            Code.BAD_ANCHOR,
                            file + " holds no \"audit\" with \"sequence\" and \"hash\"",
                            "give what axm apply --output json, or axm audit verify --output json, has printed"),
                    e);
        }
    }
}
