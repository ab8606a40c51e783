package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ValidationJson;
import io.axiomdb.cli.view.ValidationText;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.DiagnosticText;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** What all commands share: their world, and how what stops them is told. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = Version.Provider.class,
        sortOptions = false,
        usageHelpAutoWidth = false,
        descriptionHeading = "%n",
        parameterListHeading = "%n",
        optionListHeading = "%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n")
abstract class WorldCommand implements Callable<Integer> {
    private final World world;

    WorldCommand(World world) {
        this.world = world;
    }

    final World world() {
        return world;
    }

    final Terminal terminal() {
        return world.terminal();
    }

    /** What it is there for; returns the exit code. */
    abstract int run();

    /** Whether a program reads our output, errors included. */
    boolean json() {
        return false;
    }

    @Override
    public final Integer call() {
        try {
            return run();
        } catch (FileOption.Invalid e) {
            if (json()) {
                print(ValidationJson.error(e.validation().diagnostics(), Exit.ERROR));
            } else {
                note(new ValidationText(terminal().errStyle()).render(e.validation(), e.file()));
            }
            return Exit.ERROR;
        } catch (AxiomException e) {
            int exit = Exit.of(e);
            if (json()) {
                print(ValidationJson.error(e.diagnostics(), exit));
            } else {
                note(DiagnosticText.render(e.diagnostics(), Map.of()));
            }
            return exit;
        }
    }

    /** Data, to stdout. */
    final void print(String text) {
        terminal().out().print(text);
        terminal().out().flush();
    }

    /** Everything else, to stderr. Ends with a line's end. */
    final void note(String text) {
        if (text.isEmpty()) {
            return;
        }
        terminal().err().print(text.endsWith("\n") ? text : text + "\n");
        terminal().err().flush();
    }
}
