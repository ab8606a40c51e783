package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.connection.channel.direct.Session;
import org.jspecify.annotations.Nullable;

/** Runs one command on a machine, with bytes to its standard input. */
final class Command {
    private static final int OUT_BYTES = 32 * 1024 * 1024;
    private static final int ERR_BYTES = 64 * 1024;
    private static final int ATTEMPTS = 20;
    private static final int PAUSE_MILLIS = 100;

    private Command() {}

    /**
     * What a command left behind.
     *
     * @param exit its exit code
     */
    record Reply(int exit, String out, String err) {}

    /** The connection or the patience ended after the command had begun: nobody knows what it did. */
    static final class Lost extends Exception {
        private static final long serialVersionUID = 1L;

        private final String words;

        Lost(String words, @Nullable Throwable cause) {
            super(words, cause);
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Runs it to its end; it need not say anything before. */
    static Reply run(Link link, String command, byte[] input, Duration patience) throws Lost {
        return run(link, command, input, patience, patience);
    }

    /**
     * Runs it to its end.
     *
     * @param patience how long it may take
     * @param silence how long it may say nothing. Its connection says nothing of that: sshd and the kernel answer for a
     *     process that is stopped
     * @throws AxiomException when it certainly did not begin
     * @throws Lost when it may have begun
     */
    static Reply run(Link link, String command, byte[] input, Duration patience, Duration silence) throws Lost {
        link.sessions().acquireUninterruptibly();
        try (Session session = session(link)) {
            return run(session, command, input, patience, silence);
        } catch (IOException e) {
            throw new Lost(Unreached.words(e), e);
        } finally {
            link.sessions().release();
        }
    }

    /**
     * A connection that stood idle may be dead without anyone having noticed: a new one is worth one try. One that
     * is full is not dead: sshd counts a session for a moment longer than we do.
     */
    private static Session session(Link link) {
        int full = 0;
        for (boolean again = true; ; ) {
            Line line = link.line();
            try {
                return line.client().startSession();
            } catch (OpenFailException e) {
                if (++full == ATTEMPTS || !paused()) {
                    throw new AxiomException(Unreached.lost(link.host(), link.ssh(), e), e);
                }
            } catch (SSHException e) {
                link.drop(line);
                if (!again) {
                    throw new AxiomException(Unreached.lost(link.host(), link.ssh(), e), e);
                }
                again = false;
            }
        }
    }

    /** False when interrupted: then the failure is told instead. */
    private static boolean paused() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, PAUSE_MILLIS));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Reply run(Session session, String text, byte[] input, Duration patience, Duration silence)
            throws IOException, Lost {
        Session.Command command = session.exec(text);
        AtomicLong heard = new AtomicLong(System.nanoTime());
        CompletableFuture<byte[]> out = read(command.getInputStream(), OUT_BYTES, session, heard);
        CompletableFuture<byte[]> err = read(command.getErrorStream(), ERR_BYTES, session, heard);
        CompletableFuture<Void> in = write(command.getOutputStream(), input);
        try {
            join(command, patience, silence, heard);
        } catch (SSHException e) {
            in.cancel(true);
            throw new Lost(isLate(e) ? "no answer within " + words(patience, silence, heard) : Unreached.words(e), e);
        }
        Integer exit = command.getExitStatus();
        if (exit == null) {
            throw new Lost("the command was ended before it had answered", null);
        }
        return new Reply(exit, text(out), text(err));
    }

    private static void join(Session.Command command, Duration patience, Duration silence, AtomicLong heard)
            throws SSHException {
        long begun = System.nanoTime();
        while (true) {
            try {
                command.join(Math.max(1, left(patience, silence, begun, heard)), TimeUnit.MILLISECONDS);
                return;
            } catch (SSHException e) {
                if (!isLate(e) || left(patience, silence, begun, heard) <= 0) {
                    throw e;
                }
            }
        }
    }

    /** Milliseconds, until whichever is over first. */
    private static long left(Duration patience, Duration silence, long begun, AtomicLong heard) {
        long now = System.nanoTime();
        return TimeUnit.NANOSECONDS.toMillis(
                Math.min(patience.toNanos() - (now - begun), silence.toNanos() - (now - heard.get())));
    }

    private static String words(Duration patience, Duration silence, AtomicLong heard) {
        boolean silent = silence.compareTo(patience) < 0 && System.nanoTime() - heard.get() >= silence.toNanos();
        return (silent ? silence : patience).toSeconds() + " s" + (silent ? ", nor any sign of life" : "");
    }

    private static boolean isLate(SSHException e) {
        return e.getCause() instanceof TimeoutException;
    }

    private static String text(CompletableFuture<byte[]> bytes) {
        return new String(bytes.join(), StandardCharsets.UTF_8);
    }

    /** A command that ends early leaves its input lying: its exit code and its words tell more than that. */
    private static CompletableFuture<Void> write(OutputStream to, byte[] input) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().name("ssh-in").start(() -> {
            try (to) {
                to.write(input);
                done.complete(null);
            } catch (IOException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Up to a limit; beyond it the command is cut off, and what was cut is no whole answer any more. */
    private static CompletableFuture<byte[]> read(InputStream from, int limit, Session session, AtomicLong heard) {
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        Thread.ofVirtual().name("ssh-out").start(() -> {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            byte[] buffer = new byte[32 * 1024];
            try {
                for (int n = from.read(buffer); n >= 0 && read.size() <= limit; n = from.read(buffer)) {
                    read.write(buffer, 0, n);
                    heard.set(System.nanoTime());
                }
                if (read.size() > limit) {
                    session.close();
                }
                done.complete(read.toByteArray());
            } catch (IOException e) {
                done.complete(read.toByteArray());
            }
        });
        return done;
    }
}
