package io.axiomdb.cli;

import io.axiomdb.adapter.files.WholeFile;
import io.axiomdb.adapter.git.CommitSource;
import io.axiomdb.adapter.git.FileCommit;
import io.axiomdb.adapter.git.GitProgram;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.core.AxiomException;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.SortedSet;

/** Files and repositories of this machine, and a clock. */
public final class LocalFiles implements Workspace {
    private final Clock clock;
    private final Map<String, String> environment;

    /**
     * A machine's files.
     *
     * @param environment the caller's
     */
    public LocalFiles(Clock clock, Map<String, String> environment) {
        this.clock = clock;
        this.environment = Map.copyOf(environment);
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
    public Commit commit(Path file, String before, String after, String message, SortedSet<String> secrets) {
        FileCommit commit = FileCommit.prepared(new GitProgram(environment, secrets), file);
        replace(file, before, after);
        try {
            return commit.commit(message);
        } catch (AxiomException e) {
            WholeFile.put(file, before);
            throw e;
        }
    }

    @Override
    public DesiredSource at(Path file, String revision) {
        return new CommitSource(file, revision);
    }
}
