package io.axiomdb.apply;

import io.axiomdb.core.AxiomException;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes outcomes as they come, as many at once as have gathered while the last ones were written. If the control plane
 * goes away, work stops; what is on hosts by then is found by the next run, because the intents are there.
 */
final class OutcomeRecorder implements AutoCloseable {
    private sealed interface Item {}

    private record Write(Outcome outcome) implements Item {}

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
                        case End() -> open = false;
                    }
                }
                if (!outcomes.isEmpty()) {
                    controlPlane.finish(organization, outcomes);
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
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
        switch (failure) {
            case null -> {}
            case AxiomException told -> throw told;
            case Throwable other -> throw new IllegalStateException("outcomes could not be written", other);
        }
    }
}
