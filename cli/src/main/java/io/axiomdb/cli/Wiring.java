package io.axiomdb.cli;

import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.adapter.git.HeadCommit;
import io.axiomdb.cli.command.Axm;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.cli.world.World;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.port.DesiredSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.logging.LogManager;

/** The real world: joins the engine with its adapters as the environment says. */
final class Wiring implements World {
    private final Terminal terminal;

    Wiring(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Terminal terminal() {
        return terminal;
    }

    @Override
    public String version() {
        return Axm.VERSION;
    }

    @Override
    public Path installation() {
        return Path.of(System.getProperty("axm.root", "."));
    }

    @Override
    public String actor() {
        return Who.actor(terminal.environment());
    }

    @Override
    public DesiredSource source(Path file) {
        return new DirectorySource(file, HeadCommit::of);
    }

    @Override
    public Workspace workspace() {
        return new LocalFiles(Clock.systemUTC(), terminal.environment());
    }

    @Override
    public Loaded validate(DesiredSource source) {
        return Loader.load(source, Instant.now());
    }

    @Override
    public Opened open(Path file, Opening opening) {
        silenceLibraries();
        return new Joined(terminal.environment(), directory(file), opening, this::note);
    }

    @Override
    public String upgradeControlPlane(Path file, Consumer<String> notice) {
        silenceLibraries();
        try (Joined joined = new Joined(terminal.environment(), directory(file), Opening.APPLY, notice)) {
            return joined.make();
        }
    }

    private void note(String words) {
        terminal.err().println("axm: " + words);
        terminal.err().flush();
    }

    @Override
    public Hosts hosts(Path file, SortedSet<String> trusted) {
        silenceLibraries();
        return new LoggedIn(terminal.environment(), directory(file), trusted);
    }

    private static Path directory(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        return directory == null ? Path.of("/") : directory;
    }

    /** What libraries log is not for users; what matters to them arrives as an exception. */
    private static void silenceLibraries() {
        LogManager.getLogManager().reset();
    }

    @Override
    public Stop stop() {
        return new SignalStop(terminal.err());
    }

    @Override
    public World at(Path home) {
        return new Wiring(terminal.with("AXM_HOME", home.toString()));
    }
}
