package io.axiomdb.cli.command;

import io.axiomdb.cli.view.EditText;
import io.axiomdb.cli.view.Escape;
import io.axiomdb.cli.view.PlanJson;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.view.ValidationJson;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.edit.Edit;
import io.axiomdb.edit.Edited;
import io.axiomdb.edit.Editor;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.plan.Asked;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that edits the file, perhaps commits that, and shows what the edit means. */
abstract class EditCommand extends WorldCommand {
    private static final int SHORT_ID = 7;

    @Mixin
    private final FileOption file = new FileOption();

    @Option(names = "--no-plan", description = "Edit the file and stop there; no server is touched.")
    private boolean noPlan;

    @Option(names = "--commit", description = "Commit the file with this edit alone. Its other changes are refused.")
    private boolean commit;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "The commit's message; says what was edited when left out.")
    private @Nullable String message;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final RequestOptions.ActorOption actor = new RequestOptions.ActorOption();

    @Spec
    private @Nullable CommandSpec spec;

    EditCommand(World world) {
        super(world);
    }

    /** What is asked for. */
    abstract Edit edit();

    @Override
    final boolean json() {
        return output.json();
    }

    @Override
    int run() {
        if (message != null && !commit) {
            throw misuse("--message goes with --commit");
        }
        if (message != null && message.isBlank()) {
            throw misuse("--message is empty, and Git makes no commit without one");
        }
        Edit edit = edit();
        Edited edited = Editor.edit(
                world().source(file.file()), edit, world().workspace().now());
        return switch (edited) {
            case Edited.Refused(List<Diagnostic> why, Map<String, String> texts) -> refused(why, texts);
            case Edited.Ready ready -> {
                write(ready, edit.subject());
                yield noPlan ? Exit.OK : plan();
            }
        };
    }

    /** The file that is edited. */
    final FileOption file() {
        return file;
    }

    /** Wrong usage that no single option can see. */
    final CommandLine.ParameterException misuse(String words) {
        return new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), words);
    }

    private int refused(List<Diagnostic> why, Map<String, String> texts) {
        int exit = Exit.of(new AxiomException(why));
        if (json()) {
            print(ValidationJson.error(why, exit));
        } else {
            note(DiagnosticText.render(why, texts) + "\nNothing was written.\n");
        }
        return exit;
    }

    private void write(Edited.Ready ready, String subject) {
        Path path = file.file().resolveSibling(ready.file());
        if (ready.isUnchanged()) {
            note("axm: nothing to edit: " + path + " says so already.");
            return;
        }
        Workspace workspace = world().workspace();
        String shown = EditText.render(
                path.toString(), ready.before(), ready.after(), terminal().errStyle());
        if (!commit) {
            workspace.replace(path, ready.before(), ready.after());
            note(shown);
            return;
        }
        String words = message == null ? subject : message;
        Commit made = workspace.commit(path, ready.before(), ready.after(), words, secretVariables(ready));
        note(shown);
        note("committed " + made.id().substring(0, SHORT_ID) + " \"" + Escape.terminal(made.subject()) + "\"\n");
    }

    /** Those that the configuration or one of AxiomDB's own variables points at. */
    private SortedSet<String> secretVariables(Edited.Ready ready) {
        Desired desired = Objects.requireNonNull(ready.loaded().desired());
        return Stream.concat(
                        Declarations.of(desired).values().stream().flatMap(fields -> fields.values().values().stream()),
                        terminal().environment().values().stream())
                .map(SecretRef::parse)
                .flatMap(Optional::stream)
                .filter(reference -> reference.kind() == SecretRef.Kind.ENV)
                .map(SecretRef::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private int plan() {
        FileOption.Configuration loaded = file.load(world());
        try (Opened opened = world().open(file.file(), Opening.LOOK)) {
            Request request = new Request(actor.actor(world()), "manual", loaded.commit(), Asked.NOTHING);
            Planned planned = opened.plan(loaded.desired(), request);
            PlanView view = json() ? new PlanJson() : new PlanText(terminal().outStyle());
            String path = file.file().toString();
            print(view.render(planned, new Context(Purpose.PLAN, path, loaded.commit(), file.flags(), false)));
            return planned.complete() ? Exit.OK : Exit.ERROR;
        }
    }
}
