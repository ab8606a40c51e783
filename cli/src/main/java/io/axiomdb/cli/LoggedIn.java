package io.axiomdb.cli;

import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.ServerChecks;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.secrets.References;
import io.axiomdb.adapter.ssh.Enrollment;
import io.axiomdb.adapter.ssh.Machines;
import io.axiomdb.adapter.ssh.SshFiles;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Check;
import io.axiomdb.host.Inventory;
import io.axiomdb.observe.MachineChecks;
import io.axiomdb.port.HostFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hosts as they really are, for commands without a control plane. */
final class LoggedIn implements Hosts {
    private final Machines machines;
    private final HostFiles files;
    private final Function<Host, Target> targets;
    private final AppliedAddresses addresses;

    /**
     * Opens nothing yet.
     *
     * @param directory what relative paths in references are relative to
     * @param trusted hosts that are contacted though their addresses were never applied
     */
    LoggedIn(Map<String, String> environment, Path directory, SortedSet<String> trusted) {
        this.addresses = new AppliedAddresses(environment, directory, trusted);
        References references = new References(environment, directory, Home.of(environment));
        this.machines = new Machines(references);
        this.files = new SshFiles(
                machines,
                (_, _) -> {
                    throw new IllegalStateException("nothing is changed here");
                },
                Instant::now);
        this.targets = Target.of(
                references,
                () -> {
                    throw new IllegalStateException("the server that comes along is not looked at");
                },
                machines::tunnel);
    }

    @Override
    public List<Check> examine(Host host, String organization) {
        Optional<Diagnostic> objection = addresses.objection(host, organization);
        if (objection.isPresent()) {
            Diagnostic why = objection.get();
            return List.of(Check.bad("address", why.code().summary() + ": " + why.detail(), why.help()));
        }
        Instant before = Instant.now();
        AccessObservation seen = files.examine(host, organization);
        List<Check> checks = new ArrayList<>(MachineChecks.of(host, seen, Enrollment.version(), before, Instant.now()));
        checks.addAll(
                host.postgres() instanceof Host.Embedded
                        ? List.of(Check.ok("PostgreSQL", "comes with axm, and runs while axm does"))
                        : ServerChecks.of(host, targets));
        return checks;
    }

    @Override
    public Inventory inventory(Host host, String organization) {
        addresses.require(host, organization);
        if (host.postgres() instanceof Host.Embedded) {
            throw new AxiomException(Diagnostic.of(
                    Code.HOST_UNREACHABLE,
                    "host " + host.name() + " is the PostgreSQL that comes along",
                    "there is nothing in it to adopt; export is for servers that were there before"));
        }
        return new PostgresReader(targets).inventory(host);
    }

    @Override
    public AccessObservation look(Host host, String organization) {
        return addresses
                .objection(host, organization)
                .<AccessObservation>map(AccessObservation.Unknown::new)
                .orElseGet(() -> files.look(host, organization));
    }

    @Override
    public List<Check> enroll(Host host, String organization, @Nullable String as) {
        addresses.require(host, organization);
        return new Enrollment(machines).enroll(host, as);
    }

    @Override
    public void close() {
        machines.close();
    }
}
