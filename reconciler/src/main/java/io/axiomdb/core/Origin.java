package io.axiomdb.core;

import java.util.Collections;
import java.util.SortedMap;

/**
 * Where a declared thing and each of its fields stand, so that a plan can point at the line that asked for a value.
 *
 * @param self the key that names the thing
 * @param fields dotted field path, such as {@code connection_limits.rw}, to the place of its value
 */
public record Origin(Source self, SortedMap<String, Source> fields) {
    public static final Origin UNKNOWN = new Origin(Source.NOWHERE, Collections.emptySortedMap());

    public Origin {
        fields = Sorted.map(fields);
    }

    /** The place of a field, or of the thing itself where the field was not written. */
    public Source of(String field) {
        return fields.getOrDefault(field, self);
    }
}
