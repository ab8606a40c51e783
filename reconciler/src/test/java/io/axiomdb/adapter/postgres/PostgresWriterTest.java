package io.axiomdb.adapter.postgres;

import static io.axiomdb.adapter.postgres.Tenant.q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.port.HostWriter;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.jdbc.PgConnection;

/** Changing a host under a fence, on every supported version. */
@ParameterizedClass
@MethodSource("versions")
class PostgresWriterTest {
    private static final AtomicLong EPOCH = new AtomicLong(100);

    private final int version;
    private Server server;
    private Tenant tenant;

    PostgresWriterTest(int version) {
        this.version = version;
    }

    static List<Integer> versions() {
        return Servers.VERSIONS;
    }

    @BeforeEach
    void make_a_tenant() throws SQLException {
        server = Servers.of(version);
        tenant = new Tenant(server);
    }

    @Test
    void a_transaction_happens_as_a_whole_in_its_database() throws Exception {
        try (HostWriter.Session session = open()) {
            session.transaction(
                    tenant.database,
                    List.of(
                            "CREATE TABLE public.t (i int)",
                            "COMMENT ON TABLE public.t IS 'a ? {d ''x''} ; semicolon -- and more'"));
            session.transaction("", List.of("COMMENT ON DATABASE " + q(tenant.database) + " IS 'axm:1'"));
        }

        assertThat(look(tenant.database, "SELECT obj_description('public.t'::regclass)"))
                .isEqualTo("a ? {d 'x'} ; semicolon -- and more");
        assertThat(look(
                        "postgres",
                        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
                                + literal(tenant.database)))
                .isEqualTo("axm:1");
    }

    @Test
    void of_a_failing_transaction_nothing_stays_however_long_it_is() {
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            statements.add("COMMENT ON DATABASE " + q(tenant.database) + " IS 'axm:" + i + "'");
        }
        statements.add("ALTER ROLE nobody_of_that_name NOLOGIN");

        HostFailure failure = failure(session -> session.transaction("", statements));

