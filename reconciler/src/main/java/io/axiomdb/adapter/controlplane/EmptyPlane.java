package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditChain;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Lease;
import io.axiomdb.registry.Registry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A control plane that was never made, as a look finds it: nothing is registered. Making one is for apply and for
 * {@code axm control-plane upgrade}, so whatever would write here is a fault.
 *
 * @param clock the control plane's, where there is a server already
 * @param place where it will be
 * @param closing what to do when it is closed
 */
record EmptyPlane(Supplier<Instant> clock, Supplier<ControlPlaneSite> place, Runnable closing)
        implements Plane, SecretStore, AuthorityStore, Leases, KeyRenewal {

    /** That of a server of this machine which nobody has made yet. */
    static EmptyPlane ofThisMachine(Clock clock, ControlPlaneSite place) {
        return new EmptyPlane(clock::instant, () -> place, () -> {});
    }

    @Override
    public boolean exists() {
        return false;
    }

    @Override
    public SecretStore secrets() {
        return this;
    }

    @Override
    public AuthorityStore authorities() {
        return this;
    }

    @Override
    public Leases leases() {
        return this;
    }

    @Override
    public KeyRenewal keys() {
        return this;
    }

    @Override
    public Lost lost() {
        return new Lost(new TreeSet<>(), "", new TreeMap<>(), List.of());
    }

    @Override
    public String renew(String organization, Lost shown, Actor actor) {
        throw written();
    }

    @Override
    public Instant now() {
        return clock.get();
    }

    @Override
    public ControlPlaneSite site() {
        return place.get();
    }

    @Override
    public Registry read(String organization) {
        return new Registry(organization, false, List.of(), new TreeMap<>(), new TreeMap<>());
    }

    @Override
    public SortedMap<CredentialKey, Instant> credentialsSince(String organization) {
        return new TreeMap<>();
    }

    @Override
    public List<AuditRow> unfinished(String organization) {
        return List.of();
    }

    @Override
    public List<AuditRow> audit(String organization, AuditQuery query) {
        return List.of();
    }

    @Override
    public Mark mark(String organization) {
        return new Mark("", 0, new Anchor(0, AuditChain.START));
    }

    @Override
    public Mark next(String organization, long above) {
        throw written();
    }

    @Override
    public Set<Anchor> strangers(Collection<Anchor> anchors) {
        return anchors.stream().filter(anchor -> anchor.sequence() > 0).collect(Collectors.toSet());
    }

    @Override
    public Optional<Diagnostic> verifyAudit(SortedMap<String, Anchor> anchors) {
        return AuditCheck.beyond(anchors, 0);
    }

    @Override
    public Optional<StoredSecret> current(String organization, CredentialKey key) {
        return Optional.empty();
    }

    @Override
    public List<String> certificates() {
        return List.of();
    }

    @Override
    public List<Kept> kept() {
        return List.of();
    }

    @Override
    public void begin(String organization, List<Intent> intents) {
        throw written();
    }

    @Override
    public void note(String organization, Note note) {
        throw written();
    }

    @Override
    public void finish(String organization, List<Outcome> outcomes) {
        throw written();
    }

    @Override
    public void record(String organization, AuditEntry entry) {
        throw written();
    }

    @Override
    public void ready() {
        throw written();
    }

    @Override
    public List<Credential> putPending(String organization, List<StoredSecret> secrets) {
        throw written();
    }

    @Override
    public List<Kept> keep(Kept made) {
        throw written();
    }

    @Override
    public Lease acquire(String host, String holder) {
        throw written();
    }

    @Override
    public Duration lasting() {
        throw written();
    }

    @Override
    public void renew(Lease lease) {
        throw written();
    }

    @Override
    public Lease anew(Lease lease) {
        throw written();
    }

    @Override
    public void release(Lease lease) {
        throw written();
    }

    @Override
    public void close() {
        closing.run();
    }

    private static IllegalStateException written() {
        return new IllegalStateException("a control plane that was not made is written to");
    }
}
