package io.axiomdb.cli.command;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Progress;
import io.axiomdb.cli.view.ApplyText;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.plan.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells on stderr how an apply goes: a line for each change as it ends, and on a terminal a live line below. */
final class ApplyProgress implements Progress, AutoCloseable {
    private static final String ERASE_LINE = "\r\033[K";
    private static final long TICK_MILLIS = 100;

    private final Terminal terminal;
    private final ApplyText text;
    private final long started = System.nanoTime();
    private final List<Change> running = new ArrayList<>();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    ApplyProgress(Terminal terminal) {
        this.terminal = terminal;
        this.text = new ApplyText(terminal.errStyle());
        if (terminal.live()) {
            ticker.scheduleAtFixedRate(this::draw, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void begun(Change change) {
        running.add(change);
    }

    @Override
    public synchronized void ended(ChangeResult result) {
        boolean begun = running.remove(result.change());
        if (result.status() == ChangeResult.Status.STOPPED && !begun) {
            return; // the total at the end counts them
        }
        terminal.err().print((terminal.live() ? ERASE_LINE : "") + text.ended(result));
        terminal.err().flush();
    }

    private synchronized void draw() {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
        terminal.err().print(ERASE_LINE + text.running(running, elapsed));
        terminal.err().flush();
    }

    @Override
    public synchronized void close() {
        ticker.shutdownNow();
        if (terminal.live()) {
            terminal.err().print(ERASE_LINE);
            terminal.err().flush();
        }
    }
}
