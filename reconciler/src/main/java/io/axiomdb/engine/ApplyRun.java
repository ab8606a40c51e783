package io.axiomdb.engine;

import io.axiomdb.apply.Applier;
import io.axiomdb.apply.ApplyRequest;
import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Circumstances;
import io.axiomdb.apply.LeaseKeeper;
import io.axiomdb.apply.OpenHost;
import io.axiomdb.apply.Progress;
import io.axiomdb.apply.StepRunner;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.EventNames;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Known;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Planner;
import io.axiomdb.plan.Step;
import io.axiomdb.plan.TakingOver;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Intent;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.registry.Lease;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One apply, from the leases to the proof. */
final class ApplyRun {
    /** For hosts that the plan does not change: all of them together hold it up for twice as long at most. */
    private static final Duration HURRY = Duration.ofSeconds(10);

    /** A commit that takes longer waits for something. */
    private static final Duration CARE = Duration.ofSeconds(60);

    /** A login takes 60 s at most, and ending what is left of others 10 s, three times. */
    private static final Duration OPENING = Duration.ofSeconds(120);

    private static final Set<Code> OVER =
            EnumSet.of(Code.CONTROL_PLANE_OLD, Code.OTHER_CONTROL_PLANE, Code.RESTORED_NEEDS_OWNER);

    private final Outside outside;
    private final Engine engine;
    private final Desired desired;
    private final Request request;

    ApplyRun(Outside outside, Engine engine, Desired desired, Request request) {
        this.outside = outside;
        this.engine = engine;
        this.desired = desired;
        this.request = request;
    }

    ApplyReport run(String reviewed, Progress progress, BooleanSupplier stop) {
        SortedMap<String, OpenHost> open = new TreeMap<>();
        try (LeaseKeeper leases = LeaseKeeper.acquire(outside.leases(), leaseNames(), outside.holder())) {
            try {
                return run(reviewed, progress, stop, leases, open);
            } finally {
                open.values().forEach(host -> host.session().close());
            }
        }
    }

    private ApplyReport run(
            String reviewed,
            Progress progress,
            BooleanSupplier stop,
            LeaseKeeper leases,
            SortedMap<String, OpenHost> open) {
        endTheDead(leases, open);
        Engine.Look look = engine.look(desired, request);
        Plan plan = look.planned().plan();
        refuse(plan, reviewed);
        if (look.lineage().hasStrays()) {
            anew(leases, open);
        }
        new Unfinished(look).resolve(outside.controlPlane(), desired.organization());
        long start = System.nanoTime();
        BooleanSupplier end = () -> stop.getAsBoolean() || leases.lost().isPresent();
        HostMarks marks =
                new HostMarks(outside, desired.organization(), look.lineage().kept());
        List<Diagnostic> unmarked = new ArrayList<>();
        List<ChangeResult> results = changes(look, leases, open, marks, unmarked, progress, end);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        leases.lost().ifPresent(why -> {
            throw why;
        });
        Mark mark = outside.controlPlane().mark(desired.organization());
        unmarked.addAll(marks.end(open.values(), mark, HURRY).values());
        return new ApplyReport(results, engine.plan(desired, request.afterwards()), took, mark.anchor(), unmarked);
    }

    /**
     * What is left of strays is overruled now, and this control plane goes on after another one. Its own epochs, which it has from
     * a backup perhaps, may be over on any host, the ones that are down too.
     */
    private static void anew(LeaseKeeper leases, SortedMap<String, OpenHost> open) {
        open.values().forEach(host -> host.session().close());
        open.clear();
        leases.anew();
    }

