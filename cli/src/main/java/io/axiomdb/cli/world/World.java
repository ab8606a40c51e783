package io.axiomdb.cli.world;

import io.axiomdb.load.Loaded;
import io.axiomdb.port.DesiredSource;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.function.Consumer;

/** Everything a command needs from outside. */
public interface World {
    Terminal terminal();

    /** The version of axm. */
    String version();

    /** The directory that axm was installed or cloned into. */
    Path installation();

    /** Who we are when nobody says so: AXM_ACTOR, Git's user.email, the user of the operating system. */
    String actor();

    /** The file and what it includes. Nothing is read yet. */
    DesiredSource source(Path file);

    /** Where files are written and commits are made. */
    Workspace workspace();

    /** Reads it and finds every problem. */
    Loaded validate(DesiredSource source);

    /**
     * Joins the control plane, starting the embedded one where none is configured and it was made before.
     *
     * @param file the configuration; relative paths in its references begin where it stands
     * @throws io.axiomdb.core.AxiomException of groups 03 and 04
     */
    Opened open(Path file, Opening opening);

    /**
     * Makes the control plane's schema or brings it up to date; does nothing when it is.
     *
     * @param file as above
     * @param notice gets what is about to be done, before it is
     * @return where it is, for people
     * @throws io.axiomdb.core.AxiomException of groups 03 and 04
     */
    String upgradeControlPlane(Path file, Consumer<String> notice);

    /**
     * Hosts alone, without a control plane. Nothing is opened yet.
     *
     * @param file the configuration; relative paths in its references begin where it stands
     * @param trusted hosts that are contacted though their addresses were never applied
     */
    Hosts hosts(Path file, SortedSet<String> trusted);

    /** Listens for Ctrl-C and SIGTERM until closed. */
    Stop stop();

    /** The same world with another data directory and the control plane in it. */
    World at(Path home);

    /** What a command may do to the control plane. */
    enum Opening {
        /** Nothing: the control plane's server refuses what would write. One that was not made counts as empty. */
        LOOK,
        /** Write rows where it is there and of this version, such as who saw a password. */
        RECORD,
        /** Upgrade it, and make it once a plan is applied. */
        APPLY
    }

    /** Whether somebody asked to stop. */
    interface Stop extends AutoCloseable {
        boolean asked();

        @Override
        void close();
    }
}
