package io.axiomdb.cli.world;

import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.time.Instant;

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
     * Makes sure that a commit of the file will hold nothing but the edit that comes next.
     *
     * @throws io.axiomdb.core.AxiomException UNCOMMITTED, GIT
     */
    void requireClean(Path file);

    /**
     * Commits the file alone.
     *
     * @throws io.axiomdb.core.AxiomException COMMIT_FAILED, GIT
     */
    Commit commit(Path file, String message);

    /**
     * The configuration as a commit holds it.
     *
     * @throws io.axiomdb.core.AxiomException NO_SUCH_COMMIT, GIT
     */
    DesiredSource at(Path file, String revision);
}
