package io.axiomdb.adapter.controlplane;

import static io.axiomdb.adapter.controlplane.ControlPlaneContract.is;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.testing.adversary.PgBouncer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpeningTest {
    private static ControlPlaneDatabase open(JdbcTarget target) {
        return ControlPlaneDatabase.open(target, TestKey.noKey(), ControlPlaneDatabase.LEASE);
    }

    @Test
    void the_tables_have_the_names_of_the_specification() {
        assertThat(TestServer.query(
                        TestServer.database(), "SELECT tablename FROM pg_tables WHERE schemaname = 'axiomdb'"))
                .contains(
                        "organizations",
                        "users",
                        "projects",
                        "project_branches",
                        "network_policies",
                        "network_rules",
                        "rotation_policies",
                        "provisioning_jobs",
                        "audit_events",
                        "credential_events",
                        "cors_origins",
                        "api_tokens");
    }

    @Test
    void nothing_is_put_into_public() {
        JdbcTarget target = TestServer.database();

        assertThat(TestServer.query(
                        target,
                        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL"
                                + " SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"))
                .isEmpty();
    }

    @Test
    void several_processes_may_open_an_empty_database_at_once() throws Exception {
        JdbcTarget target = TestServer.emptyDatabase();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Callable<Object> opening = () -> {
                try (ControlPlaneDatabase database = open(target)) {
                    return database.read("acme").known();
                }
            };
            for (Future<Object> known :
                    threads.invokeAll(Stream.generate(() -> opening).limit(3).toList())) {
                assertThat(known.get()).isEqualTo(false);
            }
        }
    }

    @Test
    void what_a_role_or_a_database_sets_does_not_bend_our_connections() {
        JdbcTarget target = TestServer.database();
        TestServer.execute(
                target,
                "CREATE ROLE nobody_" + target.database(),
                "ALTER DATABASE " + target.database() + " SET default_transaction_read_only = on",
                "ALTER DATABASE " + target.database() + " SET search_path = evil, public",
                "ALTER DATABASE " + target.database() + " SET role = nobody_" + target.database(),
                "ALTER DATABASE " + target.database() + " SET synchronous_commit = off");

        try (ControlPlaneDatabase database = open(target)) {
            database.record("acme", Samples.entry("m", ResourceKey.host("db1")));
            assertThat(database.verifyAudit()).isEmpty();
        }
    }

    @Test
    void a_schema_that_is_newer_than_this_program_is_refused() {
        JdbcTarget target = TestServer.database();
        TestServer.execute(
                target,
                "INSERT INTO axiomdb.flyway_schema_history SELECT installed_rank + 1, '" + (Migrations.LATEST + 1)
                        + "', description, type, script, checksum, installed_by, installed_on, execution_time, success"
                        + " FROM axiomdb.flyway_schema_history WHERE version = '" + Migrations.LATEST + "'");

        assertThatThrownBy(() -> open(target)).satisfies(is(Code.CONTROL_PLANE_NEWER));
    }

    @Test
    void what_is_there_is_opened_as_it_is() {
        JdbcTarget empty = TestServer.emptyDatabase();
        try (Plane plane = ControlPlaneDatabase.existing(empty, TestKey.noKey(), ControlPlaneDatabase.LEASE, true)) {
            assertThat(plane.exists()).isFalse();
            assertThat(plane.read("acme").known()).isFalse();
            assertThat(plane.site().systemIdentifier()).isNotEmpty();
        }
        assertThat(TestServer.query(empty, "SELECT nspname FROM pg_namespace WHERE nspname = 'axiomdb'"))
                .isEmpty();
        TestServer.execute(empty, "CREATE SCHEMA axiomdb", "CREATE TABLE axiomdb.theirs (id integer)");
        assertThatThrownBy(
                        () -> ControlPlaneDatabase.existing(empty, TestKey.noKey(), ControlPlaneDatabase.LEASE, true))
                .satisfies(is(Code.CONTROL_PLANE_SCHEMA));

        JdbcTarget older = TestServer.database();
        TestServer.execute(
                older, "DELETE FROM axiomdb.flyway_schema_history WHERE version = '" + Migrations.LATEST + "'");
        assertThatThrownBy(
                        () -> ControlPlaneDatabase.existing(older, TestKey.noKey(), ControlPlaneDatabase.LEASE, false))
                .satisfies(is(Code.CONTROL_PLANE_OLDER))
                .satisfies(e -> assertThat(
                                ((AxiomException) e).diagnostics().getFirst().help())
                        .contains("axm control-plane upgrade"));
    }

    @ParameterizedTest
    @CsvSource({"session,true", "transaction,true", "session,false"})
    void a_pooler_in_between_is_named_as_one(String mode, boolean drops) throws Exception {
        JdbcTarget target = TestServer.database();
        Secret password = Objects.requireNonNull(target.password());
        try (PgBouncer pooler = PgBouncer.before(target.port(), target.user(), password, mode, drops)) {
            JdbcTarget through = new JdbcTarget(
                    target.host(), pooler.port(), target.database(), target.user(), password, "disable", null);
            assertThatThrownBy(() -> open(through)).satisfies(is(Code.CONTROL_PLANE_POOLER));
            assertThatThrownBy(() ->
                            ControlPlaneDatabase.existing(through, TestKey.noKey(), ControlPlaneDatabase.LEASE, true))
                    .satisfies(is(Code.CONTROL_PLANE_POOLER));
        }
    }

    @Test
    void a_schema_of_somebody_else_is_refused_and_left_alone() {
        JdbcTarget target = TestServer.emptyDatabase();
        TestServer.execute(target, "CREATE SCHEMA axiomdb", "CREATE TABLE axiomdb.theirs (id integer)");

        assertThatThrownBy(() -> open(target)).satisfies(is(Code.CONTROL_PLANE_SCHEMA));
        assertThat(TestServer.query(target, "SELECT tablename FROM pg_tables WHERE schemaname = 'axiomdb'"))
                .containsExactly("theirs");
    }

    @Test
    void a_user_who_may_not_make_a_schema_is_told_what_is_needed() {
        JdbcTarget target = TestServer.emptyDatabase();
        TestServer.execute(
                target,
                "CREATE ROLE weak_" + target.database() + " LOGIN PASSWORD '"
                        + Objects.requireNonNull(target.password()).reveal().replace("'", "''") + "'");

        assertThatThrownBy(() -> open(as("weak_" + target.database(), target)))
                .satisfies(is(Code.CONTROL_PLANE_SCHEMA))
                .hasMessageContaining("permission denied");
    }

    @Test
    void a_server_that_is_not_there_is_named_without_the_password() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        JdbcTarget target =
                JdbcTarget.parse("postgresql://axm@127.0.0.1:" + port + "/axm", Secret.of("hunter2hunter2"));

        assertThatThrownBy(() -> open(target))
                .satisfies(is(Code.CONTROL_PLANE_UNREACHABLE))
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("refused")
                .satisfies(failure -> assertThat(failure.toString()).doesNotContain("hunter2"));
        assertThat(target.toString()).doesNotContain("hunter2");
    }

    @Test
    void a_database_that_is_not_there_is_told_in_the_servers_words() {
        JdbcTarget there = TestServer.emptyDatabase();
        JdbcTarget target =
                new JdbcTarget(there.host(), there.port(), "nowhere", there.user(), there.password(), "disable", null);

        assertThatThrownBy(() -> open(target))
                .satisfies(is(Code.CONTROL_PLANE_UNREACHABLE))
                .hasMessageContaining("database \"nowhere\" does not exist");
    }

    @Test
    void the_program_knows_every_migration_that_it_brings_along() throws IOException {
        int latest = 0;
        while (exists(latest + 1)) {
            latest++;
        }
        assertThat(latest).isEqualTo(Migrations.LATEST);
    }

    private static boolean exists(int version) throws IOException {
        try (InputStream files =
                        Objects.requireNonNull(Migrations.class.getResourceAsStream("/io/axiomdb/controlplane"));
                Stream<String> names =
                        new String(files.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).lines()) {
            return names.anyMatch(name -> name.startsWith("V" + version + "__"));
        }
    }

    private static JdbcTarget as(String user, JdbcTarget target) {
        return new JdbcTarget(
                target.host(),
                target.port(),
                target.database(),
                user,
                target.password(),
                target.sslMode(),
                target.sslRootCert());
    }

    @Test
    void the_host_forgets_no_epoch_when_the_control_plane_is_opened_again() {
        JdbcTarget target = TestServer.database();
        for (long expected : List.of(1L, 2L)) {
            try (ControlPlaneDatabase database = open(target)) {
                var lease = database.leases().acquire("db1", "ann");
                database.leases().release(lease);
                assertThat(lease.epoch()).isEqualTo(expected);
            }
        }
    }
}
