package io.axiomdb.lab;

import io.axiomdb.testing.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code deploy/lab/lab}, for one lab. */
record Program(String lab) {
    private static final Path PATH =
            Path.of("..", "deploy", "lab", "lab").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    Output run(String command, String input, String... arguments) {
        List<String> words = new ArrayList<>(List.of(PATH.toString(), command, "--name", lab));
        words.addAll(List.of(arguments));
        return Program.run(input, words);
    }

    /** Starts a command of a lab that goes on until it is told to end. */
    static Process start(String lab, String command, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(PATH.toString(), command, "--name", lab));
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words).start();
    }

    /** Runs any program to its end; one that takes more than two minutes of a quiet machine is ended and fails the test. */
    static Output run(String input, List<String> words) {
        try {
            Process process = new ProcessBuilder(words).start();
            Thread.ofVirtual().start(() -> endAfterTheLimit(process));
            CompletableFuture<String> error = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
            try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
                stdin.write(input);
            }
            String out = all(process.getInputStream());
            return new Output(process.waitFor(), out, error.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + words.getFirst() + " ran", e);
        }
    }

    private static String all(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void endAfterTheLimit(Process process) {
        try {
            long start = System.nanoTime();
            while (!process.waitFor(1, TimeUnit.SECONDS)) {
                if (Patience.isOver(start, LIMIT)) {
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
