package io.axiomdb.cli.world;

import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedSet;

/** What commands do with the configuration's files and their history, and when. */
public interface Workspace {
    Instant now();

    /**
     * Puts an edit in the place of what was read, whole or not at all.
     *
     * @throws io.axiomdb.core.AxiomException FILE_CHANGED, WRITE_FAILED
     */
    void replace(Path file, String before, String after);

    /**
     * Writes a new file.
     *
     * @throws io.axiomdb.core.AxiomException FILE_EXISTS, WRITE_FAILED
     */
    void create(Path file, String text);

    /**
     * Replaces a file's text and commits that edit alone: both, or neither.
     *
     * @param secrets names of environment variables that hold secrets; no hook gets to see them
     * @throws io.axiomdb.core.AxiomException UNCOMMITTED, COMMIT_FAILED, GIT, FILE_CHANGED, WRITE_FAILED
     */
    Commit commit(Path file, String before, String after, String message, SortedSet<String> secrets);

    /**
     * The configuration as a commit holds it.
     *
     * @throws io.axiomdb.core.AxiomException NO_SUCH_COMMIT, GIT
     */
    DesiredSource at(Path file, String revision);
}
