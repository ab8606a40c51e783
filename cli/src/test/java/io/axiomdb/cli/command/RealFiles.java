package io.axiomdb.cli.command;

import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.adapter.files.WholeFile;
import io.axiomdb.adapter.git.CommitSource;
import io.axiomdb.adapter.git.FileCommit;
import io.axiomdb.adapter.git.HeadCommit;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.time.Instant;

/** The real files of a directory, and a clock that stands still. */
final class RealFiles implements Workspace {
    static final Instant NOW = Instant.parse("2026-11-22T10:20:30.456Z");

    @Override
    public Instant now() {
        return NOW;
    }

    static DesiredSource source(Path file) {
        return new DirectorySource(file, HeadCommit::of);
    }

    static Loaded load(DesiredSource source) {
        return Loader.load(source, NOW);
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
