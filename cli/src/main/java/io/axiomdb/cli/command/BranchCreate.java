package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.edit.CreateBranch;
import io.axiomdb.edit.Edit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm branch create}. */
@Command(
        name = "create",
        description = {
            "Add a branch to the file, and show the plan.",
            "Every other line of the file stays as it is; the edit is loaded again before it is written."
        },
        footer = {
            "  axm branch create shop/feature/auth",
            "  axm branch create shop/feature/auth --from main --expires 72h",
            "  axm branch create shop/staging --protected --commit -m \"Staging for the audit\""
        })
final class BranchCreate extends EditCommand {
    @Parameters(
            paramLabel = "PROJECT/NAME",
            converter = BranchPath.Converter.class,
            description = "The project, and the new branch's name.")
    private BranchPath path = new BranchPath("", "");

    @Option(names = "--from", paramLabel = "BRANCH", description = "The branch of the project that it comes from.")
    private @Nullable String from;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "What of that branch it starts with: empty, schema or full (default: empty).")
    private io.axiomdb.desired.Branch.@Nullable Data data;

    @Option(
            names = "--transform",
            paramLabel = "FILE",
            description = "The SQL script that masks what it starts with, relative to the file's directory.")
    private @Nullable String transform;

    @Option(
            names = "--assert",
            paramLabel = "FILE",
            description = "An SQL script that must return no row then. Repeatable.")
    private List<String> asserts = new ArrayList<>();

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            converter = Expiry.Converter.class,
            description = "When it ends: 72h, 14d, or a time such as 2099-12-24T00:00:00Z. The file gets the time.")
    private @Nullable Expiry expires;

    @Option(names = "--protected", description = "It can't be removed while the file says so.")
    private boolean isProtected;

    BranchCreate(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        return new CreateBranch(
                path.project(),
                path.branch(),
                from,
                data,
                expires == null ? null : expires.from(world().workspace().now()),
                isProtected,
                transform,
                asserts);
    }
}
