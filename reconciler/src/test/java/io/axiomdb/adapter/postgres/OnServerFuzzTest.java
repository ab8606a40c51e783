package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ConnectionUrl;
import io.axiomdb.desired.Host;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.DatabaseState.Contents;
import io.axiomdb.host.Grant;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.Texts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.postgresql.Driver;

/** Names and values that nobody meant, on a real server and with its own tools. */
class OnServerFuzzTest {
    private static final int BATCH = 12;

    /** Any name can stand behind the equals sign of a grant, an equals sign and a star too. */
    @Property(tries = 6, seed = "42")
    void grants_to_roles_of_any_name_are_seen(@ForAll Random random) throws SQLException {
        Server server = Servers.of(random.nextBoolean() ? 14 : 18);
        Tenant tenant = new Tenant(server);
        SortedSet<String> roles = new TreeSet<>();
        while (roles.size() < BATCH) {
            roles.add(Texts.name(random));
        }
        SortedSet<Grant> expected =
                new TreeSet<>(List.of(new Grant(tenant.rw, "CONNECT", false), new Grant(tenant.ro, "CONNECT", false)));
        SortedSet<Grant> inside = new TreeSet<>();
        for (String role : roles) {
            boolean grantable = random.nextBoolean();
            String option = grantable ? " WITH GRANT OPTION" : "";
            tenant.admin("CREATE ROLE " + Tenant.q(role));
            tenant.admin("GRANT TEMPORARY ON DATABASE " + Tenant.q(tenant.database) + " TO " + Tenant.q(role) + option);
            tenant.inside("GRANT CREATE ON SCHEMA public TO " + Tenant.q(role) + option);
            expected.add(new Grant(role, "TEMPORARY", grantable));
            inside.add(new Grant(role, "CREATE", grantable));
        }
        SortedMap<String, Probe.Inside> databases =
                new TreeMap<>(tenant.probe("public").databases());
        Observation.Seen seen = (Observation.Seen) new PostgresReader(host -> Tenant.target(server))
                .look(Tenant.host(server), new Probe(roles, databases));
        DatabaseState database = Objects.requireNonNull(seen.state().databases().get(tenant.database));
        Contents contents = Objects.requireNonNull(database.contents());
        assertThat(seen.state().roles().keySet()).isEqualTo(roles);
        assertThat(database.grants()).isEqualTo(expected);
        assertThat(Objects.requireNonNull(contents.schemas().get("public")).grants())
                .containsAll(inside);
        tenant.admin("DROP DATABASE " + Tenant.q(tenant.database));
        for (String role : roles) {
            tenant.admin("DROP ROLE " + Tenant.q(role));
        }
    }

    /** java.net.URI, the JDBC driver, and libpq, which logs in with it. */
    @Property(tries = 6, seed = "42")
    void a_connection_url_means_the_same_to_every_client(@ForAll Random random)
            throws SQLException, IOException, InterruptedException {
        Server server = Servers.of(18);
        Tenant tenant = new Tenant(server);
        String role = Texts.name(random);
        String database = Texts.name(random);
        String password = "p" + Texts.any(random, 40).replaceAll("[^ -~]", "'");
        tenant.admin("CREATE ROLE %s LOGIN PASSWORD %s"
                .formatted(
                        Tenant.q(role),
                        "'" + new ScramHasher().verifier(Secret.of(password)).reveal() + "'"));
        tenant.admin("CREATE DATABASE " + Tenant.q(database));
        ConnectionUrl url = new ConnectionUrl(role, Server.ADDRESS, server.port(), database, Host.Tls.DISABLE);
        String text = url.reveal(Secret.of(password));

        URI uri = URI.create(text);
        Properties read = Driver.parseURL(
                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getRawPath() + "?" + uri.getRawQuery(),
                null);
        assertThat(uri.getPath()).isEqualTo("/" + database);
        assertThat(uri.getUserInfo()).isEqualTo(role + ":" + password);
        assertThat(read).isNotNull();
        assertThat(read.getProperty("PGDBNAME")).isEqualTo(database);
        assertThat(psql(text)).isEqualTo(hex(role) + "|" + hex(database));
        tenant.admin("DROP DATABASE " + Tenant.q(database));
        tenant.admin("DROP ROLE " + Tenant.q(role));
    }

    private static String psql(String url) throws IOException, InterruptedException {
        ProcessBuilder psql = new ProcessBuilder(
                "psql",
                url,
                "-XAtc",
                "SELECT encode(convert_to(current_user, 'UTF8'), 'hex'), encode(convert_to(current_database(), 'UTF8'), 'hex')");
        psql.environment().put("PGCLIENTENCODING", "UTF8");
        Process process = psql.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the loader lets in, PostgreSQL reads as the same network; a bare address is itself alone. */
    @Property(tries = 100, seed = "42")
    void a_range_that_is_accepted_is_the_same_to_the_server(@ForAll Random random) throws SQLException {
        List<String> written = new ArrayList<>();
        List<String> canonical = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String text = random.nextBoolean() ? Texts.near(random, "0123456789abcdefF:::./%", 20) : address(random);
            if (Cidr.read(text) instanceof Cidr.Read.Range(Cidr cidr)) {
                assertThat(Cidr.read(cidr.toString())).isEqualTo(new Cidr.Read.Range(cidr));
                written.add(text);
                canonical.add(cidr.toString());
            }
        }
        try (Connection connection =
                        AdminConnections.open(Tenant.target(Servers.of(18)), "postgres", "test", Pins.LOOK, 18);
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT w, c FROM unnest(?::text[], ?::text[]) u (w, c) WHERE w::cidr <> c::cidr")) {
            statement.setArray(1, connection.createArrayOf("text", written.toArray()));
            statement.setArray(2, connection.createArrayOf("text", canonical.toArray()));
            try (ResultSet different = statement.executeQuery()) {
                assertThat(different.next()).isFalse();
            }
        }
        assertThat(written).isNotEmpty();
    }

    private static String address(Random random) {
        if (random.nextBoolean()) {
            int prefix = 8 * (1 + random.nextInt(4));
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 4; i++) {
                text.append(i == 0 ? "" : ".").append(i < prefix / 8 ? random.nextInt(256) : 0);
            }
            return text + (prefix == 32 && random.nextBoolean() ? "" : "/" + prefix);
        }
        StringBuilder text = new StringBuilder();
        int groups = 1 + random.nextInt(7);
        for (int i = 0; i < groups; i++) {
            text.append(Integer.toHexString(random.nextInt(0x10000))).append(':');
        }
        return text + ":/" + 16 * groups;
    }
}
