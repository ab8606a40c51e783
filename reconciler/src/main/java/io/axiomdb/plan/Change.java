package io.axiomdb.plan;

import io.axiomdb.core.Sorted;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

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
 * @param formerly what it was called when last applied; null unless it is renamed
 * @param removed the registry's id of the removed resource that comes back or is dropped; empty for all others, and where
 *     a branch that is there loses an older copy of itself
 * @param undo what takes back the steps that were done when one of them fails, or lets those in again whom they keep out; empty
 *     when they are safe to leave
 * @param settles what the registry learns of numbers
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
        boolean enforced,
        @Nullable ResourceKey formerly,
        String removed,
        List<Undo> undo,
        Settles settles) {
    public Change {
        undo = List.copyOf(undo);
        fields = List.copyOf(fields);
        steps = List.copyOf(steps);
        needs = Sorted.set(needs);
        declaration = Sorted.map(declaration);
    }

    /** Whether its host is opened for it. What is adopted as it is gets this control plane's mark there. */
    public boolean isOnHost() {
        return !host.isEmpty() && (!steps.isEmpty() || action == Action.ADOPT);
    }

    /** A change of something that keeps its name, is neither brought back nor dropped, and needs no taking back. */
    public Change(
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
        this(resource, action, host, fields, source, reason, steps, needs, declaration, enforced, null, "", List.of());
    }

    /** Nothing is learned of numbers but what is found out on the way. */
    public Change(
            ResourceKey resource,
            Action action,
            String host,
            List<FieldChange> fields,
            Source source,
            String reason,
            List<Step> steps,
            SortedSet<ResourceKey> needs,
            SortedMap<String, String> declaration,
            boolean enforced,
            @Nullable ResourceKey formerly,
            String removed,
            List<Undo> undo) {
        this(
                resource,
                action,
                host,
                fields,
                source,
                reason,
                steps,
                needs,
                declaration,
                enforced,
                formerly,
                removed,
                undo,
                Settles.NOTHING);
    }

    /** The same, and the registry learns this. */
    Change settling(Settles learned) {
        return with(steps, needs, learned);
    }

    /** Under which name the registry knows it while it is made. */
    public ResourceKey registered() {
        return formerly == null ? resource : formerly;
    }

    /** The same, needing other changes. */
    Change withNeeds(SortedSet<ResourceKey> others) {
        return with(steps, others, settles);
    }

    /** The same, with other steps before all of its own. */
    Change after(List<Step> first) {
        List<Step> all = new ArrayList<>(first);
        all.addAll(steps);
        return with(all, needs, settles);
    }

    private Change with(List<Step> otherSteps, SortedSet<ResourceKey> otherNeeds, Settles learned) {
        return new Change(
                resource,
                action,
                host,
                fields,
                source,
                reason,
                otherSteps,
                otherNeeds,
                declaration,
                enforced,
                formerly,
                removed,
                undo,
                learned);
    }

    /**
     * What takes back what was made of it.
     *
     * @param made how many of its steps
     */
    public List<Step> undoing(int made) {
        List<Step> before = steps.subList(0, made);
        return undo.stream().filter(one -> one.isDue(before)).map(Undo::step).toList();
    }

    /** {@code branch shop/main create}, unique within a plan. A branch may have been removed more than once. */
    public String id() {
        String what = resource + " " + action.name().toLowerCase(Locale.ROOT);
        return action == Action.PURGE && !removed.isEmpty() ? what + " " + removed : what;
    }
}
