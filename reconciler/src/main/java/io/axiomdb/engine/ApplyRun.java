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
import io.axiomdb.registry.Lease;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
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
        goesOn(look);
        new Unfinished(look).resolve(outside.controlPlane(), desired.organization());
        long start = System.nanoTime();
        BooleanSupplier end = () -> stop.getAsBoolean() || leases.lost().isPresent();
        List<ChangeResult> results = changes(look, leases, open, progress, end);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        leases.lost().ifPresent(why -> {
            throw why;
        });
        Mark mark = outside.controlPlane().mark(desired.organization());
        List<Diagnostic> unmarked =
                results.isEmpty() ? List.of() : HostMarks.end(outside, desired.organization(), open.values(), mark);
        return new ApplyReport(results, engine.plan(desired, request.afterwards()), took, mark.anchor(), unmarked);
    }

    /** Marks that somebody overrules by name are in the trail before anything else is, for hosts forget them. */
    private void goesOn(Engine.Look look) {
        if (look.lineage().overruled().isEmpty()) {
            return;
        }
        boolean restored = look.lineage().others().isEmpty();
        outside.controlPlane()
                .record(
                        desired.organization(),
                        new AuditEntry(
                                UUID.randomUUID().toString(),
                                AuditEntry.Phase.DONE,
                                restored ? EventNames.RESTORED : EventNames.TAKEN_OVER,
                                request.actor(),
                                request.commit() == null
                                        ? null
                                        : request.commit().id(),
                                ResourceKey.organization(desired.organization()),
                                "",
                                look.lineage().overruled(),
                                new TreeMap<>(),
                                request.trigger(),
                                restored ? request.asked().restored() : "by adoption"));
    }

    /**
     * A number for this apply, durable here and on every host that was seen, before its first effect. A control plane that was
     * set back to before it knows by that.
     */
    private void count(Engine.Look look, LeaseKeeper leases, SortedMap<String, OpenHost> open) {
        openOthers(look, leases, open);
        Mark mark = outside.controlPlane()
                .next(desired.organization(), look.lineage().highest());
        boolean anew =
                !look.lineage().old().isEmpty() || !look.lineage().others().isEmpty();
        List<Diagnostic> unmarked =
                HostMarks.begin(outside, desired.organization(), open.values(), mark, desired.keepRemovedDays(), anew);
        if (!unmarked.isEmpty()) {
            throw new AxiomException(unmarked);
        }
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
            Progress progress,
            BooleanSupplier end) {
        Plan plan = look.planned().plan();
        if (plan.changes().stream().flatMap(c -> c.steps().stream()).anyMatch(ApplyRun::needsSecrets)) {
            outside.secrets().ready();
        }
        open(plan, look, leases, open);
        if (!plan.isEmpty()) {
            count(look, leases, open);
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
        plan.changes().stream()
                // What is taken over as it is still gets this control plane's mark.
                .filter(change -> !change.steps().isEmpty() || change.action() == Action.ADOPT)
                .map(Change::host)
                .distinct()
                .sorted()
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
