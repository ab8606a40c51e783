package io.axiomdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that hold what people will see. {@code -Dgolden=update} writes them anew; the difference is then read. */
public final class Golden {
    private Golden() {}

    public static void assertSame(Path file, String actual) throws IOException {
        if ("update".equals(System.getProperty("golden"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(file)
                .as("write it with -Dgolden=update, then read the difference")
                .exists();
        assertThat(actual)
                .as("%s is stale: write it with -Dgolden=update, then read the difference", file)
                .isEqualTo(Files.readString(file));
    }
}
