package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ValidationGithub;
import io.axiomdb.cli.view.ValidationJson;
import io.axiomdb.cli.view.ValidationSarif;
import io.axiomdb.cli.view.ValidationText;
import io.axiomdb.cli.view.ValidationView;
import io.axiomdb.cli.world.World;
import io.axiomdb.load.Loaded;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm validate}. */
@Command(
        name = "validate",
        description = "Find every problem in the configuration. Touches no server.",
        footer = {
            "  axm validate",
            "  axm validate --file prod/axiomdb.yaml --output json",
            "  axm validate --output sarif > axm.sarif      for code scanning",
            "  axm validate --output github                 annotations in GitHub Actions"
        })
final class Validate extends WorldCommand {
    /** In what form. */
    enum Output {
        TEXT,
        JSON,
        SARIF,
        GITHUB;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    private final FileOption file = new FileOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TEXT;

    Validate(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output == Output.JSON;
    }

    @Override
    int run() {
        Loaded validation = world().validate(world().source(file.file()));
        print(view().render(validation, file.file().toString()));
        return validation.errors() == 0 ? Exit.OK : Exit.ERROR;
    }

    private ValidationView view() {
        return switch (output) {
            case TEXT -> new ValidationText(terminal().outStyle());
            case JSON -> new ValidationJson();
            case SARIF -> new ValidationSarif(world().version());
            case GITHUB -> new ValidationGithub();
        };
    }
}
