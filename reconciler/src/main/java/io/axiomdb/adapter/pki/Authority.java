package io.axiomdb.adapter.pki;

import io.axiomdb.core.Secret;
import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.AuthorityStore.Kept;
import io.axiomdb.port.CertificateAuthority;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Signs with keys that the store keeps; they are in clear for the time of one call. Thread-safe. */
public final class Authority implements CertificateAuthority {
    /** A successor is made when the newest authority lasts no longer than this, so that clients learn of it in time. */
    static final Duration HANDOVER = Duration.ofDays(365);

    private final AuthorityStore store;
    private final Supplier<Instant> clock;
    private final Issuing issuing;

    /**
     * Makes nothing yet.
     *
     * @param clock the control plane's: tells which authorities are still good
     */
    public Authority(AuthorityStore store, Supplier<Instant> clock, SecureRandom random) {
        this.store = store;
        this.clock = clock;
        this.issuing = new Issuing(random);
    }

    @Override
    public String trusted() {
        Instant now = clock.get();
        return store.certificates().stream()
                .filter(certificate -> !ended(certificate, now))
                .collect(Collectors.joining());
    }

    @Override
    public String certificate() {
        Instant now = clock.get();
        // The keys are opened, so that what is printed is what was kept; where nothing was, no key is made for it.
        return store.certificates().isEmpty()
                ? ""
                : store.kept().stream()
                        .map(Kept::certificate)
                        .filter(certificate -> !ended(certificate, now))
                        .collect(Collectors.joining());
    }

    @Override
    public void ready() {
        good(clock.get());
    }

    @Override
    public String sign(String request, SortedSet<String> names, Instant now) {
        SigningRequest wanted = SigningRequest.read(request, names);
        Kept newest = good(now).getFirst();
        X509Certificate signed = issuing.server(wanted, issuer(newest), now);
        return Pem.certificate(signed) + link(newest, now);
    }

    /**
     * What comes behind a server's certificate: the bridge has the authority's name and key, and leads clients that know
     * either authority to the one that they know.
     */
    private static String link(Kept newest, Instant now) {
        return newest.bridge().isEmpty() || ended(newest.bridge(), now) ? newest.certificate() : newest.bridge();
    }

    /** Those that are still valid, newest first; the first one has time left. */
    private List<Kept> good(Instant now) {
        List<Kept> kept = store.kept();
        if (kept.isEmpty()
                || kept.getFirst().key() == null
                || ended(kept.getFirst().certificate(), now.plus(HANDOVER))) {
            kept = store.keep(successor(kept, now));
        }
        return kept.stream().filter(k -> !ended(k.certificate(), now)).toList();
    }

    private Kept successor(List<Kept> kept, Instant now) {
        Issuing.Issuer made = issuing.authority(now);
        boolean bridged = !kept.isEmpty()
                && kept.getFirst().key() != null
                && !ended(kept.getFirst().certificate(), now);
        return new Kept(
                kept.size() + 1,
                Pem.certificate(made.certificate()),
                bridged ? Pem.certificate(issuing.bridge(made, issuer(kept.getFirst()), now)) : "",
                Secret.of(Pem.privateKey(made.key())));
    }

    private static Issuing.Issuer issuer(Kept kept) {
        return new Issuing.Issuer(
                Pem.certificate(kept.certificate()),
                Pem.privateKey(Objects.requireNonNull(kept.key()).reveal()));
    }

    private static boolean ended(String certificate, Instant now) {
        return !Pem.certificate(certificate).getNotAfter().toInstant().isAfter(now);
    }
}
