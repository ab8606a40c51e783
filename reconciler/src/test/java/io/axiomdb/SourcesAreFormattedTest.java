package io.axiomdb;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * One formatter decides about layout. {@code mvn -pl reconciler -am test -Dtest=SourcesAreFormattedTest -Dformat=write} lets it write.
 */
class SourcesAreFormattedTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void every_source_file_is_as_the_formatter_writes_it() throws Exception {
        Formatter formatter = Formatter.createFormatter(
                JavaFormatterOptions.builder().style(Style.PALANTIR).build());
        List<String> different = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            String imports =
                    RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(text, Style.PALANTIR));
            String formatted = formatter.formatSource(imports);
            if (!formatted.equals(text)) {
                different.add(ROOT.relativize(file).toString());
                if ("write".equals(System.getProperty("format"))) {
                    Files.writeString(file, formatted);
                }
            }
        }
        assertThat("write".equals(System.getProperty("format")) ? List.of() : different)
                .as("files to format: mvn -pl reconciler -am test -Dtest=SourcesAreFormattedTest -Dformat=write")
                .isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> ROOT.relativize(f).toString().contains("src/"))
                    .sorted()
                    .toList();
        }
    }
}
