package io.axiomdb.load;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Fields;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Refused;
import io.axiomdb.load.Node.Scalar;
import io.axiomdb.load.Node.Sequence;
import io.axiomdb.load.Node.Type;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Collects the fields of one resource: dotted paths, canonical texts, and the place of each. */
final class FieldsOf {
    private final Set<Node> unfit;
    private final Values values;
    private final SortedMap<String, String> texts = new TreeMap<>();
    private final SortedMap<String, Source> places = new TreeMap<>();

    FieldsOf(Set<Node> unfit, Consumer<Diagnostic> problems) {
        this.unfit = unfit;
        this.values = new Values(problems);
    }

    Fields done(Source self) {
        return new Fields(texts, new Origin(self, places));
    }

    /** Everything in a mapping. */
    void below(String prefix, Node node) {
        if (node instanceof Mapping mapping) {
            mapping.entries().forEach((key, entry) -> add(prefix + key, entry.value()));
        }
    }

    /** One property with all below it; what does not fit the schema is left out. */
    void add(String path, Node node) {
        if (unfit.contains(node)) {
            return;
        }
        switch (node) {
            case Mapping mapping -> below(path + ".", mapping);
            case Sequence sequence -> list(path, sequence);
            case Scalar scalar -> scalar(path, scalar);
            case Refused refused -> {}
        }
    }

    /** Lists are sets here. Each item's place is kept below the list's. */
    private void list(String path, Sequence sequence) {
        TreeSet<String> items = new TreeSet<>();
        for (Node item : sequence.items()) {
            if (item instanceof Scalar scalar && !unfit.contains(item)) {
                items.add(scalar.text());
                places.put(path + "." + scalar.text(), scalar.at());
            }
        }
        if (!items.isEmpty()) {
            texts.put(path, String.join(",", items));
            places.put(path, sequence.at());
        }
    }

    private void scalar(String path, Scalar scalar) {
        if (scalar.type() == Type.NULL) {
            return;
        }
        values.canonical(path, scalar).forEach((field, text) -> {
            texts.put(field, text);
            places.put(field, scalar.at());
        });
    }
}
