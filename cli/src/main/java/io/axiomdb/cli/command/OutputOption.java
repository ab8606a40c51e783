package io.axiomdb.cli.command;

import java.util.Locale;
import picocli.CommandLine.Option;

/** For people or for programs. */
final class OutputOption {
    /** In what form. */
    enum Output {
        TEXT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TEXT;

    boolean json() {
        return output == Output.JSON;
    }
}
