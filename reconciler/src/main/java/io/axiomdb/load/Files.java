package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Reads the root file and everything it includes. A broken file does not keep the others from being read. */
final class Files {
    private final DesiredSource source;
    private final Consumer<Diagnostic> problems;
    private final SortedMap<String, String> texts = new TreeMap<>();
    private final List<Document> documents = new ArrayList<>();
    private boolean broken;
    private long bytes;

    Files(DesiredSource source, Consumer<Diagnostic> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** One file that was read to its end. */
    record Document(String file, Mapping mapping) {}

    void readAll() {
        read(source.root(), new Source(source.root(), 0, 0, 1), Code.FILE_MISSING);
        if (documents.isEmpty()) {
            return;
        }
        SortedMap<String, Source> included =
                new Includes(source, problems).of(documents.getFirst().mapping());
        for (Map.Entry<String, Source> file : included.entrySet()) {
            if (bytes > Limits.ALL_BYTES) {
                broken = true;
                problems.accept(Diagnostic.of(
                        Code.FILE_TOO_LARGE,
                        file.getValue(),
                        "all files together have more than " + Limits.ALL_BYTES / 1024 / 1024 + " MiB",
                        "divide them among several organizations"));
                return;
            }
            read(file.getKey(), file.getValue(), Code.INCLUDE);
        }
    }

    private void read(String file, Source asked, Code unreadable) {
        int before = documents.size();
        bytes(file, asked, unreadable)
                .flatMap(content -> FileText.decode(file, content, problems))
                .ifPresent(text -> parse(file, text));
        broken |= documents.size() == before;
    }

    private Optional<byte[]> bytes(String file, Source asked, Code unreadable) {
        try {
            byte[] content = source.read(file, Limits.FILE_BYTES);
            bytes += content.length;
            return Optional.of(content);
        } catch (IOException e) {
            problems.accept(Diagnostic.of(
                    unreadable,
                    asked,
                    file + ": " + FileProblem.words(e),
                    unreadable == Code.FILE_MISSING ? "name the file with --file, or go to its directory" : ""));
            return Optional.empty();
        }
    }

    private void parse(String file, String text) {
        texts.put(file, text);
        if (FileText.onlyVisible(file, text, problems)) {
            YamlReader.read(file, text, problems).ifPresent(mapping -> documents.add(new Document(file, mapping)));
        }
    }

    /** Whether a file could not be read to its end, so that things may be declared that nobody saw. */
    boolean broken() {
        return broken;
    }

    /** The root file first; empty when that one is broken. */
    List<Document> documents() {
        return documents;
    }

    /** As read, with their secrets. */
    SortedMap<String, String> texts() {
        return texts;
    }
}
