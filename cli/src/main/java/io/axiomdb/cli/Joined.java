package io.axiomdb.cli;

import io.axiomdb.adapter.controlplane.ControlPlaneDatabase;
import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.adapter.controlplane.Plane;
import io.axiomdb.adapter.embedded.EmbeddedServer;
import io.axiomdb.adapter.pki.Authority;
import io.axiomdb.adapter.postgres.AdministratorLogin;
import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.ScramHasher;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.adapter.secrets.References;
import io.axiomdb.adapter.secrets.TinkKey;
import io.axiomdb.adapter.ssh.Machines;
import io.axiomdb.adapter.ssh.SshFiles;
import io.axiomdb.apply.Progress;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Engine;
import io.axiomdb.engine.NetworkLook;
import io.axiomdb.engine.Outside;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.engine.TrailLook;
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.SecretStore;
import io.axiomdb.registry.ControlPlaneSite;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The engine with its real adapters, for the time of one command. */
final class Joined implements Opened {
    private static final String URL = "AXM_CONTROL_PLANE_URL";
    private static final String PASSWORD = "AXM_CONTROL_PLANE_PASSWORD";
    private static final String KEY = "AXM_SECRETS_KEY";

    private final Opening opening;
    private final Consumer<String> notice;
    private final Map<String, String> environment;
    private final References references;
    private final Path home;
    private final Machines machines;
    private final SecureRandom random = new SecureRandom();
    private @Nullable EmbeddedServer embedded;
    private Plane plane;
    private CertificateAuthority authority;
    private Engine engine;

    /**
     * Joins them.
     *
     * @param directory what relative paths in references are relative to
     * @param notice gets what is about to be done to the control plane itself
     */
    Joined(Map<String, String> environment, Path directory, Opening opening, Consumer<String> notice) {
        this.opening = opening;
        this.notice = notice;
        this.environment = environment;
        this.home = Home.of(environment);
        this.references = new References(environment, directory, home);
        this.machines = new Machines(references);
        try {
            this.plane = existing();
        } catch (RuntimeException e) {
            machines.close();
            stopEmbedded();
            throw e;
        }
        this.authority = authority(plane);
        this.engine = engine(plane);
    }

    private CertificateAuthority authority(Plane of) {
        return new Authority(of.authorities(), of::now, random);
    }

    private Engine engine(Plane of) {
        Function<Host, Target> targets = Target.of(references, this::embeddedHost, machines::tunnel);
        return new Engine(new Outside(
                of,
                of.secrets(),
                of.leases(),
                new MadeHosts(new PostgresReader(targets), () -> EmbeddedServer.exists(home)),
                new PostgresWriter(targets, ClientTools.onPath(environment.getOrDefault("PATH", ""))),
                new SshFiles(
                        machines,
                        (host, port) ->
                                AdministratorLogin.prove(Target.of(references, this::embeddedHost, (_, _) -> port)
                                        .apply(host)),
                        of::now),
                authority(of),
                new ScramHasher(),
                random,
                Who.holder()));
    }

    /** What is there, upgraded where that is allowed; empty where nothing was made. */
    private Plane existing() {
        if (isEmbedded() && !EmbeddedServer.exists(home)) {
            return ControlPlaneDatabase.notMade(
                    Clock.systemUTC(), new ControlPlaneSite("", EmbeddedServer.DATABASE, EmbeddedServer.USER, true));
        }
        JdbcTarget target = target();
        TinkKey key = key();
        try {
            return ControlPlaneDatabase.existing(target, key, ControlPlaneDatabase.LEASE, opening == Opening.LOOK);
        } catch (AxiomException e) {
            if (e.code() != Code.CONTROL_PLANE_OLDER || opening != Opening.APPLY) {
                throw e;
            }
            return ControlPlaneDatabase.open(target, key, ControlPlaneDatabase.LEASE, notice);
        }
    }

