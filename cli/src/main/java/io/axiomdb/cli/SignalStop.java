package io.axiomdb.cli;

import io.axiomdb.cli.command.Exit;
import io.axiomdb.cli.world.World;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ctrl-C and SIGTERM: the first asks to stop between two steps, the second ends the process at once. What that leaves
 * half done, the next run finds by its audit intents.
 */
final class SignalStop implements World.Stop {
    private final PrintStream err;
    private final List<Runnable> restore;
    private volatile boolean asked;

    SignalStop(PrintStream err) {
        this.err = err;
        this.restore = Stream.of("INT", "TERM")
                .map(name -> Signals.handle(name, this::received))
                .toList();
    }

    private void received() {
        if (asked) {
            Runtime.getRuntime().halt(Exit.INTERRUPTED);
        }
        asked = true;
        err.print("\naxm: stopping after the step that runs now; once more ends at once\n");
        err.flush();
    }

    @Override
    public boolean asked() {
        return asked;
    }

    @Override
    public void close() {
        restore.forEach(Runnable::run);
    }
}
