package io.axiomdb.host;

/** How a database is copied while it may be in use. */
public sealed interface CopyWay {
    /** What the name of a database begins with in which a copy is made, until it has its branch's name. */
    String UNFINISHED = "axm_new_";

    /** How many may connect while somebody works in it: the login that restores or runs a script, and nobody else. */
    int CONNECTIONS = 9;

    /**
     * By the server itself, from files: CREATE DATABASE ... TEMPLATE. Nobody may be connected to the original while it
     * runs, and whoever wants to connect waits.
     *
     * @param endsSessions whether those who are connected are disconnected; otherwise the server refuses while there are any
     * @param clones whether the server is told to clone files: where the file system shares blocks, nothing is copied
     *     until it is written to
     */
    record Template(boolean endsSessions, boolean clones) implements CopyWay {}

    /**
     * By pg_dump and pg_restore, as of one moment; only who alters or empties a table waits.
     *
     * @param place where the tools run
     * @param schemaOnly whether rows stay behind
     */
    record Dump(Place place, boolean schemaOnly) implements CopyWay {}

    /** Where tools run. */
    enum Place {
        /** On the host itself, through the host helper. */
        HOST,
        /** On this machine. */
        HERE
    }
}
