package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Escape;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.World;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command tree. */
@Command(
        name = "axm",
        description = "Keeps PostgreSQL servers as axiomdb.yaml says: validate, plan, apply, audit.",
        footer = {
            "  axm demo                   see all of it in a minute, on a throw-away server",
            "  axm validate               find every problem in axiomdb.yaml",
            "  axm plan                   see what apply would do",
            "  axm apply                  look at the plan, say yes, see the proof"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or in sync",
            "1:an error; also a plan that could not look at everything",
            "2:changes pending (plan --detailed-exitcode), drift found (drift), denied (network explain)",
            "3:refused by a guard, or nobody said yes",
            "4:the plan is stale",
            "5:somebody else is at work",
            "64:wrong usage",
            "130:stopped by Ctrl-C"
        })
public final class Axm extends WorldCommand {
    /** As built; {@code dev} when run from classes. */
    public static final String VERSION = Optional.ofNullable(
                    Axm.class.getPackage().getImplementationVersion())
            .orElse("dev");

    private static final String WELCOME = """
            axm keeps PostgreSQL servers as axiomdb.yaml says.

            Try this first:
                axm demo

            All commands:
                axm --help
            """;

    private Axm(World world) {
        super(world);
    }

    @Override
    int run() {
        print(WELCOME);
        return Exit.OK;
    }

    /** Runs one command line; returns the exit code. */
    public static int run(World world, List<String> arguments) {
        return commandLine(world, arguments).execute(arguments.toArray(String[]::new));
    }

    /** All commands in the order of the help; when the first argument names one, only that one is put together. */
    private static CommandLine commandLine(World world, List<String> arguments) {
        Map<String, Function<World, Object>> all = new LinkedHashMap<>();
        all.put("init", Init::new);
        all.put("validate", Validate::new);
        all.put("plan", Plan::new);
        all.put("apply", Apply::new);
        all.put("export", Export::new);
        all.put("adopt", Adopt::new);
        all.put("drift", Drift::new);
        all.put("run-due", RunDue::new);
        all.put("audit", Audit::commandLine);
        all.put("network", Network::commandLine);
        all.put("credentials", Credentials::commandLine);
        all.put("key", Key::commandLine);
        all.put("ca", Ca::new);
        all.put("status", Status::new);
        all.put("project", Project::commandLine);
        all.put("branch", Branch::commandLine);
        all.put("undelete", Undelete::new);
        all.put("purge", Purge::new);
        all.put("explain", Explain::new);
        all.put("completion", w -> new Completion(w, () -> whole(w)));
        all.put("host", HostCommands::commandLine);
        all.put("doctor", Doctor::new);
        all.put("control-plane", ControlPlaneCommands::commandLine);
        all.put("demo", Demo::new);
        all.put("version", Version::new);
        if (!arguments.isEmpty() && all.containsKey(arguments.getFirst())) {
            all.keySet().retainAll(List.of(arguments.getFirst()));
        }
        CommandLine line = new CommandLine(new Axm(world));
        all.forEach((name, make) -> line.addSubcommand(name, make.apply(world)));
        return mannered(line, world.terminal());
    }

    /** The whole tree, for those who describe it. */
    static CommandLine whole(World world) {
        return commandLine(world, List.of());
    }

    private static CommandLine mannered(CommandLine line, Terminal terminal) {
        Ansi ansi = terminal.outStyle().colors() ? Ansi.ON : Ansi.OFF;
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setOverwrittenOptionsAllowed(false)
                .setExpandAtFiles(false)
                .setUsageHelpWidth(Math.max(80, terminal.outStyle().width()))
                .setUsageHelpLongOptionsMaxWidth(34)
                .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(Axm::misused)
                .setExecutionExceptionHandler((e, command, parsed) -> Unexpected.tell(e, terminal));
    }

    private static int misused(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("axm: " + Escape.terminal(String.valueOf(e.getMessage())));
        if (e instanceof UnmatchedArgumentException unmatched) {
            unmatched.getSuggestions().stream()
                    .findFirst()
                    .ifPresent(s -> err.println("Did you mean: " + Escape.terminal(s)));
        }
        err.println("Try:");
        err.println("    " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return Exit.USAGE;
    }
}
