package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postgresql.jdbc.PgConnection;

/**
 * Whether a host that is open for changes still answers, whatever its statements are at: they may run for hours. A second
 * connection, the guard, is asked again and again. A host that has not answered it for some time is silent: its processes
 * are stopped, or the way to it is cut. TCP does not tell, for the kernel of a stopped process acknowledges what is sent. Then
 * everything that waits for it is ended, at once and for good.
 */
final class Pulse implements AutoCloseable {
    /** How long a host may be silent. */
    static final Duration SILENCE = Duration.ofSeconds(45);

    private static final int QUESTIONS = 9;

    private final PgConnection guard;
    private final Duration silence;
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long answered = System.nanoTime();
    private volatile boolean silent;

    private Pulse(PgConnection guard, Duration silence) {
        this.guard = guard;
        this.silence = silence;
    }

    /** Begins to ask; ends with {@link #close}. */
    static Pulse of(PgConnection guard, Duration silence) {
        Pulse pulse = new Pulse(guard, silence);
        Thread.ofVirtual().name("axm-pulse").start(pulse::ask);
        Thread.ofVirtual().name("axm-silence").start(pulse::watch);
        return pulse;
    }

    /** Something that ends what waits for the host if it is silent; closed when nothing waits any longer. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** To be ended when the host is silent, and at once when it is already. */
    Watch over(Runnable end) {
        waiting.add(end);
        if (silent) {
            end.run();
        }
        return () -> waiting.remove(end);
    }

    /** Watches a connection until it is closed. */
    PgConnection over(PgConnection connection) throws SQLException {
        waiting.removeIf(end -> end instanceof Abort abort && abort.isOver());
        over(new Abort(connection));
        check();
        return connection;
    }

    /** @throws SQLException when the host is silent */
    void check() throws SQLException {
        if (silent) {
            throw new SQLException(words(), "08006");
        }
    }

    /** What to say instead of any other failure once the host is silent. */
    Optional<HostFailure> silence(Exception cause) {
        return silent
                ? Optional.of(HostFailure.unknown(
                        words(),
                        "see that its machine and PostgreSQL run and are not stopped, and that nothing on the way drops"
                                + " connections; it is unknown whether the host made this step, so run axm plan, then apply"
                                + " what is left",
                        cause))
                : Optional.empty();
    }

    private String words() {
        return "the host has answered nothing for " + silence.toSeconds() + " s, also not on a second connection";
    }

    private record Abort(PgConnection connection) implements Runnable {
        @Override
        public void run() {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                throw new IllegalStateException("a connection can't be given up", e);
            }
        }

        boolean isOver() {
            try {
                return connection.isClosed();
            } catch (SQLException e) {
                throw new IllegalStateException("a connection does not know whether it is closed", e);
            }
        }
    }

    private void ask() {
        try {
            while (!over.await(silence.toMillis() / QUESTIONS, TimeUnit.MILLISECONDS)) {
                try (Statement statement = guard.createStatement()) {
                    statement.execute("SELECT 1");
                }
                answered = System.nanoTime();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } catch (SQLException e) {
            // The guard was ended, by the server, by a takeover or by us. That is an answer, and those at work get it
            // too.
            over.countDown();
        }
    }

    private void watch() {
        try {
            while (!over.await(silence.toMillis() / QUESTIONS, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - answered > silence.toNanos()) {
                    end();
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void end() {
        silent = true;
        over.countDown();
        new Abort(guard).run();
        waiting.forEach(Runnable::run);
    }

    @Override
    public void close() {
        over.countDown();
    }
}
