package io.axiomdb.edit;

import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a source held when it was first asked, so that both readings of one edit see the same; one file may be replaced. */
final class Snapshot implements DesiredSource {
    private final DesiredSource source;
    private final Map<String, byte[]> files;
    private final Map<String, List<String>> matches;

    Snapshot(DesiredSource source) {
        this(source, new HashMap<>(), new HashMap<>());
    }

    private Snapshot(DesiredSource source, Map<String, byte[]> files, Map<String, List<String>> matches) {
        this.source = source;
        this.files = files;
        this.matches = matches;
    }

    /** The same with another text in one file. */
    Snapshot with(String file, String text) {
        Map<String, byte[]> changed = new HashMap<>(files);
        changed.put(file, text.getBytes(StandardCharsets.UTF_8));
        return new Snapshot(source, changed, matches);
    }

    /** The text of a file that the loader accepted. */
    String text(String file) {
        return new String(Objects.requireNonNull(files.get(file), file), StandardCharsets.UTF_8);
    }

    @Override
    public String root() {
        return source.root();
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            bytes = source.read(path, limit);
            files.put(path, bytes);
        }
        return bytes;
    }

    @Override
    public List<String> match(String pattern) throws IOException {
        List<String> found = matches.get(pattern);
        if (found == null) {
            found = source.match(pattern);
            matches.put(pattern, found);
        }
        return found;
    }

    /** An edit belongs to no commit yet. */
    @Override
    public @Nullable Commit commit() {
        return null;
    }
}
