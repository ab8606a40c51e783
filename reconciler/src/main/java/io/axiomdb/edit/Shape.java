package io.axiomdb.edit;

import io.axiomdb.load.Layout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which keys a file has. */
final class Shape {
    private Shape() {}

    /** Whether every key that came or went lies at, below or on the way to one of the paths. */
    static boolean changedOnlyAt(List<PathEdit> edits, String before, String after) {
        Set<List<String>> differing = new HashSet<>();
        try {
            collect(Layout.of(after), List.of(), differing);
        } catch (IllegalArgumentException e) {
            // What was written is no longer a file of ours.
            return false;
        }
        Set<List<String>> old = new HashSet<>();
        collect(Layout.of(before), List.of(), old);
        for (List<String> path : old) {
            if (!differing.remove(path)) {
                differing.add(path);
            }
        }
        return differing.stream().allMatch(path -> edits.stream().anyMatch(e -> meet(path, e.path())));
    }

    private static boolean meet(List<String> one, List<String> other) {
        int common = Math.min(one.size(), other.size());
        return one.subList(0, common).equals(other.subList(0, common));
    }

    private static void collect(Layout layout, List<String> path, Set<List<String>> paths) {
        if (layout instanceof Layout.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> {
                List<String> below = new ArrayList<>(path);
                below.add(key);
                paths.add(below);
                collect(entry.value(), below, paths);
            });
        }
    }
}
