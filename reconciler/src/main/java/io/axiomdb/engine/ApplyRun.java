package io.axiomdb.engine;

import io.axiomdb.apply.Applier;
import io.axiomdb.apply.ApplyRequest;
import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Circumstances;
import io.axiomdb.apply.LeaseKeeper;
import io.axiomdb.apply.OpenHost;
import io.axiomdb.apply.Progress;
import io.axiomdb.apply.StepRunner;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Planner;
import io.axiomdb.plan.Step;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Lease;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** One apply, from the leases to the proof. */
final class ApplyRun {
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
        try (LeaseKeeper leases = LeaseKeeper.acquire(outside.leases(), leaseNames(), outside.holder())) {
            Engine.Look look = engine.look(desired, request);
            Plan plan = look.planned().plan();
            refuse(plan, reviewed);
            Unfinished.resolve(outside.controlPlane(), desired.organization(), look);
            long start = System.nanoTime();
            BooleanSupplier end = () -> stop.getAsBoolean() || leases.lost().isPresent();
            List<ChangeResult> results = changes(look, leases, progress, end);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            leases.lost().ifPresent(why -> {
                throw why;
            });
            return new ApplyReport(results, engine.plan(desired, request.afterwards()), took);
        }
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

    private List<ChangeResult> changes(Engine.Look look, LeaseKeeper leases, Progress progress, BooleanSupplier end) {
        Plan plan = look.planned().plan();
        SortedMap<String, OpenHost> open = new TreeMap<>();
        if (plan.changes().stream().flatMap(c -> c.steps().stream()).anyMatch(Step.SetPasswords.class::isInstance)) {
            outside.secrets().ready();
        }
        try {
            open(plan, look.hosts(), leases, open);
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
                    change -> alreadySet(look, change),
                    look.registry().applied().keySet());
            Applier applier = new Applier(outside.controlPlane(), circumstances, progress);
            String commit = request.commit() == null ? null : request.commit().id();
            return applier.apply(plan, new ApplyRequest(request.actor(), commit, request.trigger()));
        } finally {
            open.values().forEach(host -> host.session().close());
        }
    }

    private void open(Plan plan, SortedMap<String, Host> hosts, LeaseKeeper leases, SortedMap<String, OpenHost> open) {
        plan.changes().stream()
                .filter(change -> !change.steps().isEmpty())
                .map(Change::host)
                .distinct()
                .sorted()
                .forEach(name -> {
                    Host host = Objects.requireNonNull(hosts.get(name));
                    Lease lease = leases.lease(leaseName(name));
                    open.put(name, new OpenHost(host, lease, outside.writer().open(host, lease)));
                });
    }

    /** Passwords of a branch that a crashed apply had set without living to say so: the host was seen to have them. */
    private static List<Credential> alreadySet(Engine.Look look, Change change) {
        if (change.action().takesAway() || !(look.seen().get(change.host()) instanceof Observation.Seen seen)) {
            return List.of();
        }
        Set<Object> marks = new HashSet<>();
        seen.state().roles().values().forEach(role -> marks.add(role.password()));
        return Stream.concat(pending(look.registry()), kept(look.registry(), change))
                .filter(credential -> credential
                                .key()
                                .project()
                                .equals(change.resource().project())
                        && credential.key().branch().equals(change.resource().name()))
                .filter(credential -> marks.contains(credential.mark()))
                .toList();
    }

    private static Stream<Credential> pending(Registry registry) {
        return registry.credentials().values().stream()
                .flatMap(List::stream)
                .filter(credential -> credential.state() == Credential.State.PENDING);
    }

    /** What comes back has the passwords with which it was set aside. */
    private static Stream<Credential> kept(Registry registry, Change change) {
        return registry.removed().stream()
                .filter(removed ->
                        change.action() == Action.UNDELETE && removed.id().equals(change.removed()))
                .flatMap(removed -> removed.credentials().stream());
    }
}
