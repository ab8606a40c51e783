package io.axiomdb.adapter.postgres;

import io.axiomdb.adapter.postgres.tools.PipedCopy;
import io.axiomdb.adapter.postgres.tools.ToolLogin;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostWriter.HostFailure;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * Copies a server's databases with programs of this machine.
 *
 * @param programs the directories that hold them, by major version
 * @param major version of the server
 * @param name the application_name of this epoch's connections
 */
record ToolRun(Supplier<SortedMap<Integer, Path>> programs, int major, String name) {
    void copy(Target target, DumpCopy copy, PipedCopy.Original original, Pulse pulse) throws HostFailure {
        Path bin = programs.get().get(major);
        if (bin == null) {
            throw HostFailure.refused(
                    "pg_dump and pg_restore of PostgreSQL " + major + " are not on this machine any more",
                    "install postgresql-client-" + major,
                    null);
        }
        ToolLogin administrator = new ToolLogin(
                target.login(""), name, Pins.COPY.quiet(major, false).options());
        ToolLogin restorer =
                new ToolLogin(target.as(copy.login(), copy.password()).login(""), name, Pins.restoring(major));
        PipedCopy piped = new PipedCopy(bin, major, administrator, restorer);
        Pulse.Watch watch = pulse.over(piped::stop);
        try (watch) {
            piped.run(original, copy.to(), copy.schemaOnly());
        }
    }
}
