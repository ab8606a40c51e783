package io.axiomdb.apply;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.port.HostWriter.Session;
import io.axiomdb.registry.Credential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the changes of a plan: intents first, then steps, hosts and branches in parallel, each outcome as it comes. A
 * change that fails takes along only what needs it.
 */
public final class Applier {
    /** The knee on small hosts; more connections only wait for each other. */
    private static final int WORKERS_PER_HOST = 4;

    private final ControlPlane controlPlane;
    private final StepRunner runner;
    private final Map<String, Session> sessions;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final Function<Change, List<Credential>> alreadySet;
    private final Set<ResourceKey> begunBefore;
    private final Map<String, Semaphore> workers = new ConcurrentHashMap<>();
    private final Map<ResourceKey, CompletableFuture<Boolean>> ends = new LinkedHashMap<>();

    /**
     * Ready to apply one plan.
     *
     * @param sessions open hosts, one for each host that has steps
     * @param stop asked before each step
     * @param alreadySet credentials of a branch that the host was seen to have and nobody had confirmed
     * @param begunBefore resources that stood in the registry before this apply: their claims are never given up, for
     *     something of them may be on the host
     */
    public Applier(
            ControlPlane controlPlane,
            StepRunner runner,
            Map<String, Session> sessions,
            Progress progress,
            BooleanSupplier stop,
            Function<Change, List<Credential>> alreadySet,
            Set<ResourceKey> begunBefore) {
        this.controlPlane = controlPlane;
        this.runner = runner;
        this.sessions = sessions;
        this.progress = progress;
        this.stop = stop;
        this.alreadySet = alreadySet;
        this.begunBefore = Set.copyOf(begunBefore);
    }

    /**
     * Makes all changes it can.
     *
     * @return results in the order of the plan
     * @throws AxiomException when the control plane takes no intents or outcomes
     */
    public List<ChangeResult> apply(Plan plan, ApplyRequest request) {
        List<Mutation> mutations = plan.changes().stream()
                .map(change -> Mutation.of(change, request))
                .toList();
        controlPlane.begin(
                plan.organization(), mutations.stream().map(Mutation::toIntent).toList());
        Map<ResourceKey, List<Mutation>> byResource = mutations.stream()
                .collect(Collectors.groupingBy(m -> m.change().resource(), LinkedHashMap::new, Collectors.toList()));
        byResource.keySet().forEach(resource -> ends.put(resource, new CompletableFuture<>()));
        Map<String, ChangeResult> results = new ConcurrentHashMap<>();
        try (OutcomeRecorder recorder = new OutcomeRecorder(controlPlane, plan.organization());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            byResource.forEach((resource, ofResource) ->
                    running.add(threads.submit(() -> resource(resource, ofResource, recorder, results))));
            running.forEach(Applier::join);
        }
        return mutations.stream()
                .map(m -> Objects.requireNonNull(results.get(m.change().id())))
                .toList();
    }

    /** The changes of one resource, one after the other. */
    private void resource(
            ResourceKey resource,
            List<Mutation> mutations,
            OutcomeRecorder recorder,
            Map<String, ChangeResult> results) {
        boolean well = false;
        try {
            boolean soFar = true;
            for (Mutation mutation : mutations) {
                ChangeResult result = soFar ? one(mutation, recorder) : skipped(mutation, resource, recorder);
                soFar = soFar && result.status() == Status.DONE;
                results.put(mutation.change().id(), result);
                synchronized (progress) {
                    progress.ended(result);
                }
            }
            well = soFar;
        } finally {
            Objects.requireNonNull(ends.get(resource)).complete(well);
        }
    }

