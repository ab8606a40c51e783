package io.axiomdb.lab;

import io.axiomdb.lab.Attempts.Attempt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** One session of an application that stays open: psql, a question at a time. */
final class Talk implements AutoCloseable {
    private final Path passwords;
    private final Process psql;
    private final Writer in;
    private final BufferedReader out;

    /**
     * Connects.
     *
     * @param security such as {@code sslmode=require}
     */
    Talk(Attempt attempt, String security) {
        try {
            this.passwords = Attempts.passFile(attempt);
            this.psql = Attempts.as(
                    attempt,
                    passwords,
                    "psql",
                    "-XqAt",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-d",
                    Attempts.target(attempt) + " " + security);
            this.in = psql.outputWriter();
            this.out = psql.inputReader();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one value that a query gives; when the session is over, what was said at its end. */
    String ask(String sql) {
        try {
            in.write(sql + ";\n");
            in.flush();
            String line = out.readLine();
            return line == null ? "over" : line;
        } catch (IOException e) {
            return "over";
        }
    }

    @Override
    public void close() {
        try {
            psql.destroyForcibly().waitFor();
            Files.deleteIfExists(passwords);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
