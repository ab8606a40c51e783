package io.axiomdb.engine;

import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.audit.EventNames;
import io.axiomdb.compile.CopyNames;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.plan.Unsure;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.port.ControlPlane.Settled;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Credential;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Gives intents that were left without an outcome a true one, by looking at the world. */
record Unfinished(Engine.Look look) {
    /** What these were renaming: neither name is certain until an apply of the file has looked. */
    static Unsure renaming(Collection<AuditRow> unfinished) {
        SortedSet<ResourceKey> resources = new TreeSet<>();
        for (AuditRow row : unfinished) {
            ResourceKey now = row.entry().target();
            String before = row.entry().oldValue().get("name");
            if (before != null && row.entry().event().equals(EventNames.renamed(now.kind()))) {
                resources.add(now);
                resources.add(
                        now.kind() == Kind.PROJECT
                                ? ResourceKey.project(before)
                                : ResourceKey.branch(now.project(), before));
                resources.add(ResourceKey.hostAccess(row.entry().host()));
            }
        }
        return new Unsure(resources);
    }

    /** To be called after a look, and before anything is changed. */
    void resolve(ControlPlane controlPlane, String organization) {
        List<Outcome> outcomes = controlPlane.unfinished(organization).stream()
                .filter(row -> !look.isPart() || isGoing(row))
                .filter(row -> isOfWhatIsKept(row)
                        ? showsDatabases(row)
                        : look.whole().blocked().stream().noneMatch(b -> isOf(b, row)))
                .map(row -> isPurge(row) ? purge(row) : outcome(row))
                .toList();
        if (!outcomes.isEmpty()) {
            controlPlane.finish(organization, outcomes);
        }
    }

    /** Background work does not read the file: all it can tell is whether what was to go is gone, and what is kept. */
    private static boolean isGoing(AuditRow row) {
        return isOfWhatIsKept(row)
                || row.entry()
                        .event()
                        .equals(EventNames.removed(row.entry().target().kind()));
    }

    /** What is kept on the host answers for it, and a purge may drop that: so it is told before, whatever is asked for. */
    private static boolean isOfWhatIsKept(AuditRow row) {
        return isPurge(row) || row.entry().event().equals(EventNames.RESET);
    }

    private static boolean isPurge(AuditRow row) {
        return row.entry().event().equals(EventNames.PURGED);
    }

    private boolean showsDatabases(AuditRow row) {
        String host = row.entry().host();
        return host.isEmpty() || look.seen().get(host) instanceof Observation.Seen;
    }

    /** No plan but one that purges speaks of it; what the intent was to drop is there or not. */
    private Outcome purge(AuditRow row) {
        boolean left = look.seen().get(row.entry().host()) instanceof Observation.Seen seen
                && row.entry().oldValue().keySet().stream()
                        .map(what -> what.substring(what.indexOf(' ') + 1))
                        .anyMatch(name -> seen.state().databases().containsKey(name)
                                || seen.state().roles().containsKey(name));
        return left
                ? end(row, Phase.FOUND_NOT_DONE, "interrupted; a later apply looked and found something still kept")
                : end(row, Phase.FOUND_DONE, "interrupted; a later apply looked and found it done");
    }

    /** What can't be looked at stays open: nobody knows yet. With a branch, its project and host may be kept as well. */
    private static boolean isOf(Blocked blocked, AuditRow row) {
        ResourceKey target = row.entry().target();
        return switch (target.kind()) {
            case HOST -> true;
            case PROJECT -> blocked.resource().project().equals(target.name());
            case ORGANIZATION, MEMBER, NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY, BRANCH, HOST_ACCESS ->
                blocked.resource().equals(target);
        };
    }

