package io.axiomdb.adapter.postgres.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * The two programs, started as one who may log in.
 *
 * @param running those that run
 */
record Tools(Path bin, SortedMap<String, String> environment, Set<Program> running) {
    /** How long to wait behind whoever alters a table in this moment; the copy keeps others from altering meanwhile. */
    private static final String LOCK_MILLIS = "300000";

    /** Writes an archive. It goes through a pipe, where packing it would only cost time. */
    Program dump(PipedCopy.Original original, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                bin.resolve("pg_dump").toString(),
                "--format=custom",
                "--compress=0",
                "--lock-wait-timeout=" + LOCK_MILLIS,
                "--snapshot=" + original.snapshot(),
                "--no-owner",
                "--no-privileges",
                "--no-publications",
                "--no-subscriptions",
                "--no-security-labels",
                "--no-tablespaces",
                "--no-password"));
        command.addAll(options);
        command.add("--dbname=" + named(original.database()));
        return Program.start(command, environment, running);
    }

    /** Reads an archive's beginning and writes its table of contents. */
    Program list() throws IOException {
        return Program.start(List.of(bin.resolve("pg_restore").toString(), "--list"), environment, running);
    }

    /** Reads an archive and restores what a file lists of it, until the first error. */
    Program restore(String database, Path list) throws IOException {
        return Program.start(
                List.of(
                        bin.resolve("pg_restore").toString(),
                        "--exit-on-error",
                        "--verbose", // or it does not say which object an error is about
                        "--no-owner",
                        "--no-privileges",
                        "--no-password",
                        "--use-list=" + list,
                        "--dbname=" + named(database)),
                environment,
                running);
    }

    /** A name that could be read as a whole connection string is one that is none. */
    private static String named(String database) {
        return "dbname='" + database.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
