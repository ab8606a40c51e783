package io.axiomdb.cli.command;

import io.axiomdb.cli.view.PlanJson;
import io.axiomdb.cli.view.PlanMarkdown;
import io.axiomdb.cli.view.PlanText;
import io.axiomdb.cli.view.PlanView;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm plan}. */
@Command(
        name = "plan",
        description = {
            "Say what apply would do. Changes nothing.",
            "Looks at the control plane and at every host; what can't be looked at makes it exit with 1."
        },
        footer = {
            "  axm plan",
            "  axm plan --sql                           with every statement",
            "  axm plan --output markdown               for a comment on a pull request",
            "  axm plan --commit feature/auth            as another commit has the file, such as a pull request's",
            "  axm plan --detailed-exitcode             2: changes pending, 3: apply would refuse",
            "  axm plan --repair password:shop/main     include drift that is otherwise left alone"
        })
final class Plan extends WorldCommand {
    /** In what form. */
    enum Output {
        TEXT,
        JSON,
        MARKDOWN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    private final FileOption file = new FileOption();

    @Option(
            names = "--commit",
            paramLabel = "REV",
            description =
                    "Plan the file as this commit holds it: an id, a branch, a tag. The work tree is not looked at.")
    private @Nullable String revision;

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Mixin
    private final TrustOption trust = new TrustOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TEXT;

    @Option(names = "--sql", description = "Show the SQL of every step.")
    private boolean sql;

    @Option(
            names = "--detailed-exitcode",
            description = "Exit with 2 when changes are pending, with 3 when apply would refuse them.")
    private boolean detailed;

    Plan(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output == Output.JSON;
    }

    @Override
    int run() {
        FileOption.Configuration loaded = revision == null
                ? file.load(world())
                : file.load(world(), world().workspace().at(file.file(), revision));
        List<String> flags = new ArrayList<>(file.flags());
        flags.addAll(request.flags());
        Request asked = request.request(world(), loaded.commit());
        if (revision == null) {
            flags.addAll(trust.flags());
            asked = asked.trusting(trust.names(world(), loaded.desired()));
        } else if (trust.isGiven()) {
            note(
                    "axm: --trust-address is ignored with --commit: what a commit says is not vouched for by who plans it.");
        }
        try (Opened opened = world().open(file.file(), Opening.LOOK)) {
            Planned planned = opened.plan(loaded.desired(), asked);
            print(view().render(
                            planned, new Context(Purpose.PLAN, file.file().toString(), loaded.commit(), flags, sql)));
            if (revision != null && !json()) {
                note("axm: planned from commit " + revision
                        + "; axm apply reads the file in the work tree, so check it out first.");
            }
            return exit(planned);
        }
    }

    private PlanView view() {
        return switch (output) {
            case TEXT -> new PlanText(terminal().outStyle());
            case JSON -> new PlanJson();
            case MARKDOWN -> new PlanMarkdown();
        };
    }

    /** What could not be looked at is an error: a plan without it must not look like a green light. */
    private int exit(Planned planned) {
        if (!planned.complete()) {
            return Exit.ERROR;
        }
        if (!detailed) {
            return Exit.OK;
        }
        if (!planned.plan().refusals().isEmpty()) {
            return Exit.REFUSED;
        }
        return planned.plan().isEmpty() ? Exit.OK : Exit.PENDING;
    }
}