    private Outcome outcome(AuditRow row) {
        Plan plan = look.whole();
        ResourceKey target = row.entry().target();
        if (target.kind() == Kind.HOST_ACCESS && !showsFiles(look.seen().get(target.name()))) {
            return end(row, Phase.FOUND_NOT_DONE, "interrupted; AxiomDB does not look at that host's files any more");
        }
        if (row.entry().event().equals(EventNames.RESET)) {
            return reset(row);
        }
        if (row.entry().event().equals(EventNames.RESTORED)
                || row.entry().event().equals(EventNames.TAKEN_OVER)) {
            return overruling(row);
        }
        boolean heldBack = plan.heldBack().stream()
                .anyMatch(held -> held.resource().equals(target) && isAbout(row, held.fields()));
        boolean left = heldBack
                || plan.changes().stream()
                        .filter(change -> change.resource().equals(target))
                        .filter(Unfinished::isLeft)
                        .anyMatch(change -> isAbout(row, change.fields()));
        Phase phase = left ? Phase.FOUND_NOT_DONE : Phase.FOUND_DONE;
        String detail = left
                ? "interrupted; a later apply looked and found something left to do"
                : "interrupted; a later apply looked and found it done";
        return end(row, phase, detail);
    }

    /** Hosts forget what they knew at once with what they keep instead. */
    private Outcome overruling(AuditRow row) {
        return look.lineage().old().isEmpty() && look.lineage().others().isEmpty()
                ? end(row, Phase.FOUND_DONE, "interrupted; a later apply looked and found it forgotten")
                : end(
                        row,
                        Phase.FOUND_NOT_DONE,
                        "interrupted; a later apply looked and found a host that knows it still");
    }

    /** The plan says nothing of it: who asks for a reset gets one planned, also when the last was done. */
    private Outcome reset(AuditRow row) {
        return wasReset(row)
                ? end(row, Phase.FOUND_DONE, "interrupted; a later apply looked and found the new copy in its place")
                : end(
                        row,
                        Phase.FOUND_NOT_DONE,
                        "interrupted; a later apply looked and found no new copy in its place");
    }

    /** What it made has its branch's name then. */
    private boolean wasReset(AuditRow row) {
        return settled(row).stream().anyMatch(Settled::took);
    }

    /**
     * What became of databases that a mutation was making: one with another name than the random one has its branch's, or had
     * it; one that is nowhere is gone; what is still there is cleared away by a change of its own.
     */
    private List<Settled> settled(AuditRow row) {
        if (!(look.seen().get(row.entry().host()) instanceof Observation.Seen seen)) {
            return List.of();
        }
        return look.registry().applied().values().stream()
                .flatMap(applied -> applied.beingMade().stream())
                .filter(one -> one.mutation().equals(row.entry().mutationId()))
                .flatMap(one -> settled(one, seen.state()).stream())
                .toList();
    }

    private static Optional<Settled> settled(BeingMade one, HostState state) {
        DatabaseState numbered = state.database(one.oid(), one.name());
        if (numbered != null && !numbered.name().equals(one.name())) {
            return Optional.of(new Settled(one.name(), true));
        }
        boolean left = state.databases().containsKey(one.name())
                || state.roles().containsKey(CopyNames.of(one.digits()).login());
        return left ? Optional.empty() : Optional.of(new Settled(one.name(), false));
    }

    private static boolean showsFiles(@Nullable Observation host) {
        return host instanceof Observation.Seen seen && seen.access() instanceof AccessObservation.Seen;
    }

    private Outcome end(AuditRow row, Phase phase, String detail) {
        List<Credential> set = new SetUnsaid(look.registry(), look.seen())
                .of(row.entry().target(), row.entry().host());
        return new Outcome(
                row.entry().as(phase, detail), new Effect.Nothing(), set, settled(row), Collections.emptySortedMap());
    }

    /**
     * On a host, what counts is whether steps are left; elsewhere, whether the registry took the declaration. Keeping
     * passwords under another key is nothing on the host.
     */
    private static boolean isLeft(Change change) {
        return change.host().isEmpty()
                || change.steps().stream().anyMatch(step -> !(step instanceof Step.CarryPasswords));
    }

    /**
     * One branch may have two changes in a plan, a repair and an update, and one of them may be done: what is left counts for
     * the one that meant to change the same fields.
     */
    private static boolean isAbout(AuditRow row, List<FieldChange> left) {
        SortedSet<String> meant = new TreeSet<>(row.entry().oldValue().keySet());
        meant.addAll(row.entry().newValue().keySet());
        return row.entry().target().kind() != Kind.BRANCH
                || meant.isEmpty()
                || left.stream().anyMatch(field -> meant.contains(field.key()));
    }
}
