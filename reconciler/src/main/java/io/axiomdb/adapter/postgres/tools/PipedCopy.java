package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.port.HostWriter.HostFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * pg_dump of one database into pg_restore of another, in streams that are stored nowhere. What users wrote (functions in
 * checks, generated columns and indexes run while rows arrive) is restored over a login that is a member of the copy's
 * owner and nothing more. Before, while nothing that users wrote is there, an administrator makes the extensions and
 * fills their tables from a pg_dump of their own. Both read the same moment.
 */
public final class PipedCopy {
    private final Path bin;
    private final int major;
    private final ToolLogin administrator;
    private final ToolLogin restorer;
    private final Set<Program> running = ConcurrentHashMap.newKeySet();

    /**
     * Ready to copy.
     *
     * @param bin where pg_dump and pg_restore are
     * @param major their version, which is the server's: newer ones send settings that it refuses
     * @param administrator reads the original, and makes and fills extensions
     * @param restorer restores all else
     */
    public PipedCopy(Path bin, int major, ToolLogin administrator, ToolLogin restorer) {
        this.bin = bin;
        this.major = major;
        this.administrator = administrator;
        this.restorer = restorer;
    }

    /** What is copied, held as of one moment. */
    public interface Original {
        /** Its name. */
        String database();

        /** The moment, as pg_export_snapshot() names it. */
        String snapshot();

        /** Those that are in it at that moment and did not come with the server. */
        Extensions extensions();

        /** Holds it no longer: a dump that has begun does so by itself. */
        void letGo() throws HostFailure;
    }

    /** Ends its programs, which wait for a server that does not answer; what runs it fails then. */
    public void stop() {
        running.forEach(Program::kill);
    }

    /**
     * Copies, for as long as it takes. What is half restored when it throws stays.
     *
     * @param to a database that is there and empty, but for the schemas that extensions are in
     */
    public void run(Original original, String to, boolean schemaOnly) throws HostFailure {
        try (Entry privilegedEntry = Entry.of(administrator, major);
                Entry restoringEntry = Entry.of(restorer, major)) {
            Tools privileged = new Tools(bin, privilegedEntry.environment(), running);
            Tools restoring = new Tools(bin, restoringEntry.environment(), running);
            Extensions extensions = original.extensions();
            if (!extensions.names().isEmpty()) {
                try (Program dump = privileged.dump(original, extensions.only(schemaOnly))) {
                    Archive archive = Archive.begin(dump, privileged);
                    archive.restore(privileged, to, archive.contents().only(extensions));
                }
            }
            try (Program dump = privileged.dump(original, extensions.without(schemaOnly))) {
                Archive archive = Archive.begin(dump, restoring);
                original.letGo();
                archive.restore(restoring, to, archive.contents().without(extensions));
            }
        } catch (IOException e) {
            throw HostFailure.refused(
                    "pg_dump or pg_restore on this machine: " + e.getMessage(),
                    "see that they can be run, and that there is room for temporary files",
                    e);
        }
    }
}
