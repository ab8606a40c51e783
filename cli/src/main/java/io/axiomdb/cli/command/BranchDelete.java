package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.edit.DeleteBranch;
import io.axiomdb.edit.Edit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code axm branch delete}. */
@Command(
        name = "delete",
        description = {
            "Take a branch out of the file, and show the plan.",
            "Applying that ends access and keeps the data under another name; nothing is dropped.",
            "A protected branch goes in two steps: first say protected: false and apply it."
        },
        footer = {"  axm branch delete shop/feature/auth", "  axm branch delete shop/feature/auth --commit"})
final class BranchDelete extends EditCommand {
    @Parameters(
            paramLabel = "PROJECT/NAME",
            converter = BranchPath.Converter.class,
            description = "The project, and the branch's name.")
    private BranchPath path = new BranchPath("", "");

    BranchDelete(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        return new DeleteBranch(path.project(), path.branch());
    }
}
