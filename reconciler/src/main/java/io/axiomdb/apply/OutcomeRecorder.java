package io.axiomdb.apply;

import io.axiomdb.core.AxiomException;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.Note;
import io.axiomdb.port.ControlPlane.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes outcomes as they come, as many at once as have gathered while the last ones were written. If the control plane
 * goes away, work stops; what is on hosts by then is found by the next run, because the intents are there.
 */
final class OutcomeRecorder implements AutoCloseable {
    private sealed interface Item {}

    private record Write(Outcome outcome) implements Item {}

    private record Written(Note note, CompletableFuture<Void> done) implements Item {}

    private record End() implements Item {}

    private final ControlPlane controlPlane;
    private final String organization;
    private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
    private final Thread writer;
    private volatile @Nullable Throwable failure;

    OutcomeRecorder(ControlPlane controlPlane, String organization) {
        this.controlPlane = controlPlane;
        this.organization = organization;
        this.writer = Thread.ofVirtual().name("axm-outcomes").start(this::write);
    }

    void add(Outcome outcome) {
        queue.add(new Write(outcome));
    }

    boolean hasFailed() {
        return failure != null;
    }

    /**
     * Writes a note once all outcomes before it are written, and waits for that: they may be what it is about.
     *
     * @throws RuntimeException when the control plane did not take it, normally an AxiomException
     */
    void note(Note note) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        queue.add(new Written(note, done));
        try {
            done.join();
        } catch (CompletionException e) {
            throw told(e.getCause());
        }
    }

    private void write() {
        boolean open = true;
        try {
            while (open) {
                List<Item> items = new ArrayList<>(List.of(queue.take()));
                queue.drainTo(items);
                List<Outcome> outcomes = new ArrayList<>();
                for (Item item : items) {
                    switch (item) {
                        case Write(Outcome outcome) -> outcomes.add(outcome);
                        case Written(Note note, CompletableFuture<Void> done) -> {
                            finish(outcomes);
                            outcomes.clear();
                            write(note, done);
                        }
                        case End() -> open = false;
                    }
                }
                finish(outcomes);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void finish(List<Outcome> outcomes) {
        if (!outcomes.isEmpty()) {
            unlessFailed(() -> controlPlane.finish(organization, List.copyOf(outcomes)));
        }
    }

    private void write(Note note, CompletableFuture<Void> done) {
        unlessFailed(() -> controlPlane.note(organization, note));
        Throwable why = failure;
        if (why == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(why);
        }
    }

    private void unlessFailed(Runnable write) {
        if (failure == null) {
            try {
                write.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
    }

    private static RuntimeException told(@Nullable Throwable failure) {
        return failure instanceof AxiomException told
                ? told
                : new IllegalStateException("the control plane could not be written to", failure);
    }

    /**
     * Waits until all is written.
     *
     * @throws RuntimeException when the control plane did not take it, normally an AxiomException; work has stopped by then
     */
    @Override
    public void close() {
        queue.add(new End());
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while outcomes were being written", e);
        }
        if (failure != null) {
            throw told(failure);
        }
    }
}
