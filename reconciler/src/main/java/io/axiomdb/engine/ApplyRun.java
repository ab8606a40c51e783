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
import io.axiomdb.plan.Action;
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

/** One apply, from the leases to the proof. */
final class ApplyRun {
    private static final System.Logger LOG = System.getLogger(ApplyRun.class.getName());

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
        new Unfinished(look).resolve(outside.controlPlane(), desired.organization());
        long start = System.nanoTime();
        BooleanSupplier end = () -> stop.getAsBoolean() || leases.lost().isPresent();
        HostMarks marks =
                new HostMarks(outside, desired.organization(), look.lineage().kept());
        List<ChangeResult> results = changes(look, leases, open, marks, progress, end);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        leases.lost().ifPresent(why -> {
            throw why;
        });
        Mark mark = outside.controlPlane().mark(desired.organization());
        List<Diagnostic> unmarked = marks.end(open.values(), mark);
        return new ApplyReport(results, engine.plan(desired, request.afterwards()), took, mark.anchor(), unmarked);
    }

    /**
     * A number for this apply, durable here and on every host that was seen, before its first effect. A control plane that was
     * set back to before it knows by that. What hosts forget for it is in the trail before they do.
     */
    private void count(Engine.Look look, LeaseKeeper leases, SortedMap<String, OpenHost> open, HostMarks marks) {
        openOthers(look, leases, open);
        ControlPlane controlPlane = outside.controlPlane();
        List<AuditEntry> overrulings = overrulings(look.lineage());
        if (!overrulings.isEmpty()) {
            controlPlane.begin(
                    desired.organization(),
                    overrulings.stream().map(entry -> new Intent(entry, null)).toList());
            takeIn(look);
        }
        Mark mark = controlPlane.next(desired.organization(), look.lineage().highest());
        List<Diagnostic> unmarked = marks.begin(open.values(), mark, desired.keepRemovedDays());
        if (!overrulings.isEmpty()) {
            end(overrulings, unmarked);
        }
        if (!unmarked.isEmpty()) {
            throw new AxiomException(unmarked);
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
    private void openOthers(Engine.Look look, LeaseKeeper leases, SortedMap<String, OpenHost> open) {
        Trust trust = Trust.of(look.registry(), request.trusted());
        look.seen().forEach((name, seen) -> {
            // What was never made, as the server that comes along, is not made for this.
            if (seen instanceof Observation.Seen there && !there.system().isEmpty() && !open.containsKey(name)) {
                try {
                    open.put(name, open(Objects.requireNonNull(look.hosts().get(name)), trust, leases));
                } catch (AxiomException e) {
                    LOG.log(System.Logger.Level.DEBUG, "host " + name + " gets no mark", e);
                }
            }
        });
    }

    /**
     * Before anything is looked at: what an apply that died has sent to a host may still be running there, and what is seen
     * meanwhile would not be how it ends. Taking the host's lock ends it.
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

    private boolean isSame(Registry registry, Host host, Trust trust) {
        if (trust.objection(host).isPresent()) {
            return true; // it is not contacted, and opening it says why
        }
        Observation seen = outside.reader().look(host, Probe.NOTHING);
        return Known.sameServers(registry, new TreeMap<>(Map.of(host.name(), seen)), "")
                        .get(host.name())
                instanceof Observation.Seen;
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
            Progress progress,
            BooleanSupplier end) {
        Plan plan = look.planned().plan();
        if (plan.changes().stream().flatMap(c -> c.steps().stream()).anyMatch(ApplyRun::needsSecrets)) {
            outside.secrets().ready();
        }
        open(plan, look, leases, open);
        if (!plan.isEmpty()) {
            count(look, leases, open, marks);
        }
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

    private void open(Plan plan, Engine.Look look, LeaseKeeper leases, SortedMap<String, OpenHost> open) {
        Trust trust = Trust.of(look.registry(), request.trusted());
        SortedSet<String> names = new TreeSet<>(plan.forgets().keySet());
        plan.changes().stream()
                // What is taken over as it is still gets this control plane's mark.
                .filter(change -> !change.steps().isEmpty() || change.action() == Action.ADOPT)
                .map(Change::host)
                .forEach(names::add);
        names.stream()
                .filter(name -> !open.containsKey(name))
                .forEach(name ->
                        open.put(name, open(Objects.requireNonNull(look.hosts().get(name)), trust, leases)));
    }

    private OpenHost open(Host host, Trust trust, LeaseKeeper leases) {
        trust.objection(host).ifPresent(why -> {
            throw new AxiomException(why);
        });
        Lease lease = leases.lease(leaseName(host.name()));
        return new OpenHost(host, lease, outside.writer().open(host, lease));
    }
}
