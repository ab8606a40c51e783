package io.axiomdb.plan;

import io.axiomdb.desired.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/** Two declarations of one resource, field by field. The operation follows from this list, so it can't lie. Pure. */
final class FieldChanges {
    private FieldChanges() {}

    static List<FieldChange> between(SortedMap<String, String> before, Fields after) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.values().keySet());
        List<FieldChange> changes = new ArrayList<>();
        for (String name : names) {
            String was = before.getOrDefault(name, "");
            String is = after.values().getOrDefault(name, "");
            if (!was.equals(is)) {
                changes.add(new FieldChange("", name, was, is, after.origin().of(name)));
            }
        }
        return changes;
    }
}
