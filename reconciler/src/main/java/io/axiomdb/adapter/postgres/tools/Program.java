package io.axiomdb.adapter.postgres.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A program that runs until it is closed at the latest, or this process ends. */
final class Program implements AutoCloseable {
    private static final long GRACE_SECONDS = 5;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroy), "axm-tools"));
    }

    private final Process process;
    private final CompletableFuture<String> complaints;

    private final Set<Program> running;

    private Program(Process process, Set<Program> running) {
        this.process = process;
        this.running = running;
        this.complaints = CompletableFuture.supplyAsync(
                () -> Complaints.read(process.getErrorStream()),
                reading -> Thread.ofVirtual().name("axm-tool-errors").start(reading));
    }

    /**
     * Starts one.
     *
     * @param environment all of it
     * @param running it is there until it is closed
     */
    static Program start(List<String> command, SortedMap<String, String> environment, Set<Program> running)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        RUNNING.add(process);
        Program program = new Program(process, running);
        running.add(program);
        return program;
    }

    InputStream output() {
        return process.getInputStream();
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it ended well; waits for its end. */
    boolean succeeded() {
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Its errors, once it has ended. */
    String complaints() {
        return complaints.join();
    }

    /** At once: what it waits for does not answer. */
    void kill() {
        process.destroyForcibly();
    }

    /** Told to end it cancels what it does on the server. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        RUNNING.remove(process);
        running.remove(this);
    }
}
