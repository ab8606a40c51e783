package io.axiomdb.testing;

import io.axiomdb.port.DesiredSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An axiomdb.yaml in memory, with files that it includes. */
public record TextFiles(Map<String, String> files) implements DesiredSource {
    public static TextFiles of(String text) {
        return new TextFiles(Map.of("axiomdb.yaml", text));
    }

    /** The same with one more file. */
    public TextFiles with(String name, String text) {
        Map<String, String> more = new TreeMap<>(files);
        more.put(name, text);
        return new TextFiles(more);
    }

    @Override
    public String root() {
        return "axiomdb.yaml";
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        String text = files.get(path);
        if (text == null) {
            throw new FileNotFoundException(path);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<String> match(String pattern) {
        String expression = pattern.replace(".", "\\.").replace("*", "[^/]*");
        return files.keySet().stream()
                .filter(f -> f.matches(expression))
                .sorted()
                .toList();
    }

    @Override
    public @Nullable Commit commit() {
        return null;
    }
}
