package io.axiomdb.cli.world;

import io.axiomdb.apply.Progress;
import io.axiomdb.core.Anchor;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.NetworkLook;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.engine.TrailLook;
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.SecretStore;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The engine, joined to its control plane, as {@link io.axiomdb.engine.Engine} has it. */
public interface Opened extends AutoCloseable {
    Planned plan(Desired desired, Request request);

    Planned drift(String organization, Request request);

    Optional<ApplyReport> runDue(
            String organization, Request due, Consumer<Planned> planned, Progress progress, BooleanSupplier stop);

    ApplyReport apply(Desired desired, Request request, String reviewed, Progress progress, BooleanSupplier stop);

    /** Looks at the files, the pooler and the firewall of some hosts; with none, at the control plane alone. */
    NetworkLook network(Desired desired, Collection<Host> hosts);

    /** Whether the audit trail is whole, compared with hosts and with anchors that were kept elsewhere. */
    TrailLook trail(Desired desired, SortedMap<String, Anchor> anchors, SortedSet<String> trusted);

    ControlPlane controlPlane();

    SecretStore secrets();

    CertificateAuthority authority();

    KeyRenewal keys();

    /** The port on which the embedded PostgreSQL of managed hosts listens on 127.0.0.1. Starts it where it does not run. */
    int embeddedPort();

    @Override
    void close();
}