    /** Makes the control plane where there is none; returns where it is. */
    String make() {
        if (!plane.exists()) {
            if (opening != Opening.APPLY) {
                throw new IllegalStateException("a look makes no control plane");
            }
            plane.close();
            plane = ControlPlaneDatabase.open(target(), key(), ControlPlaneDatabase.LEASE, notice);
            authority = authority(plane);
            engine = engine(plane);
        }
        return isEmbedded() ? "in " + home : "at " + target();
    }

    private boolean isEmbedded() {
        return environment.getOrDefault(URL, "").isBlank();
    }

    private TinkKey key() {
        return TinkKey.at(environment.get(KEY), home, environment);
    }

    private JdbcTarget target() {
        if (isEmbedded()) {
            EmbeddedServer server = embedded();
            return new JdbcTarget(
                    EmbeddedServer.ADDRESS,
                    server.port(),
                    EmbeddedServer.DATABASE,
                    EmbeddedServer.USER,
                    server.password(),
                    "disable",
                    null);
        }
        return JdbcTarget.parse(
                environment.getOrDefault(URL, ""), password(environment.getOrDefault(PASSWORD, ""), references));
    }

    private static @Nullable Secret password(String reference, References references) {
        if (reference.isBlank()) {
            return null;
        }
        SecretRef ref = SecretRef.parse(reference)
                .orElseThrow(() -> new AxiomException(Diagnostic.of(
                        Code.BAD_SECRET_REF,
                        PASSWORD + " is not env:NAME or file:path",
                        "put the password into a variable of its own and say " + PASSWORD + "=env:NAME")));
        return references.resolve(ref);
    }

    private synchronized EmbeddedServer embedded() {
        if (embedded == null) {
            if (opening != Opening.APPLY && !EmbeddedServer.exists(home)) {
                throw new AxiomException(Diagnostic.of(
                        Code.NOT_FOUND,
                        "the embedded PostgreSQL in " + home + " was never made",
                        "axm apply makes it"));
            }
            embedded = EmbeddedServer.start(home);
        }
        return embedded;
    }

    private Target embeddedHost() {
        EmbeddedServer server = embedded();
        return new Target(
                EmbeddedServer.ADDRESS,
                server.port(),
                EmbeddedServer.DATABASE,
                EmbeddedServer.USER,
                server.password(),
                Host.Tls.DISABLE);
    }

    @Override
    public Planned plan(Desired desired, Request request) {
        return engine.plan(desired, request);
    }

    @Override
    public Planned drift(String organization, Request request) {
        return engine.drift(organization, request);
    }

    @Override
    public Optional<ApplyReport> runDue(
            String organization, Request due, Consumer<Planned> planned, Progress progress, BooleanSupplier stop) {
        return engine.runDue(organization, due, planned, progress, stop);
    }

    @Override
    public ApplyReport apply(
            Desired desired, Request request, String reviewed, Progress progress, BooleanSupplier stop) {
        make();
        return engine.apply(desired, request, reviewed, progress, stop);
    }

    @Override
    public NetworkLook network(Desired desired, Collection<Host> hosts) {
        return engine.network(desired, hosts);
    }

    @Override
    public TrailLook trail(Desired desired, SortedMap<String, Anchor> anchors, SortedSet<String> trusted) {
        return engine.trail(desired, anchors, trusted);
    }

    @Override
    public ControlPlane controlPlane() {
        return plane;
    }

    @Override
    public SecretStore secrets() {
        return plane.secrets();
    }

    @Override
    public CertificateAuthority authority() {
        return authority;
    }

    @Override
    public KeyRenewal keys() {
        return plane.keys();
    }

    @Override
    public int embeddedPort() {
        return embedded().port();
    }

    @Override
    public void close() {
        try (machines) {
            plane.close();
        } finally {
            stopEmbedded();
        }
    }

    private synchronized void stopEmbedded() {
        if (embedded != null) {
            embedded.close();
            embedded = null;
        }
    }
}