    /**
     * A number for this apply, durable here and on every host that it changes, before its first effect there. A control plane that
     * was set back to before it knows by that, so others get it as well, those that answer soon. What hosts forget for it is in
     * the trail before they do.
     *
     * @param open those where it was left, afterwards
     * @param changed by the plan
     * @return where it could not be left, and why
     */
    private SortedMap<String, Diagnostic> count(
            Engine.Look look,
            LeaseKeeper leases,
            SortedMap<String, OpenHost> open,
            Set<String> changed,
            HostMarks marks) {
        SortedMap<String, Diagnostic> unmarked = new TreeMap<>(openOthers(look, leases, open, changed));
        ControlPlane controlPlane = outside.controlPlane();
        List<AuditEntry> overrulings = overrulings(look.lineage());
        if (!overrulings.isEmpty()) {
            controlPlane.begin(
                    desired.organization(),
                    overrulings.stream().map(entry -> new Intent(entry, null)).toList());
            takeIn(look);
        }
        Mark mark = controlPlane.next(desired.organization(), look.lineage().highest());
        Map<Boolean, List<OpenHost>> parts = open.values().stream()
                .collect(Collectors.partitioningBy(
                        host -> changed.contains(host.host().name())));
        int days = desired.keepRemovedDays();
        unmarked.putAll(marks.begin(parts.getOrDefault(true, List.of()), mark, days, CARE));
        unmarked.putAll(marks.begin(parts.getOrDefault(false, List.of()), mark, days, HURRY));
        unmarked.keySet().forEach(host -> leave(open.remove(host)));
        if (!overrulings.isEmpty()) {
            SortedMap<String, Diagnostic> left = new TreeMap<>(unmarked);
            left.keySet().retainAll(look.planned().plan().forgets().keySet());
            end(overrulings, List.copyOf(left.values()));
        }
        List<Diagnostic> overtaken = unmarked.values().stream()
                .filter(why -> why.code() == Code.CONTROL_PLANE_OLD)
                .toList();
        if (!overtaken.isEmpty()) {
            throw new AxiomException(overtaken);
        }
        return unmarked;
    }

    private static void leave(Opened opened) {
        leave(opened instanceof Opened.Now(OpenHost host) ? host : null);
    }

    /** Nothing waits for a host that may not answer any more. */
    private static void leave(@Nullable OpenHost host) {
        if (host != null) {
            Thread.ofVirtual().name("axm-leave").start(() -> host.session().close());
        }
    }

    /**
     * Before hosts forget the other control plane: once they have, nothing would ask for this again. Done twice it does nothing.
     */
    private void takeIn(Engine.Look look) {
        if (desired.hosts().values().stream()
                .anyMatch(host -> host.ssh() != null && host.certificate() instanceof Host.Certificate.Issued)) {
            outside.authority().ready(); // so that clients can be given its certificate before it signs
        }
        List<Outcome> retained =
                TakingOver.retained(
                                look.registry(),
                                look.seen(),
                                look.planned().plan().forgets().keySet())
                        .stream()
                        .map(found ->
                                new Outcome(entry(found), new Effect.Retain(found.branch(), found.id()), List.of()))
                        .toList();
        if (!retained.isEmpty()) {
            outside.controlPlane().finish(desired.organization(), retained);
        }
    }

    private AuditEntry entry(TakingOver.Found found) {
        return new AuditEntry(
                UUID.randomUUID().toString(),
                AuditEntry.Phase.DONE,
                EventNames.RETAINED_FOUND,
                request.actor(),
                request.commit() == null ? null : request.commit().id(),
                found.branch(),
                found.host(),
                new TreeMap<>(),
                new TreeMap<>(Map.of("database", found.name())),
                request.trigger(),
                "");
    }

    private void end(List<AuditEntry> overrulings, List<Diagnostic> unmarked) {
        AuditEntry.Phase phase = unmarked.isEmpty() ? AuditEntry.Phase.DONE : AuditEntry.Phase.FAILED;
        String why = unmarked.isEmpty() ? "" : ": " + unmarked.getFirst().detail();
        outside.controlPlane()
                .finish(
                        desired.organization(),
                        overrulings.stream()
                                .map(entry -> new Outcome(
                                        entry.as(phase, entry.detail() + why), new Effect.Nothing(), List.of()))
                                .toList());
    }

    /** All that is left of them is overruled, for a plan with others is refused. */
    private List<AuditEntry> overrulings(Lineage lineage) {
        List<AuditEntry> all = new ArrayList<>();
        if (!lineage.old().isEmpty()) {
            all.add(overruling(
                    EventNames.RESTORED, lineage.old(), request.asked().restored()));
        }
        if (!lineage.others().isEmpty()) {
            all.add(overruling(EventNames.TAKEN_OVER, lineage.others(), "by adoption"));
        }
        return all;
    }

    private AuditEntry overruling(String event, List<Lineage.Stray> strays, String why) {
        SortedMap<String, String> forgotten = new TreeMap<>();
        Lineage.words(strays).forEach((host, words) -> forgotten.put("host " + host, words));
        return new AuditEntry(
                UUID.randomUUID().toString(),
                AuditEntry.Phase.INTENT,
                event,
                request.actor(),
                request.commit() == null ? null : request.commit().id(),
                ResourceKey.organization(desired.organization()),
                "",
                forgotten,
                new TreeMap<>(),
                request.trigger(),
                why);
    }

