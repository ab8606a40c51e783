package io.axiomdb.adapter.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.embedded.Cluster;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.login.Door;
import io.axiomdb.login.Login;
import io.axiomdb.login.Session;
import io.axiomdb.testing.MemoryAuthorities;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.adversary.Eavesdropper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server shows what the authority signed, and a real client verifies it in full. */
class VerifyFullTest {
    private static final String PASSWORD = "of this test";

    private final MemoryAuthorities store = new MemoryAuthorities();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "RSA 2048"})
    void clients_verify_the_server_by_address_and_by_name(String kind) throws Exception {
        Authority authority = new Authority(store, Instant::now, new SecureRandom());
        KeyPair pair = Requests.pair(kind);
        Path ca = file("ca.pem", certificate(authority));
        Path stranger = file(
                "stranger.pem", certificate(new Authority(new MemoryAuthorities(), Instant::now, new SecureRandom())));
        String chain =
                authority.sign(Requests.of(pair), new TreeSet<>(List.of("127.0.0.1", "localhost")), Instant.now());

        serving(pair, chain, port -> {
            assertThat(encrypted("127.0.0.1", port, ca)).isTrue();
            assertThat(encrypted("localhost", port, ca)).isTrue();
            assertThatThrownBy(() -> encrypted("127.0.0.1", port, stranger))
                    .isInstanceOf(SQLException.class)
                    .hasStackTraceContaining("certificat");
        });
    }

    /** It hands everything on to the real server, which would let it in as us. */
    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "RSA 2048"})
    void whoever_sits_in_the_middle_is_noticed_also_where_no_certificate_is_checked(String kind) throws Exception {
        Authority authority = new Authority(store, Instant::now, new SecureRandom());
        KeyPair pair = Requests.pair(kind);
        TreeSet<String> names = new TreeSet<>(List.of("127.0.0.1"));
        String chain = authority.sign(Requests.of(pair), names, Instant.now());
        KeyPair own = Requests.pair(kind);
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(
                        authority.sign(Requests.of(own), names, Instant.now()).getBytes(StandardCharsets.US_ASCII)));

        serving(pair, chain, port -> {
            open("127.0.0.1", port, "require", null).close();
            try (Eavesdropper eavesdropper = Eavesdropper.before(port, own.getPrivate(), certificate)) {
                assertThatThrownBy(() -> open("127.0.0.1", eavesdropper.port(), "require", null))
                        .hasMessageContaining("Channel Binding is required");
                assertThat(eavesdropper.letIn()).isZero();
            }
        });
    }

    @Test
    void a_server_with_another_name_is_refused() throws Exception {
        Authority authority = new Authority(store, Instant::now, new SecureRandom());
        KeyPair pair = Requests.p256();
        Path ca = file("ca.pem", certificate(authority));
        String chain = authority.sign(
                Requests.of(pair), new TreeSet<>(List.of("db.acme.example", "10.77.0.2")), Instant.now());

        serving(pair, chain, port -> {
            for (String address : List.of("127.0.0.1", "localhost")) {
                assertThatThrownBy(() -> encrypted(address, port, ca)).hasMessageContaining("could not be verified");
            }
        });
    }

    @Test
    void clients_that_know_the_old_authority_or_only_the_new_one_both_get_in() throws Exception {
        Instant begun = Instant.now().minus(Issuing.AUTHORITY_LIFE).plus(Duration.ofDays(200));
        Path old = file("old.pem", certificate(new Authority(store, () -> begun, new SecureRandom())));
        Authority authority = new Authority(store, Instant::now, new SecureRandom());
        Path both = file("both.pem", certificate(authority));
        Path newest = file("new.pem", store.kept().getFirst().certificate());
        KeyPair pair = Requests.p256();
        String chain = authority.sign(Requests.of(pair), new TreeSet<>(List.of("127.0.0.1")), Instant.now());

        serving(pair, chain, port -> {
            assertThat(encrypted("127.0.0.1", port, old)).isTrue();
            assertThat(encrypted("127.0.0.1", port, newest)).isTrue();
            assertThat(encrypted("127.0.0.1", port, both)).isTrue();
        });
    }

    /** Of the authority, which is made where there is none. */
    private static String certificate(Authority authority) {
        authority.ready();
        return authority.certificate();
    }

    private interface Visit {
        void to(int port) throws Exception;
    }

    private void serving(KeyPair pair, String chain, Visit visit) throws Exception {
        Cluster cluster =
                new Cluster(Servers.of(18).cluster().home(), directory.resolve("data"), directory.resolve("log"));
        cluster.create("axm_admin", file("password", PASSWORD), List.of("--no-sync"));
        Path key = file("server.key", Pem.privateKey(pair.getPrivate()));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("listen_addresses", "127.0.0.1,::1");
        settings.put("unix_socket_directories", "");
        settings.put("fsync", "off");
        settings.put("shared_buffers", "16MB");
        settings.put("ssl", "on");
        settings.put("ssl_cert_file", file("server.pem", chain).toString());
        settings.put("ssl_key_file", key.toString());
        try {
            visit.to(cluster.start(freePort(), settings).port());
        } finally {
            cluster.stop();
        }
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static Connection open(String address, int port, String mode, @Nullable Path trusted) throws SQLException {
        return Door.open(
                new Login(
                        address,
                        port,
                        "postgres",
                        "axm_admin",
                        Secret.of(PASSWORD),
                        Host.Auth.SCRAM,
                        mode,
                        trusted == null ? null : trusted.toString()),
                new Session("axm", "", Duration.ofSeconds(60), true));
    }

    private static boolean encrypted(String address, int port, Path trusted) throws SQLException {
        try (Connection connection = open(address, port, "verify-full", trusted);
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