        assertThat(failure.sqlState()).isEqualTo("42704");
        assertThat(failure).hasMessage("role \"nobody_of_that_name\" does not exist");
        assertThat(look(
                        "postgres",
                        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
                                + literal(tenant.database)))
                .isEqualTo("null");
    }

    @Test
    void a_session_goes_on_after_a_failure() throws Exception {
        try (HostWriter.Session session = open()) {
            assertThatThrownBy(() -> session.transaction("", List.of("SELECT 1", "nonsense")))
                    .isInstanceOf(HostFailure.class);
            session.transaction("", List.of("COMMENT ON ROLE " + q(tenant.rw) + " IS 'after'"));
        }

        assertThat(look(
                        "postgres",
                        "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = "
                                + literal(tenant.rw)))
                .isEqualTo("after");
    }

    @Test
    void create_database_runs_alone() throws Exception {
        String name = tenant.database + " new";
        try (HostWriter.Session session = open()) {
            session.alone("", "CREATE DATABASE " + q(name) + " OWNER " + q(tenant.owner));
        }

        assertThat(look("postgres", "SELECT count(*) FROM pg_database WHERE datname = " + literal(name)))
                .isEqualTo("1");
    }

    @Test
    void what_alters_the_same_row_at_once_all_gets_through() throws Exception {
        try (HostWriter.Session session = open();
                ExecutorService workers = Executors.newFixedThreadPool(6)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                String limit = Integer.toString(i);
                all.add(workers.submit((Callable<Void>) () -> {
                    session.transaction(
                            "", List.of("ALTER ROLE " + q(tenant.rw) + " CONNECTION LIMIT " + limit, "SELECT 1"));
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    @Test
    void more_databases_than_connections_are_worked_on_at_once() throws Exception {
        List<Tenant> tenants = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            tenants.add(new Tenant(server));
        }
        try (HostWriter.Session session = open();
                ExecutorService workers = Executors.newFixedThreadPool(12)) {
            List<Future<?>> all = new ArrayList<>();
            for (Tenant one : tenants) {
                all.add(workers.submit((Callable<Void>) () -> {
                    session.transaction(one.database, List.of("CREATE TABLE public.t ()"));
                    session.transaction(one.database, List.of("COMMENT ON TABLE public.t IS 'done'"));
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(Integer.parseInt(look(
                            "postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'axm:%'")))
                    .isLessThanOrEqualTo(9);
        }
        for (Tenant one : tenants) {
            assertThat(look(one.database, "SELECT obj_description('public.t'::regclass)"))
                    .isEqualTo("done");
        }
    }

    @Test
    void a_newer_epoch_ends_the_older_one_and_its_next_statements_fail() throws Exception {
        HostWriter.Session old = open();
        old.transaction(tenant.database, List.of("CREATE TABLE public.t ()"));
        try (HostWriter.Session next = open()) {
            for (String database : List.of(tenant.database, "", "template1")) {
                assertThatThrownBy(() -> old.transaction(database, List.of("CREATE TABLE public.late ()")))
                        .isInstanceOf(HostFailure.class);
            }
            assertThatThrownBy(() -> old.transaction(tenant.database, List.of("CREATE TABLE public.late ()")))
                    .isInstanceOf(HostFailure.class)
                    .hasMessageContaining("another apply has taken over");
            next.transaction(tenant.database, List.of("CREATE TABLE public.next ()"));
        }
        old.close();

        assertThat(look(tenant.database, "SELECT to_regclass('public.late')")).isEqualTo("null");
        assertThat(look(tenant.database, "SELECT to_regclass('public.next')")).isEqualTo("public.next");
    }

    @Test
    void the_newest_epoch_can_not_be_taken_over_by_an_older_or_equal_one() throws Exception {
        long epoch = EPOCH.incrementAndGet();
        try (HostWriter.Session session = open(epoch)) {
            for (long late : List.of(epoch - 1, epoch)) {
                AxiomException held = catchThrowableOfType(AxiomException.class, () -> open(late));
                assertThat(held.code()).isEqualTo(Code.LEASE_HELD);
                assertThat(held).hasMessageContaining("axm:" + epoch).hasMessageContaining(server.user());
            }
            session.transaction("", List.of("SELECT 1"));
        }
        open(epoch).close();
    }

    /** Two control planes, or two organizations, on one server: whoever came second waits, whatever its epoch says. */
    @Test
    void a_session_of_another_line_is_left_alone_however_low_its_epoch() throws Exception {
        try (HostWriter.Session session = open(1)) {
            AxiomException held = catchThrowableOfType(AxiomException.class, () -> open(1_000_000, "another"));
            assertThat(held.code()).isEqualTo(Code.LEASE_HELD);
            session.transaction(tenant.database, List.of("SELECT 1"));
        }
        open(1_000_000, "another").close();
    }

    @Test
    void a_tenant_that_poses_as_another_epoch_stops_nobody() throws Exception {
        Target plain = new Target(
                "127.0.0.1", server.port(), "postgres", tenant.owner, Secret.of(Tenant.PASSWORD), Host.Tls.DISABLE);
        for (String name : List.of("axm:999999999999999999999999", "axm:9x", "axm:1")) {
            try (Connection impostor = AdminConnections.open(plain, "postgres", name, Pins.CHANGE, version)) {
                try (HostWriter.Session session = open()) {
                    session.transaction("", List.of("SELECT 1"));
                }
                assertThat(Tenant.one(impostor, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void a_connection_cut_in_the_middle_of_a_statement_is_told() throws Exception {
        try (HostWriter.Session session = open();
                ExecutorService worker = Executors.newSingleThreadExecutor()) {
            Future<HostFailure> cut = worker.submit(() -> catchThrowableOfType(
                    HostFailure.class, () -> session.transaction(tenant.database, List.of("SELECT pg_sleep(60)"))));
            while (!look(
                            "postgres",
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
                                    + literal(tenant.database) + " AND query LIKE '%pg_sleep%'")
                    .equals("1")) {
                Thread.onSpinWait();
            }
            assertThat(cut.get().sqlState()).isIn("57P01", "08006");
        }
    }

    @Test
    void verifiers_are_stored_as_sent_and_the_owner_can_log_in() throws Exception {
        Secret password = Secret.of("aB3!@#$%^&*xyz");
        SortedMap<String, Secret> verifiers = new TreeMap<>(Map.of(
                tenant.owner, new ScramHasher().verifier(password), tenant.ro, new ScramHasher().verifier(password)));
        try (HostWriter.Session session = open()) {
            session.setVerifiers(verifiers);
        }

        assertThat(look("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = " + literal(tenant.ro)))
                .isEqualTo(Objects.requireNonNull(verifiers.get(tenant.ro)).reveal());
        try (Connection login = AdminConnections.open(
                new Target("127.0.0.1", server.port(), tenant.database, tenant.owner, password, Host.Tls.DISABLE),
                tenant.database,
                "app",
                Pins.CHANGE,
                version)) {
            assertThat(Tenant.one(login, "SELECT current_user")).isEqualTo(tenant.owner);
        }
    }

    @Test
    void no_verifier_reaches_a_log_a_failure_or_a_statistic_and_none_is_set_when_one_fails() throws Exception {
        Secret canary = new ScramHasher().verifier(Secret.of("p"));
        SortedMap<String, Secret> verifiers = new TreeMap<>(Map.of(tenant.rw, canary, tenant.rw + "zz absent", canary));

        HostFailure failure = failure(session -> session.setVerifiers(verifiers));

        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains("does not exist").doesNotContain("SCRAM");
        assertThat(failure.sqlState()).isEqualTo("42704");
        assertThat(log()).doesNotContain(canary.reveal());
        assertThat(look("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = " + literal(tenant.rw)))
                .isEqualTo("null");
    }

    @Test
    void what_is_not_a_verifier_is_never_sent() throws Exception {
        for (String bad : List.of("plain canary", "SCRAM-SHA-256$4096:c2FsdA==$short:short", "md5abc")) {
            HostFailure failure =
                    failure(session -> session.setVerifiers(new TreeMap<>(Map.of(tenant.rw, Secret.of(bad)))));

            assertThat(failure).hasMessageContaining("is not a SCRAM-SHA-256 verifier");
            assertThat(failure.getMessage()).doesNotContain(bad);
            assertThat(failure.getCause())
                    .isInstanceOfSatisfying(
                            AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.VERIFIER_MISMATCH));
        }
        assertThat(log()).doesNotContain("plain canary");
    }

    @Test
    void a_server_that_stores_something_else_is_found_out() throws Exception {
        Secret sent = new ScramHasher().verifier(Secret.of("p"));
        SortedMap<String, Secret> verifiers = new TreeMap<>(Map.of(tenant.rw, sent));
        try (PgConnection connection =
                AdminConnections.open(Tenant.target(server), "postgres", "test", Pins.CHANGE, version)) {
            assertThatThrownBy(() -> Verifiers.compare(connection, verifiers))
                    .isInstanceOf(AxiomException.class)
                    .hasMessageContaining("did not store the verifier of role " + tenant.rw);
        }
    }

    /** Something to do in a session. */
    private interface Change {
        void in(HostWriter.Session session) throws HostFailure;
    }

    private HostFailure failure(Change change) {
        try (HostWriter.Session session = open()) {
            return catchThrowableOfType(HostFailure.class, () -> change.in(session));
        }
    }

    private HostWriter.Session open() {
        return open(EPOCH.incrementAndGet());
    }

    private HostWriter.Session open(long epoch) {
        return open(epoch, "ours");
    }

    private HostWriter.Session open(long epoch, String line) {
        return new PostgresWriter(host -> Tenant.target(server), ClientTools::none)
                .open(Tenant.host(server), new Lease("test", epoch, "tests", line));
    }

    private String look(String database, String sql) {
        try (Connection connection =
                AdminConnections.open(Tenant.target(server), database, "test", Pins.CHANGE, version)) {
            return Tenant.one(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private String log() throws IOException {
        return Files.readString(server.cluster().log());
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
