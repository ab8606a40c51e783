package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.edit.DeleteRule;
import io.axiomdb.edit.Edit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code axm network rule delete}. */
@Command(
        name = "delete",
        description = {"Take a network rule out of the file, and show the plan."},
        footer = {
            "  axm network rule delete --project shop --rule ci",
            "  axm network rule delete --project shop --rule ci --commit"
        })
final class NetworkRuleDelete extends EditCommand {
    @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
    private String project = "";

    @Option(names = "--rule", required = true, paramLabel = "NAME", description = "The rule's name.")
    private String rule = "";

    NetworkRuleDelete(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        return new DeleteRule(project, rule);
    }
}
