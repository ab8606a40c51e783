package io.axiomdb.plan;

import io.axiomdb.core.Sorted;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * One resource's change: what a person reviews, what is audited as one event, and the steps that make it true.
 *
 * @param host where its steps run; empty when only the registry changes
 * @param fields what differs, in display order
 * @param source the line that asked for it
 * @param reason for people, never branched on
 * @param steps in order; empty when only the registry changes
 * @param needs resources whose own changes in this plan must have succeeded
 * @param declaration the resource's fields after the change, as the registry will store them; empty for a removal
 * @param enforced whether a host carries it out; otherwise it is stored, and nothing claims more
 */
public record Change(
        ResourceKey resource,
        Action action,
        String host,
        List<FieldChange> fields,
        Source source,
        String reason,
        List<Step> steps,
        SortedSet<ResourceKey> needs,
        SortedMap<String, String> declaration,
        boolean enforced) {
    public Change {
        fields = List.copyOf(fields);
        steps = List.copyOf(steps);
        needs = Sorted.set(needs);
        declaration = Sorted.map(declaration);
    }

    /** {@code project/branch create}, unique within a plan. */
    public String id() {
        return resource + " " + action.name().toLowerCase(Locale.ROOT);
    }
}