    /** Hosts that this plan does not change; one that can't be opened now goes without. */
    private SortedMap<String, Diagnostic> openOthers(
            Engine.Look look, LeaseKeeper leases, SortedMap<String, OpenHost> open, Set<String> changed) {
        Set<String> others = new TreeSet<>();
        look.seen().forEach((name, seen) -> {
            // What was never made, as the server that comes along, is not made for this.
            if (seen instanceof Observation.Seen there && !there.system().isEmpty() && !changed.contains(name)) {
                others.add(name);
            }
        });
        SortedMap<String, Diagnostic> closed = new TreeMap<>();
        open(others, look, leases, open, HURRY)
                .forEach((name, why) -> closed.put(name, Diagnostic.of(Code.NO_ANCHOR, why.detail(), why.help())));
        return closed;
    }

    /**
     * Before anything is looked at: what an apply that died has sent to a host may still be running there, and what is seen
     * meanwhile would not be how it ends. Taking the host's lock ends it. Who is older than the hosts may end nobody: those are
     * at work for the control plane that went on.
     */
    private void endTheDead(LeaseKeeper leases, SortedMap<String, OpenHost> open) {
        Set<String> left = new TreeSet<>();
        outside.controlPlane()
                .unfinished(desired.organization())
                .forEach(row -> left.add(row.entry().host()));
        if (left.isEmpty()) {
            return;
        }
        Registry registry = outside.controlPlane().read(desired.organization());
        Trust trust = Trust.of(registry, request.trusted());
        SortedMap<String, Host> hosts = Engine.hosts(desired, Planner.applied(registry));
        if (hasStrays(engine.glance(desired.organization(), hosts, trust))) {
            refuseOver(engine.look(desired, request).planned().plan());
            return; // it goes on after another one, on lines of its own, by which nobody is ended
        }
        hosts.keySet().retainAll(left);
        hosts.forEach((name, host) -> {
            try {
                // Another server under its name has no dead of ours, and nothing is written on it.
                if (isSame(registry, host, trust)) {
                    open.put(name, open(host, trust, leases));
                }
            } catch (AxiomException e) {
                if (e.code() == Code.LEASE_HELD) {
                    throw e;
                }
                // It does not let us in, and so the look will say: what is open there stays open.
            }
        });
    }

    private boolean hasStrays(SortedMap<String, Observation> seen) {
        return Lineage.of(outside.controlPlane(), desired.organization(), seen).hasStrays();
    }

    private static void refuseOver(Plan plan) {
        List<Diagnostic> over = plan.refusals().stream()
                .filter(why -> OVER.contains(why.code()))
                .toList();
        if (!over.isEmpty()) {
            throw new AxiomException(over);
        }
    }

    /** The server that was applied to, on which no other control plane has been at work, up to this moment. */
    private boolean isSame(Registry registry, Host host, Trust trust) {
        if (trust.objection(host).isPresent()) {
            return true; // it is not contacted, and opening it says why
        }
        SortedMap<String, Observation> seen =
                new TreeMap<>(Map.of(host.name(), outside.reader().look(host, Probe.NOTHING)));
        return Known.sameServers(registry, seen, "").get(host.name()) instanceof Observation.Seen && !hasStrays(seen);
    }

    /** The organization's own lease, and one for each host, whether it turns out to have changes or not. */
    private Set<String> leaseNames() {
        Desired applied = Planner.applied(outside.controlPlane().read(desired.organization()));
        Set<String> names = new TreeSet<>(Set.of(desired.organization()));
        Engine.hosts(desired, applied).keySet().forEach(host -> names.add(leaseName(host)));
        return names;
    }

    private String leaseName(String host) {
        return desired.organization() + "/" + host;
    }

    private static void refuse(Plan plan, String reviewed) {
        if (!plan.digest().isNamedBy(reviewed)) {
            throw new AxiomException(
                    Diagnostic.of(
                            Code.STALE_PLAN,
                            "reviewed was " + reviewed + ", but by now the plan is "
                                    + plan.digest().abbreviated(),
                            "the file, the control plane or a host has changed since; read the new plan and apply that: axm plan"));
        }
        if (!plan.refusals().isEmpty()) {
            throw new AxiomException(plan.refusals());
        }
    }

