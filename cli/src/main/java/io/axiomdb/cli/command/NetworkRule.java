package io.axiomdb.cli.command;

import io.axiomdb.cli.view.RulesJson;
import io.axiomdb.cli.view.RulesText;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.engine.NetworkLook;
import io.axiomdb.plan.RuleState;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm network rule}. */
@Command(
        name = "rule",
        description = "Address ranges that may connect.",
        footer = {
            "  axm network rule create --project shop --cidr 198.51.100.0/24 --ports both --label CI",
            "  axm network rule list --project shop"
        })
final class NetworkRule extends GroupCommand {
    private NetworkRule(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new NetworkRule(world))
                .addSubcommand(new ListRules(world))
                .addSubcommand(new Get(world))
                .addSubcommand(new NetworkRuleCreate(world))
                .addSubcommand(new NetworkRuleDelete(world));
    }

    /** About the rules of one project. */
    abstract static class OfProject extends WorldCommand {
        @Mixin
        private final FileOption file = new FileOption();

        @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
        private String project = "";

        @Mixin
        private final OutputOption output = new OutputOption();

        OfProject(World world) {
            super(world);
        }

        @Override
        final boolean json() {
            return output.json();
        }

        @Override
        final int run() {
            Desired desired = file.load(world()).desired();
            Project declared = Declared.project(desired, project);
            try (Opened opened = world().open(file.file(), Opening.LOOK)) {
                return run(opened, desired, declared, Declared.host(desired, declared));
            }
        }

        abstract int run(Opened opened, Desired desired, Project declared, Host host);
    }

    /** {@code axm network rule list}. */
    @Command(
            name = "list",
            description = {
                "List the rules of a project, declared or applied, with how far each has come.",
                "States are as last applied; axm network rule get looks at the host."
            },
            footer = {"  axm network rule list --project shop", "  axm network rule list --project shop --output json"})
    static final class ListRules extends OfProject {
        ListRules(World world) {
            super(world);
        }

        @Override
        int run(Opened opened, Desired desired, Project declared, Host host) {
            List<RuleState> rules = opened.network(desired, List.of()).rules(declared.name());
            print(
                    json()
                            ? RulesJson.list(declared, host, rules)
                            : new RulesText(terminal().outStyle()).list(declared, host, rules));
            return Exit.OK;
        }
    }

    /** {@code axm network rule get}. */
    @Command(
            name = "get",
            description = "Show one rule, and whether its addresses get in now. Looks at the host, changes nothing.",
            footer = {
                "  axm network rule get --project shop --rule office-vpn",
                "  axm network rule get --project shop --rule office-vpn --output json"
            })
    static final class Get extends OfProject {
        @Option(names = "--rule", required = true, paramLabel = "NAME", description = "The rule.")
        private String name = "";

        Get(World world) {
            super(world);
        }

        @Override
        int run(Opened opened, Desired desired, Project declared, Host host) {
            NetworkLook look = opened.network(desired, List.of(host));
            List<RuleState> all = look.rules(declared.name());
            RuleState state = all.stream()
                    .filter(one -> one.rule().name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Declared.unknown(
                            "rule " + name + " of project " + declared.name(),
                            name,
                            "rules",
                            all.stream().map(one -> one.rule().name()).toList()));
            RulesText.Detail detail = new RulesText.Detail(
                    declared, host, state, look.of(host), look.reach(declared, state.rule(), host));
            print(json() ? RulesJson.get(detail) : new RulesText(terminal().outStyle()).get(detail));
            return Exit.OK;
        }
    }
}
