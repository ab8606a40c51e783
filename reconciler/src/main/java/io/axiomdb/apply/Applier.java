package io.axiomdb.apply;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.core.AxiomException;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/**
 * Makes the changes of a plan: intents first, then steps, hosts and branches in parallel, each outcome as it comes. A
 * change that fails takes along only what needs it.
 */
public final class Applier {
    /** The knee on small hosts; more connections only wait for each other. */
    private static final int WORKERS_PER_HOST = 4;

    private final ControlPlane controlPlane;
    private final Circumstances circumstances;
    private final Progress progress;
    private final Map<String, Semaphore> workers = new ConcurrentHashMap<>();
    private final Map<ResourceKey, CompletableFuture<Boolean>> ends = new LinkedHashMap<>();
    private final Map<ResourceKey, SortedSet<ResourceKey>> turns = new HashMap<>();

    /** Ready to apply one plan. */
    public Applier(ControlPlane controlPlane, Circumstances circumstances, Progress progress) {
        this.controlPlane = controlPlane;
        this.circumstances = circumstances;
        this.progress = progress;
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
        turns.putAll(plan.turns());
        Map<String, ChangeResult> results = new ConcurrentHashMap<>();
        try (OutcomeRecorder recorder = new OutcomeRecorder(controlPlane, plan.organization());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ChangeWorker worker = new ChangeWorker(circumstances, progress, recorder);
            List<Future<?>> running = new ArrayList<>();
            byResource.forEach((resource, ofResource) ->
                    running.add(threads.submit(() -> resource(resource, ofResource, worker, results))));
            running.forEach(Applier::join);
        }
        return mutations.stream()
                .map(m -> Objects.requireNonNull(results.get(m.change().id())))
                .toList();
    }

    /** The changes of one resource, one after the other. */
    private void resource(
            ResourceKey resource, List<Mutation> mutations, ChangeWorker worker, Map<String, ChangeResult> results) {
        boolean well = false;
        try {
            boolean soFar = true;
            for (Mutation mutation : mutations) {
                ChangeResult result = soFar ? one(mutation, worker) : worker.skip(mutation, resource);
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

    private ChangeResult one(Mutation mutation, ChangeWorker worker) {
        Change change = mutation.change();
        turns.getOrDefault(change.resource(), Collections.emptySortedSet())
                .forEach(before -> Objects.requireNonNull(ends.get(before)).join());
        Optional<ResourceKey> failed = change.needs().stream()
                .filter(need -> !Objects.requireNonNull(ends.get(need)).join())
                .findFirst();
        if (failed.isPresent()) {
            return worker.skip(mutation, failed.get());
        }
        Semaphore free = workers.computeIfAbsent(change.host(), _ -> new Semaphore(WORKERS_PER_HOST));
        free.acquireUninterruptibly();
        try {
            return worker.perform(mutation);
        } finally {
            free.release();
        }
    }
}
