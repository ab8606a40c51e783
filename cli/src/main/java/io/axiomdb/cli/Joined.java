package io.axiomdb.cli;

import io.axiomdb.adapter.controlplane.ControlPlaneDatabase;
import io.axiomdb.adapter.controlplane.JdbcTarget;
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
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.SecretStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The engine with its real adapters, for the time of one command. */
final class Joined implements Opened {
    private static final String URL = "AXM_CONTROL_PLANE_URL";
    private static final String PASSWORD = "AXM_CONTROL_PLANE_PASSWORD";
    private static final String KEY = "AXM_SECRETS_KEY";

    private final Path home;
    private @Nullable EmbeddedServer embedded;
    private final ControlPlaneDatabase controlPlane;
    private final CertificateAuthority authority;
    private final Machines machines;
    private final Engine engine;

    /**
     * Joins them.
     *
     * @param directory what relative paths in references are relative to
     */
    Joined(Map<String, String> environment, Path directory) {
        this.home = Home.of(environment);
        References references = new References(environment, directory, Home.of(environment));
        try {
            this.controlPlane = ControlPlaneDatabase.open(
                    target(environment, references),
                    TinkKey.at(environment.get(KEY), home, environment),
                    ControlPlaneDatabase.LEASE);
        } catch (RuntimeException e) {
            stopEmbedded();
            throw e;
        }
        this.machines = new Machines(references);
        Function<Host, Target> targets = Target.of(references, this::embeddedHost, machines::tunnel);
        SecureRandom random = new SecureRandom();
        this.authority = new Authority(controlPlane.authorities(), controlPlane::now, random);
        this.engine = new Engine(new Outside(
                controlPlane,
                controlPlane.secrets(),
                controlPlane.leases(),
                new PostgresReader(targets),
                new PostgresWriter(targets, ClientTools.onPath(environment.getOrDefault("PATH", ""))),
                new SshFiles(
                        machines,
                        (host, port) ->
                                AdministratorLogin.prove(Target.of(references, this::embeddedHost, (_, _) -> port)
                                        .apply(host)),
                        controlPlane::now),
                authority,
                new ScramHasher(),
                random,
                Who.holder()));
    }

    private JdbcTarget target(Map<String, String> environment, References references) {
        String url = environment.getOrDefault(URL, "");
        if (url.isBlank()) {
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
        return JdbcTarget.parse(url, password(environment.getOrDefault(PASSWORD, ""), references));
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
        return engine.apply(desired, request, reviewed, progress, stop);
    }

    @Override
    public NetworkLook network(Desired desired, Collection<Host> hosts) {
        return engine.network(desired, hosts);
    }

    @Override
    public ControlPlane controlPlane() {
        return controlPlane;
    }

    @Override
    public SecretStore secrets() {
        return controlPlane.secrets();
    }

    @Override
    public CertificateAuthority authority() {
        return authority;
    }

    @Override
    public int embeddedPort() {
        return embedded().port();
    }

    @Override
    public void close() {
        try (machines) {
            controlPlane.close();
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
