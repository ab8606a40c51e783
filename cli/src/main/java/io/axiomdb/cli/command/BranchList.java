package io.axiomdb.cli.command;

import io.axiomdb.cli.view.BranchRow;
import io.axiomdb.cli.view.KeptRow;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.registry.Registry;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm branch list}. */
@Command(
        name = "list",
        description = "List the branches of the file and of what was applied. Looks at no host.",
        footer = {"  axm branch list", "  axm branch list shop --output json", "  axm branch list --removed"})
final class BranchList extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "PROJECT", arity = "0..1", description = "Only this project's.")
    private @Nullable String project;

    @Option(names = "--removed", description = "List removed branches whose data is kept, and until when.")
    private boolean removed;

    BranchList(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    private int kept(Registry registry) {
        List<KeptRow> rows = KeptRows.of(registry).stream()
                .filter(row -> project == null || row.project().equals(project))
                .toList();
        print(json() ? KeptRow.json(rows) : KeptRow.table(rows, terminal().outStyle()));
        return Exit.OK;
    }

    @Override
    int run() {
        Desired declared = file.load(world()).desired();
        try (Opened opened = world().open(file.file(), Opening.LOOK)) {
            ControlPlane plane = opened.controlPlane();
            Registry registry = plane.read(declared.organization());
            if (removed) {
                return kept(registry);
            }
            List<BranchRow> rows = new BranchRows(declared, registry, plane.now())
                    .all().stream()
                            .filter(row -> project == null || row.project().equals(project))
                            .toList();
            if (rows.isEmpty() && project != null) {
                throw new AxiomException(Diagnostic.of(
                        Code.NOT_DECLARED,
                        "there is no project \"" + project + "\"",
                        "declared: " + String.join(", ", declared.projects().keySet())));
            }
            print(
                    json()
                            ? BranchRow.json(rows)
                            : BranchRow.table(rows, terminal().outStyle()));
            return Exit.OK;
        }
    }
}
