package io.axiomdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.Progress;
import io.axiomdb.engine.Engine;
import io.axiomdb.engine.Outside;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostReader;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Killed;
import io.axiomdb.testing.Patience;
import io.axiomdb.testing.Servers.Server;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An apply is killed while its statements run on the host, which goes on with them. */
@TestInstance(Lifecycle.PER_CLASS)
class KilledWhileTheHostIsAtItTest {
    private static final String RUNNING = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'axm:%'"
            + " AND wait_event_type = 'Lock' AND state = 'active'";

    private final Lane lane;

    KilledWhileTheHostIsAtItTest() throws IOException {
        this.lane = new Lane();
    }

    @AfterAll
    void close() throws IOException {
        lane.close();
    }

    /** Locks a catalogue on the host, and with it whatever wants to write to it. */
    private Connection lock(String catalogue) throws SQLException {
        Server host = lane.host;
        Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://" + Server.ADDRESS + ":" + host.port() + "/postgres",
                host.user(),
                host.password().reveal());
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + catalogue + " IN SHARE MODE");
        }
        return connection;
    }

    @ParameterizedTest
    @CsvSource({"the first apply, pg_database", "an edit and drift, pg_authid"})
    void what_the_host_makes_of_it_alone_is_found(String scenario, String catalogue) throws Exception {
        Trial trial = Trial.of(Scenarios.named(scenario));
        Evidence before = prepare(trial);
        try (Connection lock = lock(catalogue)) {
            killAtIt(trial);
            lock.rollback();
        }
        lane.awaitSilence();
        try (Rig rig = Rig.open(lane.direct, "after")) {
            Evidence cut = Evidence.take(lane, rig, trial);
            lane.forgetLeases();
            trial.apply(rig.outside());
            assertThat(Aftermath.wrong(lane, rig, trial, before, cut)).isEmpty();
        } finally {
            Aftermath.clear(lane, trial);
        }
    }

    /** What was seen while it still ran would not be how it ends: a plan would be stale, and an outcome a lie. */
    @ParameterizedTest
    @CsvSource({"the first apply, pg_database", "an edit and drift, pg_authid"})
    void what_still_runs_is_ended_before_the_next_apply_looks(String scenario, String catalogue) throws Exception {
        Trial trial = Trial.of(Scenarios.named(scenario));
        Evidence before = prepare(trial);
        try (Connection lock = lock(catalogue);
                Rig rig = Rig.open(lane.direct, "after")) {
            killAtIt(trial);
            lane.forgetLeases();
            String digest = trial.plan(rig.outside()).digest().hex();
            CompletableFuture<String> looks = new CompletableFuture<>();
            CountDownLatch seen = new CountDownLatch(1);
            HostReader real = rig.outside().reader();
            InvocationHandler watching = (_, method, arguments) -> {
                if (!Probe.NOTHING.equals(arguments[1])) { // which server it is may be asked before
                    looks.complete(lane.host("", RUNNING));
                    await(seen);
                }
                return method.invoke(real, arguments);
            };
            Outside watched = withReader(rig.outside(), (HostReader) Proxy.newProxyInstance(
                    HostReader.class.getClassLoader(), new Class<?>[] {HostReader.class}, watching));
            CompletableFuture<Void> next = CompletableFuture.runAsync(
                    () -> new Engine(watched).apply(trial.wish(), trial.request(), digest, Progress.NONE, () -> false));
            assertThat(looks.get(Patience.of(Duration.ofSeconds(60)).toSeconds(), TimeUnit.SECONDS))
                    .as("statements of the dead while the next apply looks")
                    .isEqualTo("0");
            Evidence cut = Evidence.take(lane, rig, trial);
            seen.countDown();
            lock.rollback();
            next.join();
            assertThat(Aftermath.wrong(lane, rig, trial, before, cut)).isEmpty();
        } finally {
            Aftermath.clear(lane, trial);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Evidence prepare(Trial trial) {
        try (Rig rig = Rig.open(lane.direct, "before")) {
            lane.rememberDrawn();
            trial.prepare(lane, rig.outside());
            makeLockDatabase(trial, rig);
            return Evidence.take(lane, rig, trial);
        }
    }

    /** What an apply makes at first would otherwise be what is in the way of the one that was killed. */
    private static void makeLockDatabase(Trial trial, Rig rig) {
        trial.wish()
                .hosts()
                .values()
                .forEach(host -> rig.outside()
                        .writer()
                        .open(host, new Lease(host.name(), 1, "test", "before"))
                        .close());
    }

    private void killAtIt(Trial trial) throws IOException {
        Process child = Child.start(lane.direct, trial);
        try {
            long start = System.nanoTime();
            while (lane.host("", RUNNING).equals("0")) {
                assertThat(Patience.isOver(start, Duration.ofSeconds(60)))
                        .as("the host is not at it")
                        .isFalse();
            }
        } finally {
            Killed.now(child);
        }
    }

    private static Outside withReader(Outside outside, HostReader reader) {
        return new Outside(
                outside.controlPlane(),
                outside.secrets(),
                outside.leases(),
                reader,
                outside.writer(),
                outside.files(),
                outside.authority(),
                outside.hasher(),
                outside.random(),
                outside.holder());
    }
}
