package io.axiomdb.load;

import io.axiomdb.port.DesiredSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files in memory. */
record Sources(Map<String, byte[]> files) implements DesiredSource {
    static Sources of(String axiomdb) {
        return of(axiomdb.getBytes(StandardCharsets.UTF_8));
    }

    static Sources of(byte[] axiomdb) {
        return new Sources(Map.of("axiomdb.yaml", axiomdb));
    }

    Sources with(String name, String text) {
        Map<String, byte[]> more = new TreeMap<>(files);
        more.put(name, text.getBytes(StandardCharsets.UTF_8));
        return new Sources(more);
    }

    @Override
    public String root() {
        return "axiomdb.yaml";
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new FileNotFoundException(path);
        }
        return bytes.length > limit ? Arrays.copyOf(bytes, limit + 1) : bytes;
    }

    @Override
    public List<String> match(String pattern) {
        String expression = "\\Q" + pattern.replace("*", "\\E[^/]*\\Q") + "\\E";
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