    private List<ChangeResult> changes(
            Engine.Look look,
            LeaseKeeper leases,
            SortedMap<String, OpenHost> open,
            HostMarks marks,
            List<Diagnostic> unmarked,
            Progress progress,
            BooleanSupplier end) {
        Plan plan = look.planned().plan();
        if (plan.changes().stream().flatMap(c -> c.steps().stream()).anyMatch(ApplyRun::needsSecrets)) {
            outside.secrets().ready();
        }
        SortedSet<String> changed = changed(plan);
        SortedMap<String, Diagnostic> closed = new TreeMap<>(open(changed, look, leases, open, OPENING));
        closed.values().stream()
                .filter(why -> why.code() == Code.LEASE_HELD)
                .findFirst()
                .ifPresent(why -> {
                    throw new AxiomException(why);
                });
        if (!plan.isEmpty()) {
            SortedMap<String, Diagnostic> none = count(look, leases, open, changed, marks);
            none.forEach((host, why) -> {
                if (changed.contains(host)) {
                    closed.put(host, Diagnostic.of(Code.HOST_UNMARKED, why.detail(), why.help()));
                } else {
                    unmarked.add(why);
                }
            });
        }
        if (!closed.isEmpty()
                && closed.keySet().containsAll(changed)
                && plan.changes().stream().allMatch(change -> closed.containsKey(change.host()))) {
            throw new AxiomException(List.copyOf(closed.values()));
        }
        plan.forgets().keySet().stream()
                .filter(host -> plan.changes().stream()
                        .noneMatch(change -> change.host().equals(host)))
                .flatMap(host -> Stream.ofNullable(closed.get(host)))
                .forEach(unmarked::add);
        StepRunner runner = new StepRunner(
                desired.organization(),
                outside.secrets(),
                outside.hasher(),
                outside.random(),
                outside.files(),
                outside.authority(),
                outside.controlPlane()::now);
        Circumstances circumstances = new Circumstances(
                runner,
                open,
                closed,
                end,
                new SetUnsaid(look.registry(), look.seen())::of,
                look.registry().applied().keySet());
        Applier applier = new Applier(outside.controlPlane(), circumstances, progress);
        String commit = request.commit() == null ? null : request.commit().id();
        return applier.apply(plan, new ApplyRequest(request.actor(), commit, request.trigger()));
    }

    private static boolean needsSecrets(Step step) {
        return step instanceof Step.SetPasswords || step instanceof Step.CarryPasswords;
    }

    /** Hosts that the plan does something on, or that forget something for it. */
    private static SortedSet<String> changed(Plan plan) {
        SortedSet<String> names = new TreeSet<>(plan.forgets().keySet());
        plan.changes().stream().filter(Change::isOnHost).map(Change::host).forEach(names::add);
        return names;
    }

    /**
     * Opens what of them is not open yet.
     *
     * @return those that can't be opened, and why
     */
    private SortedMap<String, Diagnostic> open(
            Collection<String> names,
            Engine.Look look,
            LeaseKeeper leases,
            SortedMap<String, OpenHost> open,
            Duration within) {
        Trust trust = Trust.of(look.registry(), request.trusted());
        AtOnce<Opened> atOnce =
                new AtOnce<>(within, host -> new Opened.Not(HostMarks.late(host, within)), ApplyRun::leave);
        SortedMap<String, Diagnostic> not = new TreeMap<>();
        atOnce.on(
                        names.stream().filter(name -> !open.containsKey(name)).toList(),
                        name -> opened(Objects.requireNonNull(look.hosts().get(name)), trust, leases))
                .forEach((name, opened) -> {
                    switch (opened) {
                        case Opened.Now(OpenHost host) -> open.put(name, host);
                        case Opened.Not(Diagnostic why) -> not.put(name, why);
                    }
                });
        return not;
    }

    /** How an opening ended. */
    private sealed interface Opened {
        record Now(OpenHost host) implements Opened {}

        record Not(Diagnostic why) implements Opened {}
    }

    private Opened opened(Host host, Trust trust, LeaseKeeper leases) {
        try {
            return new Opened.Now(open(host, trust, leases));
        } catch (AxiomException e) {
            return new Opened.Not(e.diagnostics().getFirst());
        }
    }

    private OpenHost open(Host host, Trust trust, LeaseKeeper leases) {
        trust.objection(host).ifPresent(why -> {
            throw new AxiomException(why);
        });
        Lease lease = leases.lease(leaseName(host.name()));
        return new OpenHost(host, lease, outside.writer().open(host, lease));
    }
}
