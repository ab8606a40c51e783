package io.axiomdb.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of what a user sees; {@code -Dgolden=update} writes them, and the difference is read. */
public final class Golden {
    private static final Path CASES = Path.of("src", "test", "resources", "cases", "view");

    private Golden() {}

    /** Whether the text is as the case's file says. */
    public static void check(String behaviour, String file, String text) throws IOException {
        Path golden = CASES.resolve(behaviour).resolve(file);
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, text);
        }
        assertThat(golden).as("-Dgolden=update writes it").hasContent(text);
    }
}
