package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Workspace;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedSet;

/** For commands that write no file. */
final class NoWorkspace implements Workspace {
    @Override
    public Instant now() {
        return FakeWorld.CLOCK.instant();
    }

    @Override
    public void replace(Path file, String before, String after) {
        throw new AssertionError("wrote " + file);
    }

    @Override
    public void create(Path file, String text) {
        throw new AssertionError("wrote " + file);
    }

    @Override
    public Commit commit(Path file, String before, String after, String message, SortedSet<String> secrets) {
        throw new AssertionError("committed " + file);
    }

    @Override
    public DesiredSource at(Path file, String revision) {
        throw new AssertionError("read " + file + " at " + revision);
    }
}
