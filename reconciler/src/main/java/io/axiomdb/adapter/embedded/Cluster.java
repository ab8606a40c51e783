package io.axiomdb.adapter.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * One data directory and the programs that serve it. PostgreSQL refuses to run as root, and so root runs it in a user
 * namespace of its own.
 *
 * <p>zonky's {@code EmbeddedPostgres} is not used, only the binaries it is made for: it begins with trust and without
 * fsync, keeps no password, and cleans up directories that others made.
 *
 * @param home holds {@code bin}
 * @param data the data directory
 * @param log what the server, initdb and pg_ctl say; begins anew with each start
 */
public record Cluster(Path home, Path data, Path log) {
    /** No secret of the caller's and no setting of libpq's reaches the server. */
    private static final Set<String> INHERITED = Set.of("PATH", "HOME", "USER", "TMPDIR", "TZ");

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String WAIT_SECONDS = "110";

    /** A server that is up, as its postmaster.pid says. */
    public record Running(long pid, int port) {}

    public boolean exists() {
        return Files.isRegularFile(data.resolve("PG_VERSION"));
    }

    /**
     * Makes the data directory; it appears complete or not at all. Every connection will need a SCRAM password.
     *
     * @param passwordFile its first line becomes the superuser's password, which so is never an argument of a process
     * @param options further options of initdb
     */
    public void create(String superuser, Path passwordFile, List<String> options) throws IOException {
        Path half = data.resolveSibling(data.getFileName() + ".new");
        Binaries.delete(half);
        List<String> command = program("initdb");
        command.addAll(List.of("--pgdata=" + half, "--username=" + superuser, "--pwfile=" + passwordFile));
        command.addAll(List.of("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"));
        command.addAll(options);
        run(command);
        Files.move(half, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Starts the server, out of reach of a terminal's Ctrl-C, and waits until it takes connections.
     *
     * @param settings server parameters; names and values without blanks or quotes
     */
    public Running start(int port, SortedMap<String, String> settings) throws IOException {
        Files.deleteIfExists(log);
        forgetDead();
        StringBuilder options = new StringBuilder("-p " + port);
        settings.forEach(
                (name, value) -> options.append(" -c ").append(name).append('=').append(value));
        List<String> command = program("pg_ctl");
        command.addAll(List.of("start", "-w", "-s", "-t", WAIT_SECONDS, "-D", data.toString()));
        command.addAll(List.of("-l", log.toString(), "-o", options.toString()));
        run(command);
        return running().orElseThrow(() -> new IOException("PostgreSQL stopped as soon as it had started"));
    }

    /** Ends sessions, writes everything down and stops; nothing happens when no server runs. */
    public void stop() throws IOException {
        if (running().isEmpty()) {
            return;
        }
        List<String> command = program("pg_ctl");
        command.addAll(List.of("stop", "-m", "fast", "-w", "-s", "-t", WAIT_SECONDS, "-D", data.toString()));
        run(command);
    }

    /** The server of this data directory, when one is alive, whoever started it. */
    public Optional<Running> running() throws IOException {
        Path file = data.resolve("postmaster.pid");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        if (lines.size() < 4) {
            return Optional.empty();
        }
        Running server = new Running(
                Long.parseLong(lines.getFirst().strip()),
                Integer.parseInt(lines.get(3).strip()));
        return isPostgres(server.pid()) ? Optional.of(server) : Optional.empty();
    }

    /** The end of the log, for people. */
    public String lastWords(int lines) throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> all = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    /** PostgreSQL does so itself, except where another program was given the same process id since. */
    private void forgetDead() throws IOException {
        if (running().isEmpty()) {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    private static boolean isPostgres(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("/postgres") || command.endsWith("/postgres (deleted)"))
                .isPresent();
    }

    private List<String> program(String name) {
        List<String> command = new ArrayList<>(isRoot() ? List.of("unshare", "-U") : List.of());
        command.add(home.resolve("bin").resolve(name).toString());
        return command;
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (UnsupportedOperationException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(command + " took longer than " + LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL was starting or stopping", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(command + " failed with " + process.exitValue());
        }
    }
}
