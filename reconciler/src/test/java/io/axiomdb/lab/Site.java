package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.controlplane.ControlPlaneDatabase;
import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.adapter.pki.Authority;
import io.axiomdb.adapter.postgres.AdministratorLogin;
import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.ScramHasher;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.adapter.secrets.References;
import io.axiomdb.adapter.secrets.TinkKey;
import io.axiomdb.adapter.ssh.Enrollment;
import io.axiomdb.adapter.ssh.Machines;
import io.axiomdb.adapter.ssh.SshFiles;
import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.Actor;
import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Engine;
import io.axiomdb.engine.Outside;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.host.Access;
import io.axiomdb.host.Inventory;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Lab.Host;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Plan;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A whole AxiomDB without the command line, that manages the first host of a lab. Nothing is faked. */
final class Site implements AutoCloseable {
    static final String ORGANIZATION = "acme";

    private static final SortedSet<String> HOSTS = new TreeSet<>(List.of("db1"));
    private static final References REFERENCES =
            new References(Map.of("AXM_SECRET_DIRS", "/"), Path.of("/"), Path.of("/"));
    private static final AtomicInteger COUNT = new AtomicInteger();

    final Lab lab;
    final Host host;
    final Sources sources;
    final ControlPlaneDatabase controlPlane;
    final Machines machines;
    final SshFiles files;
    final Authority authority;
    final Outside outside;
    final Engine engine;

    final JdbcTarget target;
    final Path home;

    private Site(Lab lab, JdbcTarget target) throws IOException {
        this(lab, target, Files.createTempDirectory("axm-home-"));
    }

    private Site(Lab lab, JdbcTarget target, Path home) {
        this.lab = lab;
        this.host = lab.host();
        this.sources = new Sources(lab);
        this.target = target;
        this.home = home;
        this.controlPlane =
                ControlPlaneDatabase.open(target, TinkKey.at(null, home, Map.of()), ControlPlaneDatabase.LEASE);
        this.machines = new Machines(REFERENCES);
        this.files =
                new SshFiles(machines, (to, port) -> AdministratorLogin.prove(target(to, port)), controlPlane::now);
        SecureRandom random = new SecureRandom();
        this.authority = new Authority(controlPlane.authorities(), controlPlane::now, random);
        this.outside = outside(controlPlane, machines, files, authority, random, "test");
        this.engine = new Engine(outside);
    }

    private static Outside outside(
            ControlPlaneDatabase controlPlane,
            Machines machines,
            SshFiles files,
            Authority authority,
            SecureRandom random,
            String holder) {
        Function<io.axiomdb.desired.Host, Target> targets = Target.of(REFERENCES, Site::noEmbedded, machines::tunnel);
        return new Outside(
                controlPlane,
                controlPlane.secrets(),
                controlPlane.leases(),
                new PostgresReader(targets),
                new PostgresWriter(targets, ClientTools::none),
                files,
                authority,
                new ScramHasher(),
                random,
                holder);
    }

    /** An apply by itself, with nothing of a lab: what a process of its own does. */
    static void applyOnce(JdbcTarget target, Path home, Desired desired, BiFunction<Plan, Outside, Outside> around) {
        try (ControlPlaneDatabase controlPlane = ControlPlaneDatabase.open(
                        target, TinkKey.at(null, home, Map.of()), ControlPlaneDatabase.LEASE);
                Machines machines = new Machines(REFERENCES)) {
            SshFiles files =
                    new SshFiles(machines, (to, port) -> AdministratorLogin.prove(target(to, port)), controlPlane::now);
            SecureRandom random = new SecureRandom();
            Authority authority = new Authority(controlPlane.authorities(), controlPlane::now, random);
            Outside outside = outside(controlPlane, machines, files, authority, random, "child");
            Plan plan = new Engine(outside).plan(desired, request()).plan();
            new Engine(around.apply(plan, outside))
                    .apply(desired, request(), plan.digest().hex(), Progress.NONE, () -> false);
        }
    }

    private static Target target(io.axiomdb.desired.Host to, int port) {
        return Target.of(REFERENCES, Site::noEmbedded, (_, _) -> port).apply(to);
    }

    private static Target noEmbedded() {
        throw new AssertionError("no host of a lab is embedded");
    }

    /** With the host enrolled. */
    static Site on(Lab lab) {
        return enrolled(unenrolled(lab));
    }

    /** With the host enrolled, and the control plane somewhere else than in the server that tests share. */
    static Site on(Lab lab, JdbcTarget controlPlane) throws IOException {
        return enrolled(new Site(lab, controlPlane));
    }

    /** The same, as a process that is started now finds it. */
    static Site again(Site other) {
        return new Site(other.lab, other.target, other.home);
    }

