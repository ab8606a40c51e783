package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.load.Files.Document;
import io.axiomdb.load.Node.Entry;
import io.axiomdb.load.Node.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Makes one mapping of all files: hosts and projects may stand in any of them, each name in one only. */
final class Merge {
    private static final List<String> SHARED = List.of("hosts", "projects");

    private final Consumer<Diagnostic> problems;
    private final Suggest suggest;
    private final Map<String, Map<String, Entry>> shared = new LinkedHashMap<>();
    private final Map<String, Entry> all = new LinkedHashMap<>();

    private Merge(Consumer<Diagnostic> problems, Suggest suggest) {
        this.problems = problems;
        this.suggest = suggest;
    }

    static Mapping of(List<Document> documents, Consumer<Diagnostic> problems, Suggest suggest) {
        Merge merge = new Merge(problems, suggest);
        Mapping root = documents.getFirst().mapping();
        merge.all.putAll(root.entries());
        documents.forEach(document -> merge.add(document, document.mapping() == root));
        if (merge.shared.isEmpty()) {
            problems.accept(Diagnostic.of(
                    Code.EMPTY_FILE,
                    root.at(),
                    "there is neither hosts: nor projects:",
                    "leaving them out never means that everything goes; write projects: {} if there is to be none"));
        }
        merge.shared.forEach((section, entries) -> merge.all.computeIfPresent(
                section,
                (s, entry) -> new Entry(entry.key(), new Mapping(entry.value().at(), entries))));
        return new Mapping(root.at(), merge.all);
    }

    private void add(Document document, boolean isRoot) {
        document.mapping().entries().forEach((key, entry) -> {
            if (SHARED.contains(key)) {
                addSection(key, entry);
            } else if (!isRoot) {
                problems.accept(Diagnostic.of(
                                Code.UNKNOWN_PROPERTY,
                                entry.key(),
                                "\"" + key + "\" in an included file",
                                "an included file accepts: " + String.join(", ", SHARED))
                        .withHint(suggest.hint(key, SHARED)));
            }
        });
    }

    private void addSection(String section, Entry entry) {
        Map<String, Entry> merged = shared.computeIfAbsent(section, s -> new LinkedHashMap<>());
        all.putIfAbsent(section, entry);
        switch (entry.value()) {
            case Mapping(Source at, Map<String, Entry> entries) -> entries.forEach((name, e) -> put(name, e, merged));
            case Node.Refused refused -> {}
            case Node.Scalar scalar -> problems.accept(noMapping(section, scalar));
            case Node.Sequence sequence -> problems.accept(noMapping(section, sequence));
        }
    }

    private void put(String name, Entry entry, Map<String, Entry> merged) {
        Entry earlier = merged.putIfAbsent(name, entry);
        if (earlier != null) {
            problems.accept(YamlReader.duplicate(name, entry.key(), earlier.key()));
        }
    }

    private static Diagnostic noMapping(String section, Node value) {
        return Diagnostic.of(
                Code.WRONG_TYPE,
                value.at(),
                section + " is " + value.words() + ", should be a mapping",
                "write names below it; {} if there is to be none");
    }
}
