package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.Code;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Check;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostWriter;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Full;
import io.axiomdb.testing.adversary.StoppedServer;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host whose processes are stopped is found to be silent in its own time, however long a statement may run there. */
class SilentHostTest {
    private static final Duration SILENCE = Duration.ofSeconds(6);

    /** Nothing here would end by itself before ten minutes; that is what is tried. */
    private static final long AT_MOST_SECONDS = 300;

    private StoppedServer server;

    @BeforeEach
    void start() throws Exception {
        server = StoppedServer.running();
    }

    @AfterEach
    void end() throws Exception {
        server.close();
    }

    private Target target() {
        return new Target(
                "127.0.0.1", server.port(), "postgres", StoppedServer.USER, server.password(), Host.Tls.DISABLE);
    }

    private Host host() {
        return new Host(
                "db1",
                new Host.Server(
                        "127.0.0.1",
                        server.port(),
                        "postgres",
                        StoppedServer.USER,
                        new SecretRef(SecretRef.Kind.ENV, "PASSWORD")),
                null,
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                Host.Tls.DISABLE,
                new Origin(Source.NOWHERE, Collections.emptySortedMap()));
    }

    private HostWriter.Session open() {
        return new PostgresWriter(_ -> target(), ClientTools::none, SILENCE)
                .open(host(), new Lease("acme/db1", 1, "us", "line"));
    }

    private interface Work {
        void on(HostWriter.Session session) throws HostFailure;
    }

    /** Stops the server once a statement of this work runs there, and returns how the work ended. */
    private HostFailure stoppedDuring(String running, Work work) throws Exception {
        try (HostWriter.Session session = open()) {
            CompletableFuture<HostFailure> end = CompletableFuture.supplyAsync(() -> {
                try {
                    work.on(session);
                    throw new AssertionError("a stopped server has answered");
                } catch (HostFailure failure) {
                    return failure;
                }
            });
            awaitRunning(running);
            server.stop();
            return end.get(AT_MOST_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void awaitRunning(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
                        StoppedServer.USER,
                        server.password().reveal());
                Statement statement = connection.createStatement()) {
            boolean runs = false;
            while (!runs) {
                try (ResultSet row = statement.executeQuery(
                        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                                + " AND query LIKE '%" + query + "%')")) {
                    row.next();
                    runs = row.getBoolean(1);
                }
            }
        }
    }

    private static void silent(HostFailure failure) {
        assertThat(failure).hasMessageContaining("answered nothing for " + SILENCE.toSeconds() + " s");
        assertThat(failure.isRefusal()).as("nobody knows what became of it").isFalse();
        assertThat(failure.help()).contains("not stopped", "axm plan");
    }

    @Test
    void a_statement_of_a_change_is_given_up() throws Exception {
        silent(stoppedDuring("pg_sleep(599)", s -> s.alone("postgres", "SELECT pg_sleep(599)")));
    }

    @Test
    void a_copy_that_may_take_a_day_is_given_up() throws Exception {
        try (HostWriter.Session session = open()) {
            session.alone("postgres", "CREATE DATABASE parent");
            // It waits for whoever alters the original, for as long as a lock may be waited for.
            try (Connection other = DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
                            StoppedServer.USER,
                            server.password().reveal());
                    Statement altering = other.createStatement()) {
                altering.execute("BEGIN; COMMENT ON DATABASE parent IS 'x'");
                CompletableFuture<HostFailure> end = CompletableFuture.supplyAsync(() -> {
                    try {
                        session.copy("parent", "axm_new_1", new CopyWay.Template(false, false));
                        throw new AssertionError("copied past a lock");
                    } catch (HostFailure failure) {
                        return failure;
                    }
                });
                awaitRunning("CREATE DATABASE");
                server.stop();
                silent(end.get(AT_MOST_SECONDS, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void what_comes_next_on_a_silent_host_is_not_begun() throws Exception {
        try (HostWriter.Session session = open()) {
            CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
                try {
                    session.alone("postgres", "SELECT pg_sleep(599)");
                } catch (HostFailure failure) {
                    silent(failure);
                }
            });
            awaitRunning("pg_sleep(599)");
            server.stop();
            end.get(AT_MOST_SECONDS, TimeUnit.SECONDS);
            long start = System.nanoTime();
            HostFailure next = failure(session);
            assertThat(next).hasMessageContaining("answered nothing");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SILENCE);
        }
    }

    private static HostFailure failure(HostWriter.Session session) {
        try {
            session.alone("template1", "SELECT 1");
            throw new AssertionError("a silent host was asked");
        } catch (HostFailure failure) {
            return failure;
        }
    }

    @Test
    void a_statement_that_takes_longer_than_silence_may_comes_to_its_end() throws Exception {
        try (HostWriter.Session session = open()) {
            session.alone("postgres", "SELECT pg_sleep(" + 2 * SILENCE.toSeconds() + ")");
        }
    }

    @Full
    @Test
    void who_only_gets_no_new_connection_is_told_after_the_time_of_a_login() throws Exception {
        try (HostWriter.Session session = open()) {
            session.transaction("", List.of("SELECT 1"));
            server.stopTakingConnections();
            HostFailure failure =
                    CompletableFuture.supplyAsync(() -> failure(session)).get(AT_MOST_SECONDS, TimeUnit.SECONDS);
            assertThat(failure.isRefusal()).isFalse();
            session.transaction("", List.of("SELECT 1"));
        }
    }

    @Full
    @Test
    void looks_end() throws Exception {
        server.stop();
        CompletableFuture<Observation> look = CompletableFuture.supplyAsync(
                () -> new PostgresReader(_ -> target()).look(host(), new Probe(new TreeSet<>(), new TreeMap<>())));
        CompletableFuture<List<Check>> doctor =
                CompletableFuture.supplyAsync(() -> ServerChecks.of(host(), _ -> target()));
        CompletableFuture<Object> export =
                CompletableFuture.supplyAsync(() -> new PostgresReader(_ -> target()).inventory(host()));

        assertThat(look.get(AT_MOST_SECONDS, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Observation.Unreachable.class,
                        unreachable -> assertThat(unreachable.why().code()).isEqualTo(Code.HOST_UNREACHABLE));
        assertThat(doctor.get(AT_MOST_SECONDS, TimeUnit.SECONDS).getFirst().status())
                .isEqualTo(Check.Status.BAD);
        assertThat(export.handle((_, failure) -> String.valueOf(failure)).get(AT_MOST_SECONDS, TimeUnit.SECONDS))
                .contains("can't be reached");
    }

    @Full
    @Test
    void of_many_databases_of_a_host_that_falls_silent_one_is_waited_for() throws SQLException, ExecutionException {
        int[] asked = new int[2];
        Silence silence = new Silence(() -> {
            asked[0]++;
            throw new SQLException("no answer", new SocketTimeoutException());
        });
        for (int i = 0; i < 100; i++) {
            try {
                silence.unless(() -> {
                    asked[1]++;
                    throw new SQLException("no answer", new SocketTimeoutException());
                });
            } catch (SQLException e) {
                assertThat(e.getMessage()).contains("no");
            }
        }
        assertThat(asked).containsExactly(1, 1);
    }

    @Test
    void secrets_stay_out_of_it() throws Exception {
        HostFailure failure = stoppedDuring("pg_sleep(599)", s -> s.alone("postgres", "SELECT pg_sleep(599)"));
        Secret password = server.password();
        assertThat(failure.toString() + failure.getCause()).doesNotContain(password.reveal());
    }
}
