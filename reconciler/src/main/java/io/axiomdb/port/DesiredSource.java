package io.axiomdb.port;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the bytes of axiomdb.yaml and of the files it includes come from: a directory, or a commit. */
public interface DesiredSource {
    /** The root file as the user named it. */
    String root();

    /**
     * Reads one file, up to one byte more than the limit.
     *
     * @param path relative to the directory of the root file
     * @throws java.io.IOException when there is none, or it can't be read
     */
    byte[] read(String path, int limit) throws IOException;

    /**
     * Files that a pattern names, sorted.
     *
     * @param pattern one directory level at a time, such as {@code projects/*.yaml}; never leaves the root's directory
     */
    List<String> match(String pattern) throws IOException;

    /** The commit that the files belong to; null outside Git or with uncommitted edits. */
    @Nullable
    Commit commit();

    /** A commit, for people and for the audit trail. */
    record Commit(String id, String subject) {}
}
