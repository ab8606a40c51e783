package io.axiomdb.testing;

import io.axiomdb.port.DesiredSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One axiomdb.yaml in memory. */
public record TextSource(String text) implements DesiredSource {
    public static TextSource of(String text) {
        return new TextSource(text);
    }

    @Override
    public String root() {
        return "axiomdb.yaml";
    }

    @Override
    public byte[] read(String path, int limit) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<String> match(String pattern) {
        return List.of();
    }

    @Override
    public @Nullable Commit commit() {
        return null;
    }
}
