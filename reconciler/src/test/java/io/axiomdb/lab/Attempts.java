package io.axiomdb.lab;

import io.axiomdb.testing.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Connection attempts as an application makes them: libpq, TLS required, from an address of its own, as many at once as the
 * machine bears. Only words of a refusal count as one; a wrong password or a missing database is a mistake of the test.
 */
public final class Attempts {
    /** What a firewall drops takes this long to be believed. */
    private static final long CONNECT_TIMEOUT_SECONDS =
            Patience.of(Duration.ofSeconds(4)).toSeconds();

    private static final int AT_ONCE = 32;

    private static final String IN = "come in";

    private static final List<String> REFUSED = List.of(
            "timeout expired",
            "no pg_hba.conf entry for host",
            "pg_hba.conf rejects connection",
            "login rejected",
            "Connection refused");

    private Attempts() {}

    /**
     * Someone who knocks at a door.
     *
     * @param namespace path of the network namespace that has the one address to come from
     * @param password of the role; shown to nobody
     */
    public record Attempt(
            String namespace, String from, String host, int port, String database, String role, String password) {
        @Override
        public String toString() {
            return from + " -> " + host + " port " + port + " " + database + " as " + role;
        }
    }

    /**
     * How it ended.
     *
     * @param words of the refusal; empty when it got in
     */
    public record Outcome(boolean in, String words) {}

    /** Tries them all, and tells each that ended otherwise than expected. */
    public static List<String> wrong(Map<Attempt, Boolean> expected) {
        List<String> wrong = new ArrayList<>();
        all(List.copyOf(expected.keySet())).forEach((attempt, outcome) -> {
            if (!Objects.equals(expected.get(attempt), outcome.in())) {
                wrong.add("%s should not have been %s %s"
                        .formatted(attempt, outcome.in() ? "let in" : "kept out:", outcome.words()));
            }
        });
        return wrong;
    }

    /** Tries them all; one outcome for each, in their order. */
    public static Map<Attempt, Outcome> all(List<Attempt> attempts) {
        Semaphore places = new Semaphore(AT_ONCE);
        List<Future<Outcome>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Attempt attempt : attempts) {
                Callable<Outcome> one = () -> {
                    places.acquire();
                    try {
                        return knock(attempt);
                    } finally {
                        places.release();
                    }
                };
                running.add(threads.submit(one));
            }
        }
        Map<Attempt, Outcome> outcomes = new LinkedHashMap<>();
        for (int i = 0; i < attempts.size(); i++) {
            try {
                outcomes.put(attempts.get(i), running.get(i).get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(attempts.get(i).toString(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        return outcomes;
    }

    private static Outcome knock(Attempt attempt) throws IOException, InterruptedException {
        String said = ask(attempt);
        if (said.equals(IN)) {
            return new Outcome(true, "");
        }
        if (REFUSED.stream().noneMatch(said::contains)) {
            throw new IllegalStateException("neither in nor refused: " + said);
        }
        return new Outcome(false, said);
    }

    /** Whether somebody gets in, whatever keeps it out: while names change there may be no such database or role. */
    static boolean getsIn(Attempt attempt) {
        try {
            return ask(attempt).equals(IN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Only who got in, and was answered, is told {@link #IN}. */
    private static String ask(Attempt attempt) throws IOException, InterruptedException {
        Path passwords = passFile(attempt);
        try {
            Process psql = start(attempt, passwords, "select 'come in'");
            String said = new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return psql.waitFor() == 0 ? said : "refused: " + said;
        } finally {
            Files.deleteIfExists(passwords);
        }
    }

    /** Runs a statement as that someone; its output and its errors come on one stream. */
    private static Process start(Attempt attempt, Path passwords, String sql) throws IOException {
        return as(attempt, passwords, "psql", "-XqAt", "-c", sql, "-d", target(attempt) + " sslmode=require");
    }

    /** What libpq connects to, as text without the password. */
    static String target(Attempt attempt) {
        return "host=%s port=%d dbname=%s user=%s connect_timeout=%d"
                .formatted(attempt.host(), attempt.port(), attempt.database(), attempt.role(), CONNECT_TIMEOUT_SECONDS);
    }

    /** Starts a program of PostgreSQL's in that someone's network and with that someone's password. */
    static Process as(Attempt attempt, Path passwords, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=" + attempt.namespace(), "--"));
        words.addAll(List.of(command));
        ProcessBuilder program = new ProcessBuilder(words);
        program.environment().put("PGPASSFILE", passwords.toString());
        program.environment().put("LC_ALL", "C.UTF-8");
        return program.redirectErrorStream(true).start();
    }

    static Path passFile(Attempt attempt) {
        try {
            Path file = Files.createTempFile(
                    "axm-pass-",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            String password = attempt.password().replace("\\", "\\\\").replace(":", "\\:");
            return Files.writeString(file, "*:*:*:*:" + password + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
