package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.cli.view.AuditJson;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.engine.TrailLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnchorFileTest {
    @TempDir
    private Path directory;

    @Test
    void what_was_printed_is_read_again() throws IOException {
        Anchor anchor = new Anchor(42, "0f".repeat(32));
        Path file = Files.writeString(
                directory.resolve("verify.json"), AuditJson.verified(new TrailLook(List.of(), List.of(), anchor)));
        assertThat(AnchorFile.read(file)).isEqualTo(anchor);
        FakeWorld world = new FakeWorld();
        assertThat(world.run("audit", "verify", "--anchor", file.toString(), "--output", "json"))
                .isEqualTo(Exit.OK);
        assertThat(world.out()).contains("\"sequence\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"audit\": null}",
                "{\"audit\": {\"sequence\": 1}}",
                "{\"audit\": {\"sequence\": -1, \"hash\": \"00\"}}",
                "{\"audit\": {\"sequence\": 1, \"hash\": \"xyz\"}}"
            })
    void anything_else_is_refused(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("other.json"), text);
        assertThat(catchThrowableOfType(AxiomException.class, () -> AnchorFile.read(file))
                        .code())
                .isEqualTo(Code.BAD_ANCHOR);
        assertThat(catchThrowableOfType(AxiomException.class, () -> AnchorFile.read(directory.resolve("none")))
                        .code())
                .isEqualTo(Code.BAD_ANCHOR);
    }
}
