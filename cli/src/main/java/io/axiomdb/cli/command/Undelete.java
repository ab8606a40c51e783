package io.axiomdb.cli.command;

import io.axiomdb.cli.view.KeptRow;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.edit.Edit;
import io.axiomdb.edit.UndeleteBranch;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import io.axiomdb.registry.Removed;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code axm undelete}. */
@Command(
        name = "undelete",
        description = {
            "Put a removed branch back into the file, as it was, and show the plan: applying it brings the data back.",
            "Its passwords and URLs work again. Without a branch, list what is kept and until when."
        },
        footer = {
            "  axm undelete                             what is kept, and until when",
            "  axm undelete shop/feature/auth           put its lines back and see the plan",
            "  axm undelete shop/feature/auth --commit  and commit the file"
        })
final class Undelete extends EditCommand {
    @Parameters(
            paramLabel = "PROJECT/NAME",
            arity = "0..1",
            converter = BranchPath.Converter.class,
            description = "The project, and the removed branch's name.")
    private @Nullable BranchPath path;

    Undelete(World world) {
        super(world);
    }

    @Override
    int run() {
        if (path != null) {
            return super.run();
        }
        List<KeptRow> rows = KeptRows.of(registry(file().load(world()).desired()));
        print(json() ? KeptRow.json(rows) : KeptRow.table(rows, terminal().outStyle()));
        return Exit.OK;
    }

    private Registry registry(Desired declared) {
        try (Opened opened = world().open(file().file(), Opening.LOOK)) {
            return opened.controlPlane().read(declared.organization());
        }
    }

    @Override
    Edit edit() {
        if (path == null) {
            throw new IllegalStateException("nothing is edited without a branch");
        }
        Desired declared = file().load(world()).desired();
        Registry registry = registry(declared);
        ResourceKey key = ResourceKey.branch(path.project(), path.branch());
        Removed removed = registry.removed().stream()
                .filter(one -> one.resource().equals(key))
                .reduce((_, newer) -> newer)
                .orElseThrow(() -> nothingKept(key, registry));
        Applied there = registry.applied().get(key);
        if (there != null && there.complete()) {
            throw new AxiomException(Diagnostic.of(
                    Code.ALREADY_DECLARED,
                    key + " was made anew after the one whose data is kept was removed",
                    "two of one name can't be there at once. Call the new one something else (a branch with renamed_from: "
                            + path.branch() + " keeps its data), apply that, then run this again"));
        }
        UndeleteBranch edit = new UndeleteBranch(
                path.project(),
                path.branch(),
                removed.fields(),
                world().workspace().now());
        edit.leftOut(declared).forEach(words -> note("axm: left out: " + words));
        return edit;
    }

    private static AxiomException nothingKept(ResourceKey key, Registry registry) {
        List<String> kept = KeptRows.of(registry).stream()
                .map(row -> row.project() + "/" + row.branch())
                .distinct()
                .toList();
        return new AxiomException(Diagnostic.of(
                Code.NOT_FOUND,
                "nothing is kept of " + key,
                kept.isEmpty() ? "nothing is kept of any branch" : "kept: " + String.join(", ", kept)));
    }
}
