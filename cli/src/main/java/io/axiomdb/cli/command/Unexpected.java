package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A fault of ours. One line for the user; where it happened goes into a file. Messages of exceptions are left out of
 * both, because nobody knows what a library put into them.
 */
final class Unexpected {
    private Unexpected() {}

    static int tell(Exception e, Terminal terminal) {
        List<String> report = new ArrayList<>();
        for (Throwable t = e; t != null && report.size() < 2000; t = t.getCause()) {
            report.add(t.getClass().getName());
            for (StackTraceElement frame : t.getStackTrace()) {
                report.add("    at " + frame);
            }
        }
        terminal.err()
                .println("axm: a fault in axm itself (" + e.getClass().getSimpleName() + "); " + where(report)
                        + " It holds no values, please attach it when you report this.");
        terminal.err().flush();
        return Exit.ERROR;
    }

    private static String where(List<String> report) {
        try {
            Path file = Files.createTempFile("axm-fault-", ".txt");
            Files.write(file, report);
            return "the report is in " + file + ".";
        } catch (IOException e) {
            return "the report could not be written: " + String.join(" ", report.subList(0, Math.min(5, report.size())))
                    + ".";
        }
    }
}
