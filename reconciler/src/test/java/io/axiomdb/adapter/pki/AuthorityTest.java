package io.axiomdb.adapter.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.testing.MemoryAuthorities;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");
    private static final SortedSet<String> NAMES = names("db.acme.example", "10.77.0.2", "fd00::2", "db_1");

    private final MemoryAuthorities store = new MemoryAuthorities();
    private Instant now = BEGIN;
    private final Authority authority = new Authority(store, () -> now, new SecureRandom());

    private static SortedSet<String> names(String... names) {
        return new TreeSet<>(List.of(names));
    }

    private List<X509Certificate> sign(KeyPair pair) {
        return certificates(authority.sign(Requests.of(pair), NAMES, now));
    }

    private static List<X509Certificate> certificates(String pem) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (java.security.cert.CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a client does that trusts one certificate and is shown a chain. */
    private static void validate(List<X509Certificate> shown, X509Certificate trusted, Instant at) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(trusted, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        List<X509Certificate> path =
                shown.stream().filter(c -> !c.equals(trusted)).toList();
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "RSA 2048", "Ed25519"})
    void a_good_key_is_certified_and_clients_that_trust_the_authority_accept_it(String kind) throws Exception {
        KeyPair pair = Requests.pair(kind);

        List<X509Certificate> chain = sign(pair);

        X509Certificate ca = certificates(made(authority)).getFirst();
        assertThat(chain).hasSize(2).endsWith(ca);
        assertThat(chain.getFirst().getPublicKey()).isEqualTo(pair.getPublic());
        validate(chain, ca, now);
        validate(chain, ca, now.plus(Duration.ofDays(90)));
        assertThatThrownBy(() -> validate(chain, ca, now.plus(Duration.ofDays(91))))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void a_server_certificate_is_for_servers_and_for_90_days() throws Exception {
        X509Certificate server = sign(Requests.p256()).getFirst();

        assertThat(server.getNotBefore().toInstant()).isEqualTo(BEGIN.minus(Duration.ofMinutes(5)));
        assertThat(server.getNotAfter().toInstant()).isEqualTo(BEGIN.plus(Duration.ofDays(90)));
        assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(server.getKeyUsage()).startsWith(true, false, false).doesNotContain(true, Index.atIndex(5));
    }

    @Test
    void the_names_are_the_given_ones_and_none_of_the_request() throws Exception {
        X509Certificate server = sign(Requests.p256()).getFirst();

        assertThat(server.getSubjectX500Principal().getName()).isEqualTo("CN=10.77.0.2");
        Collection<List<?>> names = server.getSubjectAlternativeNames();
        assertThat(names.stream().filter(n -> n.getFirst().equals(2)).map(n -> String.valueOf(n.get(1))))
                .containsExactlyInAnyOrderElementsOf(List.of("db.acme.example", "db_1"));
        List<InetAddress> addresses = List.of(InetAddress.getByName("10.77.0.2"), InetAddress.getByName("fd00::2"));
        for (List<?> name : names) {
            if (name.getFirst().equals(7)) {
                assertThat(InetAddress.getByName((String) name.get(1))).isIn(addresses);
            }
        }
        assertThat(names).hasSize(4);
        assertThat(server.toString()).doesNotContain("evil");
    }

    @Test
    void the_authority_is_one_for_ten_years_and_stays_the_same() {
        String first = made(authority);
        now = now.plus(Duration.ofDays(3000));

        assertThat(made(authority)).isEqualTo(first);
        X509Certificate ca = certificates(first).getFirst();
        assertThat(ca.getBasicConstraints()).isEqualTo(1);
        assertThat(ca.getKeyUsage())
                .isEqualTo(new boolean[] {false, false, false, false, false, true, true, false, false});
        assertThat(ca.getNotAfter().toInstant()).isEqualTo(BEGIN.plus(Issuing.AUTHORITY_LIFE));
        assertThat(ca.getSigAlgName()).isEqualTo("SHA256withECDSA");
    }

    @Test
    void serial_numbers_are_long_and_never_the_same() {
        BigInteger one = sign(Requests.p256()).getFirst().getSerialNumber();
        BigInteger two = sign(Requests.p256()).getFirst().getSerialNumber();

        assertThat(one).isNotEqualTo(two).isPositive();
        assertThat(one.bitLength()).isEqualTo(129);
    }

    @Test
    void a_request_that_somebody_else_signed_is_refused() {
        refused(Requests.of(Requests.p256().getPublic(), Requests.p256()), "does not belong to its key");
        assertThat(store.kept()).isEmpty();
    }

    /** Bouncy Castle reads a few tags either way, and means the same by both; everything else is covered by the signature. */
    @Test
    void whatever_byte_is_changed_no_other_key_is_signed() throws Exception {
        KeyPair pair = Requests.p256();
        byte[] good = Requests.bytes(pair.getPublic(), pair);
        int signed = 0;
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            try {
                String chain = authority.sign(Requests.pem("CERTIFICATE REQUEST", bad), NAMES, now);
                assertThat(certificates(chain).getFirst().getPublicKey()).isEqualTo(pair.getPublic());
                signed++;
            } catch (AxiomException e) {
                assertThat(e.code()).isEqualTo(Code.NOT_SIGNED);
            }
        }
        assertThat(signed).isLessThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA 1024", "RSA 2048 with 3", "P-521", "DSA", "Ed448"})
    void keys_that_are_weak_or_that_not_every_client_knows_are_refused(String kind) {
        refused(Requests.of(Requests.pair(kind)), "not fit for a server");
    }

    @Test
    void what_is_no_request_is_refused() {
        String good = Requests.of(Requests.p256());
        refused("", "not one certificate request");
        refused(good + good, "not one certificate request");
        refused(made(authority), "not one certificate request");
        refused("-----BEGIN CERTIFICATE REQUEST-----\n!!!\n-----END CERTIFICATE REQUEST-----\n", "can't be read");
        refused(good.substring(0, 200), "can't be read");
        refused(" ".repeat(70_000) + good, "64 KiB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*.acme.example",
                "a b",
                "db.acme.example.",
                "-db",
                "10.0.0.0/8",
                "10.0.0.1/32",
                "010.0.0.1",
                "1.2.3",
                "::ffff:10.0.0.1",
                "fe80::1%eth0",
                "b\u00fccher.example",
                "db,IP:10.0.0.9",
                "db\nevil.example"
            })
    void what_is_neither_a_name_nor_an_address_is_refused(String name) {
        assertThatThrownBy(() -> authority.sign(Requests.of(Requests.p256()), names("ok.example", name), now))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_SIGNED));
    }

    @Test
    void a_host_without_a_name_is_refused() {
        assertThatThrownBy(() -> authority.sign(Requests.of(Requests.p256()), names(), now))
                .hasMessageContaining("no name");
    }

    @Test
    void a_name_too_long_for_a_subject_is_in_the_names_alone() throws Exception {
        String name = "a".repeat(60) + "." + "b".repeat(60) + ".example";

        X509Certificate server = certificates(authority.sign(Requests.of(Requests.p256()), names(name), now))
                .getFirst();

        assertThat(server.getSubjectX500Principal().getName()).isEqualTo("CN=AxiomDB server");
        assertThat(server.getSubjectAlternativeNames()).containsExactly(List.of(2, name));
    }

    @Test
    void in_the_last_year_a_successor_signs_and_clients_need_to_know_only_one_of_the_two() throws Exception {
        X509Certificate old = certificates(made(authority)).getFirst();
        now = BEGIN.plus(Issuing.AUTHORITY_LIFE).minus(Authority.HANDOVER);

        List<X509Certificate> both = certificates(made(authority));
        List<X509Certificate> chain = sign(Requests.p256());

        assertThat(both).hasSize(2).endsWith(old);
        X509Certificate newest = both.getFirst();
        assertThat(newest.getSubjectX500Principal()).isNotEqualTo(old.getSubjectX500Principal());
        chain.getFirst().verify(newest.getPublicKey());
        validate(chain, old, now);
        validate(chain.subList(0, 1), newest, now);
        assertThat(chain.get(1).getNotAfter()).isEqualTo(old.getNotAfter());
    }

    @Test
    void an_authority_that_has_ended_is_shown_no_longer() throws Exception {
        made(authority);
        now = BEGIN.plus(Issuing.AUTHORITY_LIFE).minus(Duration.ofDays(30));
        String newest = Pem.certificate(certificates(made(authority)).getFirst());
        now = BEGIN.plus(Issuing.AUTHORITY_LIFE);

        assertThat(made(authority)).isEqualTo(newest);
        List<X509Certificate> chain = sign(Requests.p256());
        assertThat(chain).endsWith(certificates(newest).getFirst());
        validate(chain, chain.getLast(), now);
    }

    @Test
    void after_a_long_sleep_a_new_authority_begins_without_the_old_one() throws Exception {
        String old = made(authority);
        now = BEGIN.plus(Duration.ofDays(9000));

        List<X509Certificate> chain = sign(Requests.p256());

        assertThat(made(authority)).isNotEqualTo(old);
        assertThat(store.kept().getFirst().bridge()).isEmpty();
        validate(chain, certificates(made(authority)).getFirst(), now);
    }

    @Test
    void openssl_agrees(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
        now = Instant.now();
        Path ca = Files.writeString(directory.resolve("ca.pem"), made(authority));
        Path chain = Files.writeString(
                directory.resolve("chain.pem"), authority.sign(Requests.of(Requests.p256()), NAMES, now));

        assertThat(verify(ca, chain, "-verify_hostname", "db.acme.example")).endsWith(": OK");
        assertThat(verify(ca, chain, "-verify_ip", "fd00::2")).endsWith(": OK");
        assertThat(verify(ca, chain, "-verify_hostname", "evil.example")).contains("ostname mismatch");
        Authority other = new Authority(new MemoryAuthorities(), () -> now, new SecureRandom());
        Path otherCa = Files.writeString(directory.resolve("other.pem"), made(other));
        assertThat(verify(otherCa, chain)).contains("unable to get local issuer certificate");
    }

    @Test
    void openssl_follows_the_bridge(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
        now = Instant.now().minus(Issuing.AUTHORITY_LIFE).plus(Duration.ofDays(200));
        Path old = Files.writeString(directory.resolve("old.pem"), made(authority));
        now = Instant.now();
        String both = made(authority);
        Path newest = Files.writeString(
                directory.resolve("new.pem"), Pem.certificate(certificates(both).getFirst()));
        Path chain = Files.writeString(
                directory.resolve("chain.pem"), authority.sign(Requests.of(Requests.p256()), NAMES, now));

        assertThat(verify(old, chain, "-untrusted", chain.toString())).endsWith(": OK");
        assertThat(verify(newest, chain, "-untrusted", chain.toString())).endsWith(": OK");
        assertThat(verify(newest, chain)).endsWith(": OK");
    }

    private static String verify(Path ca, Path chain, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "verify", "-x509_strict"));
        command.addAll(List.of("-purpose", "sslserver", "-CAfile", ca.toString(), "-no-CApath"));
        command.addAll(List.of(options));
        command.add(chain.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }

    private void refused(String request, String because) {
        assertThatThrownBy(() -> authority.sign(request, NAMES, now))
                .hasMessageContaining(because)
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_SIGNED));
    }

    /** What clients trust, made if need be. */
    private static String made(Authority authority) {
        authority.ready();
        return authority.certificate();
    }
}
