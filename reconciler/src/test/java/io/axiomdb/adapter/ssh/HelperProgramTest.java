package io.axiomdb.adapter.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HelperProgramTest {
    private static final Path SOURCES = Path.of("../deploy/host/axm_host");

    @Test
    void every_module_goes_to_the_host() throws IOException {
        try (Stream<Path> sources = Files.list(SOURCES)) {
            assertThat(sources.map(path -> path.getFileName().toString())
                            .filter(name -> name.endsWith(".py") && !name.equals("__main__.py"))
                            .sorted())
                    .isEqualTo(HelperProgram.MODULES);
        }
    }

    @Test
    void packing_twice_gives_the_same_bytes_and_names_its_version() {
        assertThat(HelperProgram.packed()).isEqualTo(HelperProgram.packed());
        assertThat(HelperProgram.version()).matches("\\d+\\.\\d+\\.\\d+\\+[0-9a-f]{16}");
    }
}