    /** What nobody expected goes to the caller; the intents are there, so the next run finds out what was done. */
    private static void join(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while changes were being made", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a change ended in a way that nobody expected", e.getCause());
        }
    }

    private ChangeResult one(Mutation mutation, OutcomeRecorder recorder) {
        Change change = mutation.change();
        Optional<ResourceKey> failed = change.needs().stream()
                .filter(need -> !Objects.requireNonNull(ends.get(need)).join())
                .findFirst();
        if (failed.isPresent()) {
            return skipped(mutation, failed.get(), recorder);
        }
        Semaphore worker = workers.computeIfAbsent(change.host(), _ -> new Semaphore(WORKERS_PER_HOST));
        worker.acquireUninterruptibly();
        try {
            return perform(mutation, recorder);
        } finally {
            worker.release();
        }
    }

    private ChangeResult perform(Mutation mutation, OutcomeRecorder recorder) {
        Change change = mutation.change();
        long start = System.nanoTime();
        if (mustStop(recorder)) {
            return end(mutation, Status.STOPPED, start, stopped(change, 0), giveUp(change), List.of(), recorder);
        }
        synchronized (progress) {
            progress.begun(change);
        }
        List<Credential> confirmed = new ArrayList<>(alreadySet.apply(change));
        int done = 0;
        for (Step step : change.steps()) {
            if (done > 0 && mustStop(recorder)) {
                return end(
                        mutation,
                        Status.STOPPED,
                        start,
                        stopped(change, done),
                        new Effect.Nothing(),
                        confirmed,
                        recorder);
            }
            try {
                Session session = Objects.requireNonNull(sessions.get(change.host()), change.host());
                confirmed.addAll(runner.perform(step, session));
            } catch (HostFailure failure) {
                Effect effect = done == 0 && isRefusal(failure) ? giveUp(change) : new Effect.Nothing();
                return end(
                        mutation,
                        Status.FAILED,
                        start,
                        failed(change, done, step, failure),
                        effect,
                        confirmed,
                        recorder);
            } catch (AxiomException e) {
                return end(
                        mutation,
                        Status.FAILED,
                        start,
                        e.diagnostics().getFirst(),
                        new Effect.Nothing(),
                        confirmed,
                        recorder);
            }
            done++;
        }
        return end(mutation, Status.DONE, start, null, mutation.success(), confirmed, recorder);
    }

    private boolean mustStop(OutcomeRecorder recorder) {
        return stop.getAsBoolean() || recorder.hasFailed();
    }

    /** The host said no to a transaction as a whole; a lost connection says nothing. */
    private static boolean isRefusal(HostFailure failure) {
        return !failure.sqlState().isEmpty()
                && !failure.sqlState().startsWith("08")
                && !failure.sqlState().startsWith("57");
    }

    private Effect giveUp(Change change) {
        return switch (change.action()) {
            case CREATE ->
                begunBefore.contains(change.resource()) ? new Effect.Nothing() : new Effect.GiveUp(change.resource());
            case REMOVE, UPDATE, REPAIR -> new Effect.Nothing();
        };
    }

    private static Diagnostic failed(Change change, int done, Step step, HostFailure failure) {
        String state = failure.sqlState().isEmpty() ? "" : " (SQLSTATE " + failure.sqlState() + ")";
        return Diagnostic.of(
                Code.STEP_FAILED,
                change.source(),
                change.resource() + " on host " + change.host() + ", step " + (done + 1) + " of "
                        + change.steps().size() + ", " + step.title() + ": " + failure.getMessage() + state,
                done == 0
                        ? "nothing of this change was made"
                        : "the steps before it stay, which is safe; mend the cause, then plan and apply again");
    }

    private static Diagnostic stopped(Change change, int done) {
        return Diagnostic.of(
                Code.STOPPED,
                change.source(),
                change.resource() + ": " + done + " of " + change.steps().size() + " steps were made",
                "plan and apply again to go on");
    }

    private ChangeResult skipped(Mutation mutation, ResourceKey because, OutcomeRecorder recorder) {
        Change change = mutation.change();
        Diagnostic why = Diagnostic.of(
                Code.BLOCKED,
                change.source(),
                change.resource() + " was skipped, because it needs " + because,
                "mend that first, then plan and apply again");
        return end(mutation, Status.SKIPPED, System.nanoTime(), why, giveUp(change), List.of(), recorder);
    }

    private static ChangeResult end(
            Mutation mutation,
            Status status,
            long start,
            @Nullable Diagnostic why,
            Effect effect,
            List<Credential> confirmed,
            OutcomeRecorder recorder) {
        String detail = why == null ? mutation.change().reason() : why.detail();
        recorder.add(new Outcome(mutation.intent().as(phase(status), detail), effect, confirmed));
        return new ChangeResult(mutation.change(), status, why, Duration.ofNanos(System.nanoTime() - start));
    }

    private static Phase phase(Status status) {
        return switch (status) {
            case DONE -> Phase.DONE;
            case FAILED, SKIPPED -> Phase.FAILED;
            case STOPPED -> Phase.STOPPED;
        };
    }
}
