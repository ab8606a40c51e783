package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.port.HostWriter.HostFailure;
import java.io.IOException;
import java.nio.file.Path;

/**
 * pg_dump of one database into pg_restore of another, in one stream that is stored nowhere. What users wrote (functions
 * in checks, generated columns and indexes run while rows arrive) is restored over a login that is a member of the
 * copy's owner and nothing more. An administrator makes the extensions alone, while nothing that a user wrote is there.
 */
public final class PipedCopy {
    private final Path bin;
    private final int major;
    private final Login administrator;
    private final Login restorer;

    /**
     * Ready to copy.
     *
     * @param bin where pg_dump and pg_restore are
     * @param major their version, which is the server's: newer ones send settings that it refuses
     * @param administrator reads the original and makes extensions
     * @param restorer restores all else
     */
    public PipedCopy(Path bin, int major, Login administrator, Login restorer) {
        this.bin = bin;
        this.major = major;
        this.administrator = administrator;
        this.restorer = restorer;
    }

    /** What an administrator does in the copy while it is made. */
    public interface Rights {
        /** Lets the copy's owner fill the tables in which extensions keep users' rows. */
        void give() throws HostFailure;

        /** Takes that back. */
        void take() throws HostFailure;
    }

    /**
     * Copies, for as long as it takes. What is half restored when it throws stays.
     *
     * @param to a database that is there and empty
     */
    public void run(String from, String to, boolean schemaOnly, Rights rights) throws HostFailure {
        try (PasswordFile admins = PasswordFile.of(administrator.password());
                PasswordFile restorers = PasswordFile.of(restorer.password())) {
            Tools privileged = new Tools(bin, administrator.environment(major, admins.path()));
            Tools restoring = new Tools(bin, restorer.environment(major, restorers.path()));
            try (Program dump = privileged.dump(from, schemaOnly)) {
                Archive archive = Archive.begin(dump, restoring);
                archive.restoreFromHead(privileged, restoring, to);
                rights.give();
                archive.restoreRest(restoring, to);
                rights.take();
            }
        } catch (IOException e) {
            throw HostFailure.refused(
                    "pg_dump or pg_restore on this machine: " + e.getMessage(),
                    "see that they can be run, and that there is room for temporary files",
                    e);
        }
    }
}
