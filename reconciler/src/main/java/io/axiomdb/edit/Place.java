package io.axiomdb.edit;

import io.axiomdb.load.Layout;
import io.axiomdb.load.Layout.Block;
import io.axiomdb.load.Layout.Entry;
import io.axiomdb.load.Layout.Mapping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * As far as a path of keys leads into a file.
 *
 * @param mapping the last mapping on the way
 * @param holder the entry that holds that mapping; null for the whole file
 * @param entry the entry that the path ends at, or that holds nothing yet and is to hold the rest; null when the mapping
 *     has no such key
 * @param depth how many keys of the path were found, the entry's included
 * @param step by how many blanks the file indents around here
 */
record Place(
        Mapping mapping, @Nullable Entry holder, @Nullable Entry entry, int depth, int step) {
    private static final int USUAL_STEP = 2;

    static Place of(String text, List<String> path) {
        Mapping root = Layout.of(text);
        int first = firstStep(new Lines(text), root);
        return follow(new Lines(text), new Place(root, null, null, 0, first > 0 ? first : USUAL_STEP), path);
    }

    private static Place follow(Lines lines, Place at, List<String> path) {
        Entry entry = at.mapping.entries().get(path.get(at.depth));
        if (entry == null) {
            return at;
        }
        int depth = at.depth + 1;
        if (depth == path.size()
                || !(entry.value() instanceof Mapping inner)
                || inner.entries().isEmpty()) {
            return new Place(at.mapping, at.holder, entry, depth, at.step);
        }
        int step = step(lines, at.mapping, inner);
        return follow(lines, new Place(inner, entry, null, depth, step > 0 ? step : at.step), path);
    }

    private static int step(Lines lines, Mapping outer, Mapping inner) {
        return outer instanceof Block && inner instanceof Block
                ? inner.from() - lines.start(inner.from()) - (outer.from() - lines.start(outer.from()))
                : 0;
    }

    /** Of the first mapping that stands in another; 0 when none does. */
    private static int firstStep(Lines lines, Mapping outer) {
        for (Map.Entry<String, Entry> entry : outer.entries().entrySet()) {
            if (entry.getValue().value() instanceof Block inner && outer instanceof Block) {
                return step(lines, outer, inner);
            }
        }
        return 0;
    }
}
