package io.axiomdb.apply;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.port.ControlPlane.Settled;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Identity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes one change at a time, step by step, and records how it ended. Thread-safe. */
final class ChangeWorker {
    private final Circumstances circumstances;
    private final Progress progress;
    private final OutcomeRecorder recorder;

    ChangeWorker(Circumstances circumstances, Progress progress, OutcomeRecorder recorder) {
        this.circumstances = circumstances;
        this.progress = progress;
        this.recorder = recorder;
    }

    ChangeResult perform(Mutation mutation) {
        Change change = mutation.change();
        Ending ending = new Ending(mutation, System.nanoTime());
        if (mustStop()) {
            return ending.at(Status.STOPPED, Endings.stopped(change, 0), giveUp(change));
        }
        Diagnostic closed = change.isOnHost() ? circumstances.closed().get(change.host()) : null;
        if (closed != null) {
            return ending.at(Status.FAILED, closed, giveUp(change));
        }
        synchronized (progress) {
            progress.begun(change);
        }
        ending.confirmed.addAll(circumstances.alreadySet().apply(change));
        Making making;
        try {
            making = Making.begin(mutation, recorder, circumstances.runner()::draw);
        } catch (AxiomException e) {
            return ending.at(Status.FAILED, e.diagnostics().getFirst(), giveUp(change));
        }
        int done = 0;
        for (Step planned : change.steps()) {
            Step step = making.named(planned);
            if (done > 0 && mustStop()) {
                Diagnostic why = Endings.stopped(change, done);
                // What is made of a new branch waits for the next apply; who used one before gets it back at once.
                List<Step> undo = change.action() == Action.CREATE ? List.of() : change.undoing(done);
                return undo.isEmpty()
                        ? ending.at(Status.STOPPED, why, new Effect.Nothing())
                        : undo(undo, why, "", Status.STOPPED, ending, making);
            }
            try {
                OpenHost host = Objects.requireNonNull(circumstances.hosts().get(change.host()), change.host());
                ending.made(circumstances.runner().perform(step, host, making));
            } catch (HostFailure failure) {
                Diagnostic why = Endings.failed(change, done, step, failure);
                if (!failure.isRefusal() && done == change.steps().size() - 1) {
                    return ending.unknown(why);
                }
                List<Step> undo = isAlive(failure) ? change.undoing(done) : List.of();
                if (!undo.isEmpty()) {
                    return undo(undo, why, failure.help(), Status.FAILED, ending, making);
                }
                Effect effect = done == 0 && failure.isRefusal() ? giveUp(change) : new Effect.Nothing();
                return ending.at(Status.FAILED, why, effect);
            } catch (AxiomException e) {
                Diagnostic why = e.diagnostics().getFirst();
                List<Step> undo = change.undoing(done + 1);
                return undo.isEmpty()
                        ? ending.at(Status.FAILED, why, new Effect.Nothing())
                        : undo(undo, why, why.help(), Status.FAILED, ending, making);
            }
            done++;
        }
        ending.settled.addAll(making.done());
        ending.identities.putAll(change.settles().identities());
        return ending.at(Status.DONE, null, mutation.success());
    }

    /** The server answers; undoing looks at what is there, so that it need not be known what the step did. */
    private static boolean isAlive(HostFailure failure) {
        return failure.isRefusal() || failure.sqlState().startsWith("57");
    }

    /** Half of it is of no use to anybody, or keeps everybody out. */
    private ChangeResult undo(
            List<Step> steps, Diagnostic why, String help, Status status, Ending ending, Making making) {
        Change change = ending.mutation.change();
        try {
            OpenHost host = Objects.requireNonNull(circumstances.hosts().get(change.host()), change.host());
            for (Step step : steps) {
                circumstances.runner().perform(making.named(step), host, making);
            }
        } catch (HostFailure failure) {
            return ending.at(status, Endings.notUndone(change, why, failure), new Effect.Nothing());
        }
        ending.confirmed.clear();
        ending.settled.addAll(making.undone());
        return ending.at(status, Endings.undone(change, why, help, status), giveUp(change));
    }

    ChangeResult skip(Mutation mutation, ResourceKey because) {
        Change change = mutation.change();
        Ending ending = new Ending(mutation, System.nanoTime());
        return ending.at(Status.SKIPPED, Endings.skipped(change, because), giveUp(change));
    }

    private boolean mustStop() {
        return circumstances.stop().getAsBoolean() || recorder.hasFailed();
    }

    private Effect giveUp(Change change) {
        return switch (change.action()) {
            case CREATE, ADOPT ->
                circumstances.begunBefore().contains(change.resource())
                        ? new Effect.Nothing()
                        : new Effect.GiveUp(change.resource());
            case PURGE, REMOVE, UNDELETE, ACCEPT, RENAME, RESET, UPDATE, REPAIR -> new Effect.Nothing();
        };
    }

    /** The end of one change: what is recorded and what is told are the same. */
    private final class Ending {
        private final Mutation mutation;
        private final long start;
        private final List<Credential> confirmed = new ArrayList<>();
        private final List<String> left = new ArrayList<>();
        private final List<Diagnostic> notices = new ArrayList<>();
        private final List<Settled> settled = new ArrayList<>();
        private final SortedMap<ResourceKey, Identity> identities = new TreeMap<>();

        Ending(Mutation mutation, long start) {
            this.mutation = mutation;
            this.start = start;
        }

        void made(StepRunner.Done done) {
            notices.addAll(done.notices());
            confirmed.addAll(done.credentials());
            left.addAll(done.left());
        }

        ChangeResult at(Status status, @Nullable Diagnostic why, Effect effect) {
            String detail = why == null
                    ? String.join(
                            "; ",
                            Stream.concat(Stream.of(mutation.change().reason()), left.stream())
                                    .toList())
                    : why.detail();
            recorder.add(
                    new Outcome(mutation.intent().as(phase(status), detail), effect, confirmed, settled, identities));
            return result(status, why);
        }

        /**
         * The last step may have been made, and with it the change: nobody knows, and so the trail does not say. The intent
         * stays open until the next apply looks.
         */
        ChangeResult unknown(Diagnostic why) {
            return result(Status.FAILED, why);
        }

        private ChangeResult result(Status status, @Nullable Diagnostic why) {
            return new ChangeResult(
                    mutation.change(), status, why, Duration.ofNanos(System.nanoTime() - start), toKnow(status));
        }

        private List<Diagnostic> toKnow(Status status) {
            return status == Status.DONE
                    ? Stream.concat(Endings.left(mutation.change(), left).stream(), notices.stream())
                            .toList()
                    : List.of();
        }

        private static Phase phase(Status status) {
            return switch (status) {
                case DONE -> Phase.DONE;
                case FAILED, SKIPPED -> Phase.FAILED;
                case STOPPED -> Phase.STOPPED;
            };
        }
    }
}
