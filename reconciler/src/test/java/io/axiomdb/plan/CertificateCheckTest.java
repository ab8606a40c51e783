package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Origin;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation.Certificate;
import io.axiomdb.plan.CertificateCheck.Due;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Certificates in src/test/resources/certificates, made once with openssl; valid from 2025-12-01 to 2026-03-01. */
class CertificateCheckTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void one_of_our_authority_for_the_right_names_that_both_servers_show_is_well() {
        assertThat(due("server", "authority", NOW)).isEmpty();
        assertThat(CertificateCheck.due(host(), shown("server"), pem("stranger") + pem("authority"), NOW))
                .as("a successor comes first")
                .isEmpty();
    }

    @Test
    void none_yet_is_due_and_nobodys_fault() {
        assertThat(CertificateCheck.due(host(), new Certificate("", null, null, null), pem("authority"), NOW))
                .contains(new Due("none", false));
    }

    @Test
    void it_is_renewed_thirty_days_before_its_end() {
        assertThat(due("server", "authority", Instant.parse("2026-01-29T23:59:59Z")))
                .isEmpty();
        assertThat(due("server", "authority", Instant.parse("2026-01-30T00:00:00Z")))
                .contains(new Due("valid until 2026-03-01T00:00:00Z", false));
    }

    @Test
    void what_somebody_else_signed_is_drift() {
        Due strange = new Due("not signed by AxiomDB's authority", true);
        assertThat(due("other", "authority", NOW)).contains(strange);
        assertThat(due("stranger", "authority", NOW)).as("self-signed").contains(strange);
        assertThat(CertificateCheck.due(host(), shown("server"), "", NOW))
                .as("no authority has signed anything yet")
                .contains(strange);
    }

    @Test
    void one_of_a_lost_control_planes_authority_is_shown_until_it_is_due_anyway() {
        assertThat(due("taken", "authority", NOW)).isEmpty();
        assertThat(due("taken", "authority", Instant.parse("2026-01-30T00:00:00Z")))
                .contains(new Due("valid until 2026-03-01T00:00:00Z", false));
        assertThat(CertificateCheck.due(host(), shown("taken"), "", NOW))
                .as("no authority is there that could be handed out")
                .isPresent();
    }

    @Test
    void what_another_authority_signed_later_or_did_not_sign_is_drift() {
        Due strange = new Due("not signed by AxiomDB's authority", true);
        assertThat(due("late", "authority", Instant.parse("2026-12-02T00:00:00Z")))
                .contains(strange);
        assertThat(due("mixed", "stranger", NOW))
                .as("the wrong authority follows")
                .contains(strange);
    }

    @Test
    void other_names_make_it_due() {
        assertThat(due("renamed", "authority", NOW)).contains(new Due("for old.acme.example", false));
    }

    @Test
    void what_a_server_shows_instead_is_drift() {
        String right = fingerprint("server");
        assertThat(CertificateCheck.due(host(), new Certificate("", pem("server"), "00", right), pem("authority"), NOW))
                .contains(new Due("another one is shown by PostgreSQL", true));
        assertThat(CertificateCheck.due(host(), new Certificate("", pem("server"), right, null), pem("authority"), NOW))
                .contains(new Due("another one is shown by the pooler", true));
    }

    @Test
    void of_files_only_what_is_shown_counts() {
        Host files = host("certificate.file", "/etc/ssl/db.pem", "certificate.key_file", "/etc/ssl/db.key");
        assertThat(CertificateCheck.due(files, shown("stranger"), "", NOW)).isEmpty();
        assertThat(CertificateCheck.due(files, new Certificate("", pem("stranger"), "00", "00"), "", NOW))
                .contains(new Due("another one is shown by PostgreSQL", true));
    }

    @Test
    void what_nobody_can_read_is_due() {
        assertThat(CertificateCheck.due(
                        host(), new Certificate("", "no certificate", null, null), pem("authority"), NOW))
                .contains(new Due("unreadable", true));
    }

    private static Optional<Due> due(String installed, String authority, Instant now) {
        return CertificateCheck.due(host(), shown(installed), pem(authority), now);
    }

    private static Certificate shown(String name) {
        return new Certificate("", pem(name), fingerprint(name), fingerprint(name));
    }

    private static Host host(String... more) {
        TreeMap<String, String> fields = new TreeMap<>(Map.of(
                "postgres.address", "127.0.0.1",
                "ssh.address", "2001:db8::7",
                "ssh.key", "file:key",
                "ports.runtime", "6432",
                "public_endpoint", "DB.acme.example"));
        for (int i = 0; i < more.length; i += 2) {
            fields.put(more[i], more[i + 1]);
        }
        return Host.of("db1", new Fields(fields, Origin.UNKNOWN));
    }

    private static String pem(String name) {
        try {
            return Files.readString(Path.of("src/test/resources/certificates", name + ".pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fingerprint(String name) {
        try {
            byte[] pem = pem(name).getBytes(StandardCharsets.US_ASCII);
            byte[] encoded = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem))
                    .getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
