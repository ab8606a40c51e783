package io.axiomdb.adapter.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void what_somebody_else_wrote_meanwhile_stays() throws IOException {
        Path file = Files.writeString(directory.resolve("f"), "theirs");
        assertThatThrownBy(() -> WholeFile.replace(file, "read", "ours"))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.FILE_CHANGED));
        assertThat(file).hasContent("theirs");
        onlyTheFileIsThere();
    }

    @Test
    void a_new_file_is_written_once() throws IOException {
        Path file = directory.resolve("f");
        WholeFile.create(file, "first");
        assertThatThrownBy(() -> WholeFile.create(file, "second"))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.FILE_EXISTS));
        assertThat(file).hasContent("first");
        onlyTheFileIsThere();
    }

    @Test
    void a_directory_that_is_not_there_is_told() {
        assertThatThrownBy(() -> WholeFile.create(directory.resolve("no/f"), "x"))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.WRITE_FAILED));
    }

    private void onlyTheFileIsThere() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }
}
