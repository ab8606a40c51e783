package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.postgres.AdministratorLogin;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.secrets.References;
import io.axiomdb.core.Origin;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Host.Ssh;
import io.axiomdb.lab.Lab;
import io.axiomdb.port.HostWriter.HostFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hosts of a lab as axiomdb.yaml would declare them, and the adapters joined as the command line joins them. */
final class LabHosts {
    static final References REFERENCES = new References(Map.of("AXM_SECRET_DIRS", "/"), Path.of("/"), Path.of("/"));

    private LabHosts() {}

    static Host of(Lab.Host host) {
        return of(host, ssh(host, host.ipv4()));
    }

    static Host of(Lab.Host host, Ssh ssh) {
        return new Host(
                host.name(),
                new Host.Server(
                        "127.0.0.1",
                        host.postgresPort(),
                        "postgres",
                        host.postgresAdmin(),
                        new SecretRef(
                                SecretRef.Kind.FILE, host.postgresPasswordFile().toString())),
                ssh,
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                host.postgresPort(),
                host.poolerPort(),
                Host.Tls.DISABLE,
                Origin.UNKNOWN);
    }

    static Ssh ssh(Lab.Host host, String address) {
        return new Ssh(address, host.sshPort(), host.sshUser(), key(host), keys(host.sshHostKey()), null);
    }

    static Ssh through(Ssh target, @Nullable Ssh jump) {
        return new Ssh(target.address(), target.port(), target.user(), target.key(), target.hostKeys(), jump);
    }

    static SecretRef key(Lab.Host host) {
        return new SecretRef(SecretRef.Kind.FILE, host.sshPrivateKey().toString());
    }

    static TreeSet<String> keys(String key) {
        return new TreeSet<>(List.of(key));
    }

    static Function<Host, Target> targets(Machines machines) {
        return Target.of(REFERENCES, LabHosts::noEmbedded, machines::tunnel);
    }

    static SshFiles files(Machines machines) {
        return new SshFiles(machines, LabHosts::prove, Instant::now);
    }

    static void prove(Host host, int port) throws HostFailure {
        AdministratorLogin.prove(
                Target.of(REFERENCES, LabHosts::noEmbedded, (_, _) -> port).apply(host));
    }

    private static Target noEmbedded() {
        throw new AssertionError("no embedded server here");
    }
}
