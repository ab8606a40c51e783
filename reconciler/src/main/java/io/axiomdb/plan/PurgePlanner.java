package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Removed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans what is dropped for good: data that was set aside, once it has been kept long enough or somebody named it. The only
 * place where anything with data in it is dropped. What is not exactly as it was set aside is told and stays. Pure.
 */
final class PurgePlanner {
    private final PlanInput input;
    private final Desired appliedState;
    private final SetAsides asides;
    private final Findings findings;

    PurgePlanner(PlanInput input, Desired appliedState, SetAsides asides, Findings findings) {
        this.input = input;
        this.appliedState = appliedState;
        this.asides = asides;
        this.findings = findings;
    }

    void plan() {
        unknown();
        drift();
        input.registry().removed().forEach(this::removed);
        appliedState
                .projects()
                .values()
                .forEach(project -> project.branches().values().forEach(branch -> olderCopies(project, branch)));
    }

    /** The registry by the control plane's clock, and the host by its own, must both say that the time has passed. */
    private void removed(Removed removed) {
        ResourceKey key = removed.resource();
        List<SetAside> kept = asides.of(removed.id());
        boolean over = hasPassed(removed.since()) && kept.stream().allMatch(this::isOver);
        if (!isAsked(key, over)) {
            return;
        }
        if (kept.isEmpty()) {
            nothing(removed);
        } else {
            drop(key, removed.id(), kept);
        }
    }

    /** Copies that a branch which is there left behind when it was filled anew. */
    private void olderCopies(Project project, Branch branch) {
        ResourceKey key = ResourceKey.branch(project.name(), branch.name());
        BranchNames names = BranchNames.of(project, branch);
        if (!(input.observations().get(project.host()) instanceof Observation.Seen seen)
                || !isThere(names, seen.state())) {
            return;
        }
        String id = Objects.requireNonNull(input.registry().applied().get(key)).id();
        List<SetAside> kept =
                asides.of(id).stream().filter(one -> isAsked(key, isOver(one))).toList();
        if (!kept.isEmpty()) {
            drop(key, "", kept);
        }
    }

    private static boolean isThere(BranchNames names, HostState state) {
        return state.databases().containsKey(names.database());
    }

    private boolean isAsked(ResourceKey key, boolean over) {
        return input.asked().purge().contains(key) || input.asked().due() && over;
    }

    /** What was promised on the host counts as well, if that is longer; and of the two clocks the one that is behind. */
    private boolean isOver(SetAside kept) {
        Instant until = kept.until(input.desired().keepRemovedDays());
        Instant there = clock(kept.host());
        return !until.isAfter(input.now()) && there != null && !until.isAfter(there);
    }

    private @Nullable Instant clock(String host) {
        return input.observations().get(host) instanceof Observation.Seen seen
                ? seen.ledger().clock()
                : null;
    }

    /** Nothing is dropped because of the time while it is not known what time it is. Who names it is not asked. */
    private Optional<Diagnostic> unclear(ResourceKey key, SetAside kept) {
        if (input.asked().purge().contains(key)
                || !(input.observations().get(kept.host()) instanceof Observation.Seen seen)
                || seen.ledger().clock() == null) {
            return Optional.empty();
        }
        Instant looked = input.lookedFrom().plus(seen.took());
        return HostClock.off(
                kept.host(),
                Source.NOWHERE,
                Objects.requireNonNull(seen.ledger().clock()),
                input.lookedFrom(),
                looked.isAfter(input.now()) ? looked : input.now(),
                "data is dropped for good only while both clocks agree: keep both by NTP (timedatectl says whether they are), then axm run-due;"
                        + " or name it: axm purge " + key.path());
    }

    private boolean hasPassed(Instant since) {
        return !KeptUntil.of(since, input.desired().keepRemovedDays()).isAfter(input.now());
    }

    /**
     * Somebody dropped it by hand, or a crash came after the last statement: the registry lets go of it as well. It may also
     * be on a host that the file has forgotten; where the project is gone, nobody knows, and only who names it decides.
     */
    private void nothing(Removed removed) {
        boolean named = input.asked().purge().contains(removed.resource());
        if (!named && !appliedState.projects().containsKey(removed.resource().project())) {
            return;
        }
        List<Diagnostic> unseen = new ArrayList<>();
        input.observations().values().forEach(observation -> {
            if (observation instanceof Observation.Unreachable(Diagnostic why)) {
                unseen.add(why);
            }
        });
        if (unseen.isEmpty()) {
            add(
                    removed.resource(),
                    removed.id(),
                    "",
                    List.of(),
                    "nothing of it is on any host that is declared",
                    List.of());
        } else {
            findings.blocked.add(new Blocked(removed.resource(), unseen));
        }
    }

