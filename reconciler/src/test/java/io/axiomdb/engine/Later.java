package io.axiomdb.engine;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.HostReader;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** A control plane whose clock is ahead: what it holds was written then, and is read at a later time. */
record Later(ControlPlane plane, Duration by) implements ControlPlane {
    /** An installation's engine, so much later, as its hosts say too. */
    static Engine engine(Installation installation, Duration by) {
        return engine(installation, by, by);
    }

    static Engine engine(Installation installation, Duration by, Duration onHosts) {
        Outside now = installation.outside;
        return new Engine(new Outside(
                new Later(now.controlPlane(), by),
                now.secrets(),
                now.leases(),
                new LaterThere(now.reader(), onHosts),
                now.writer(),
                now.files(),
                now.authority(),
                now.hasher(),
                now.random(),
                now.holder()));
    }

    /** Hosts whose clocks are ahead. */
    record LaterThere(HostReader reader, Duration by) implements HostReader {
        @Override
        public Observation look(Host host, Probe probe) {
            Observation looked = reader.look(host, probe);
            if (!(looked instanceof Observation.Seen seen)) {
                return looked;
            }
            Ledger ledger = seen.ledger();
            Instant clock = ledger.clock();
            return new Observation.Seen(
                    seen.state(),
                    seen.serverVersion(),
                    seen.strangers(),
                    seen.ties(),
                    seen.measured(),
                    seen.holds(),
                    new Ledger(
                            ledger.system(),
                            clock == null ? null : clock.plus(by),
                            ledger.branches(),
                            ledger.retained(),
                            ledger.marks()),
                    seen.access(),
                    seen.took());
        }

        @Override
        public Inventory inventory(Host host) {
            return reader.inventory(host);
        }
    }

    @Override
    public Instant now() {
        return plane.now().plus(by);
    }

    @Override
    public ControlPlaneSite site() {
        return plane.site();
    }

    @Override
    public Registry read(String organization) {
        return plane.read(organization);
    }

    @Override
    public SortedMap<CredentialKey, Instant> credentialsSince(String organization) {
        return plane.credentialsSince(organization);
    }

    @Override
    public void begin(String organization, List<Intent> intents) {
        plane.begin(organization, intents);
    }

    @Override
    public void note(String organization, Note note) {
        plane.note(organization, note);
    }

    @Override
    public void finish(String organization, List<Outcome> outcomes) {
        plane.finish(organization, outcomes);
    }

    @Override
    public List<AuditRow> unfinished(String organization) {
        return plane.unfinished(organization);
    }

    @Override
    public List<AuditRow> audit(String organization, AuditQuery query) {
        return plane.audit(organization, query);
    }

    @Override
    public Mark mark(String organization) {
        return plane.mark(organization);
    }

    @Override
    public Mark next(String organization, long above) {
        return plane.next(organization, above);
    }

    @Override
    public Set<Anchor> strangers(Collection<Anchor> anchors) {
        return plane.strangers(anchors);
    }

    @Override
    public Optional<Diagnostic> verifyAudit(SortedMap<String, Anchor> anchors) {
        return plane.verifyAudit(anchors);
    }

    @Override
    public void record(String organization, AuditEntry entry) {
        plane.record(organization, entry);
    }

    @Override
    public void close() {
        plane.close();
    }
}
