package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Loaded;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which file. */
final class FileOption {
    private static final Path DEFAULT = Path.of("axiomdb.yaml");

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The configuration (default: axiomdb.yaml in this directory).")
    private Path file = DEFAULT;

    Path file() {
        return file;
    }

    /** To be said again in the next command; nothing for the default. */
    List<String> flags() {
        return file.equals(DEFAULT) ? List.of() : List.of("--file", file.toString());
    }

    /** A configuration without errors, and the commit it comes from. */
    record Configuration(Desired desired, @Nullable Commit commit) {}

    /**
     * Reads the file. Warnings go to stderr.
     *
     * @throws Invalid when it has errors
     */
    Configuration load(World world) {
        return load(world, world.source(file));
    }

    /** The same from elsewhere, such as a commit. */
    Configuration load(World world, DesiredSource source) {
        Loaded validation = world.validate(source);
        Desired desired = validation.desired();
        if (desired == null || validation.errors() > 0) {
            throw new Invalid(validation, file.toString());
        }
        List<Diagnostic> warnings = validation.diagnostics();
        if (!warnings.isEmpty()) {
            world.terminal().err().println(DiagnosticText.render(warnings, validation.texts()));
        }
        return new Configuration(desired, source.commit());
    }

    /** The file has errors; shown with carets, for which its text is needed. */
    static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Loaded validation;
        private final String file;

        Invalid(Loaded validation, String file) {
            super("the file has errors", new AxiomException(validation.diagnostics()));
            this.validation = validation;
            this.file = file;
        }

        Loaded validation() {
            return validation;
        }

        String file() {
            return file;
        }
    }
}
