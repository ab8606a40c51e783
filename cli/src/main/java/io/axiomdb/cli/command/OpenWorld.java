package io.axiomdb.cli.command;

import io.axiomdb.apply.Progress;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.Anchor;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.NetworkLook;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.engine.TrailLook;
import io.axiomdb.load.Loaded;
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.SecretStore;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A world whose control plane is open already and stays so when a command is done with it.
 *
 * @param heard is told of every plan that is made
 */
record OpenWorld(World world, Opened opened, Consumer<Planned> heard) implements World {
    @Override
    public Opened open(Path file, Opening opening) {
        return new Shared(opened, heard);
    }

    @Override
    public String upgradeControlPlane(Path file, Consumer<String> notice) {
        return world.upgradeControlPlane(file, notice);
    }

    @Override
    public Terminal terminal() {
        return world.terminal();
    }

    @Override
    public String version() {
        return world.version();
    }

    @Override
    public Path installation() {
        return world.installation();
    }

    @Override
    public String actor() {
        return world.actor();
    }

    @Override
    public DesiredSource source(Path file) {
        return world.source(file);
    }

    @Override
    public Workspace workspace() {
        return world.workspace();
    }

    @Override
    public Loaded validate(DesiredSource source) {
        return world.validate(source);
    }

    @Override
    public Hosts hosts(Path file, SortedSet<String> trusted) {
        return world.hosts(file, trusted);
    }

    @Override
    public Stop stop() {
        return world.stop();
    }

    @Override
    public World at(Path home) {
        return world.at(home);
    }

    private record Shared(Opened opened, Consumer<Planned> heard) implements Opened {
        @Override
        public Planned plan(Desired desired, Request request) {
            Planned planned = opened.plan(desired, request);
            heard.accept(planned);
            return planned;
        }

        @Override
        public Planned drift(String organization, Request request) {
            return opened.drift(organization, request);
        }

        @Override
        public Optional<ApplyReport> runDue(
                String organization, Request due, Consumer<Planned> planned, Progress progress, BooleanSupplier stop) {
            return opened.runDue(organization, due, planned, progress, stop);
        }

        @Override
        public ApplyReport apply(
                Desired desired, Request request, String reviewed, Progress progress, BooleanSupplier stop) {
            return opened.apply(desired, request, reviewed, progress, stop);
        }

        @Override
        public NetworkLook network(Desired desired, Collection<Host> hosts) {
            return opened.network(desired, hosts);
        }

        @Override
        public TrailLook trail(Desired desired, SortedMap<String, Anchor> anchors, SortedSet<String> trusted) {
            return opened.trail(desired, anchors, trusted);
        }

        @Override
        public ControlPlane controlPlane() {
            return opened.controlPlane();
        }

        @Override
        public SecretStore secrets() {
            return opened.secrets();
        }

        @Override
        public CertificateAuthority authority() {
            return opened.authority();
        }

        @Override
        public KeyRenewal keys() {
            return opened.keys();
        }

        @Override
        public int embeddedPort() {
            return opened.embeddedPort();
        }

        @Override
        public void close() {}
    }
}