    private void drop(ResourceKey key, String id, List<SetAside> kept) {
        List<Diagnostic> obstacles = kept.stream()
                .flatMap(one -> Stream.concat(obstacles(one), unclear(key, one).stream()))
                .toList();
        SortedSet<String> hosts =
                new TreeSet<>(kept.stream().map(SetAside::host).toList());
        if (hosts.size() > 1) {
            obstacles = List.of(changed(key + " is kept on more than one host: " + String.join(", ", hosts)));
        }
        if (!obstacles.isEmpty()) {
            findings.blocked.add(new Blocked(key, obstacles));
            return;
        }
        List<FieldChange> fields = new ArrayList<>();
        kept.forEach(one ->
                (one.ties().isEmpty() ? one : one.withoutRoles()).names().forEach(name -> fields.add(gone(one, name))));
        List<Step> steps =
                kept.stream().flatMap(one -> SetAsideSteps.drop(one).stream()).toList();
        boolean data = kept.stream().anyMatch(one -> one.database() != null);
        List<String> ties = kept.stream().flatMap(one -> ties(one).stream()).toList();
        ties.forEach(tie -> findings.notices.add(Diagnostic.of(
                Code.LEFT_BEHIND,
                tie + ": its database is dropped, its roles stay until that is undone",
                "they can't log in; the run after that drops them")));
        String since = "kept since " + kept.getFirst().moment();
        add(
                key,
                ties.isEmpty() ? id : "",
                hosts.first(),
                fields,
                since + (data ? "; its data is lost for good" : "; its database is gone already, its roles follow"),
                steps);
    }

    private static FieldChange gone(SetAside kept, String name) {
        boolean isDatabase = kept.database() != null && kept.database().name().equals(name);
        return new FieldChange("", (isDatabase ? "database " : "role ") + name, "kept", "", Source.NOWHERE);
    }

    private void add(
            ResourceKey key, String id, String host, List<FieldChange> fields, String reason, List<Step> steps) {
        findings.changes.add(new Change(
                key,
                Action.PURGE,
                host,
                fields,
                Source.NOWHERE,
                reason,
                steps,
                new TreeSet<>(),
                new TreeMap<>(),
                true,
                null,
                id,
                List.of()));
    }

    private Stream<Diagnostic> obstacles(SetAside kept) {
        List<Diagnostic> found = new ArrayList<>();
        String what = kept.name() + " on host " + kept.host();
        kept.changes().forEach(change -> found.add(changed(change)));
        if (kept.database() != null && input.observations().get(kept.host()) instanceof Observation.Seen seen) {
            found.addAll(Holds.on(seen, kept.host(), kept.database().name(), Holds.DROP));
        }
        if (kept.database() == null) {
            ties(kept).forEach(tie -> found.add(changed(tie)));
        }
        return found.stream();
    }

    /** Who may grant anything can tie a role: that keeps the role, and never the data. */
    private static List<String> ties(SetAside kept) {
        return kept.ties().stream()
                .map(database -> "a role of " + kept.name() + " on host " + kept.host()
                        + " owns something, or has rights, in "
                        + Observation.Tie.where(database))
                .toList();
    }

    private static Diagnostic changed(String detail) {
        return Diagnostic.of(
                Code.KEPT_CHANGED,
                detail,
                "nothing of it is dropped. Find out who did that and why; once it is undone, run it again");
    }

    /** What was done to retained data since, whether anybody asks for it or not. */
    private void drift() {
        asides.drift(input.registry())
                .forEach(words -> findings.notices.add(Diagnostic.of(
                        Code.RETAINED_DRIFT,
                        words,
                        "AxiomDB left it closed and did not do that. Find out who did and why")));
    }

    /** What the registry knows nothing of is reported, and left alone for ever. */
    private void unknown() {
        asides.unknown(input.registry())
                .forEach(
                        kept -> findings.notices.add(
                                Diagnostic.of(
                                        Code.LEFT_BEHIND,
                                        kept.name() + " on host " + kept.host() + " is retained of " + kept.branch()
                                                + ", which this control plane knows nothing of",
                                        "AxiomDB leaves it alone, unless this plan takes the host over from another control plane; look whose it is")));
    }
}
