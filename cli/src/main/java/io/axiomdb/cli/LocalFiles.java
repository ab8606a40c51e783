package io.axiomdb.cli;

import io.axiomdb.adapter.files.WholeFile;
import io.axiomdb.adapter.git.CommitSource;
import io.axiomdb.adapter.git.FileCommit;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;

/** Files and repositories of this machine, and a clock. */
public final class LocalFiles implements Workspace {
    private final Clock clock;

    public LocalFiles(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void replace(Path file, String before, String after) {
        WholeFile.replace(file, before, after);
    }

    @Override
    public void create(Path file, String text) {
        WholeFile.create(file, text);
    }

    @Override
    public void requireClean(Path file) {
        FileCommit.requireClean(file);
    }

    @Override
    public Commit commit(Path file, String message) {
        return FileCommit.commit(file, message);
    }

    @Override
    public DesiredSource at(Path file, String revision) {
        return new CommitSource(file, revision);
    }
}