    private static Site enrolled(Site site) {
        new Enrollment(site.machines).enroll(site.declared(), "root");
        return site;
    }

    private static Site unenrolled(Lab lab) {
        Server newest = Servers.of(18);
        String database = "site_" + COUNT.incrementAndGet();
        String url = "jdbc:postgresql://" + Server.ADDRESS + ":" + newest.port() + "/postgres";
        try (Connection connection = DriverManager.getConnection(
                        url, newest.user(), newest.password().reveal());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
            return new Site(
                    lab,
                    new JdbcTarget(
                            Server.ADDRESS,
                            newest.port(),
                            database,
                            newest.user(),
                            newest.password(),
                            "disable",
                            null));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything on the host's server. */
    Inventory inventory() {
        return new PostgresReader(Target.of(REFERENCES, Site::noEmbedded, machines::tunnel)).inventory(declared());
    }

    /** The host as the file declares it. */
    io.axiomdb.desired.Host declared() {
        return Objects.requireNonNull(
                desired(new Policy(List.of(new Project("none", "restricted", List.of(), List.of()))))
                        .hosts()
                        .get("db1"));
    }

    /** The host's fields in axiomdb.yaml. */
    String fields() {
        return """
                postgres: { url: "postgresql://127.0.0.1:%d/postgres", user: %s, password: "file:%s" }
                ssh:
                  address: "%s"
                  port: %d
                  user: %s
                  key: "file:%s"
                  host_keys: ["%s"]
                public_endpoint: "%s"
                ports: { direct: %d, runtime: %d }
                """.formatted(
                        host.postgresPort(),
                        host.postgresAdmin(),
                        host.postgresPasswordFile(),
                        host.ipv4(),
                        host.sshPort(),
                        host.sshUser(),
                        host.sshPrivateKey(),
                        host.sshHostKey(),
                        host.ipv4(),
                        host.postgresPort(),
                        host.poolerPort());
    }

    Desired desired(Policy policy) {
        return Declaring.desired(policy.yaml(fields()), Instant.now());
    }

    static Request request() {
        return new Request(
                new Actor("dba@acme.example", false, null, "test"), "manual", null, Asked.of(Set.of(), 5), HOSTS);
    }

    Planned plan(Policy policy) {
        return engine.plan(desired(policy), request());
    }

    /** What the host should let in. */
    Access access(Policy policy) {
        return Objects.requireNonNull(
                        AccessCompiler.compile(desired(policy), Instant.now()).get("db1"))
                .access();
    }

    /** Plans and applies exactly that; whatever comes of it. */
    ApplyReport apply(Policy policy) {
        Desired desired = desired(policy);
        String digest = engine.plan(desired, request()).plan().digest().hex();
        return engine.apply(desired, request(), digest, Progress.NONE, () -> false);
    }

    /** Applies it, sees everything done, and sees nothing left to do. */
    void converge(Policy policy) {
        ApplyReport report = apply(policy);
        assertThat(report.results().stream()
                        .filter(result -> result.status() != Status.DONE)
                        .map(result -> result.change().resource() + ": " + result.why()))
                .isEmpty();
        nothingIsLeft(report.after());
        nothingIsLeft(plan(policy));
    }

    private static void nothingIsLeft(Planned planned) {
        assertThat(planned.plan().changes().stream()
                        .map(change -> change.resource() + ": " + change.reason() + " " + change.fields()))
                .isEmpty();
        assertThat(planned.plan().blocked()).isEmpty();
        assertThat(planned.plan().heldBack()).isEmpty();
    }

    List<Door> doors(Policy policy) {
        return Ground.doors(policy, desired(policy));
    }

    int number(String port) {
        return port.equals(Oracle.RUNTIME) ? host.poolerPort() : host.postgresPort();
    }

    /** Someone at an address who knows a role's password, before a door. */
    Attempt attempt(InetAddress from, Door door, RoleKind kind) {
        return new Attempt(
                sources.namespace(from),
                from.getHostAddress(),
                from instanceof Inet4Address ? host.ipv4() : host.ipv6(),
                number(door.port()),
                door.names().database(),
                door.names().role(kind),
                password(door, kind));
    }

    String password(Door door, RoleKind kind) {
        return controlPlane
                .secrets()
                .current(ORGANIZATION, new CredentialKey(door.project(), door.branch(), kind))
                .orElseThrow()
                .password()
                .reveal();
    }

    Layers layers() {
        return Layers.of(lab, host);
    }

    String yaml(Policy policy) {
        return policy.yaml(fields());
    }

    @Override
    public void close() {
        machines.close();
        controlPlane.close();
    }
}
