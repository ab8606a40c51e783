package io.axiomdb.cli.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A completion script for fish, which picocli has none for. */
final class FishCompletion {
    private static final String HEAD = """
            # Completions of axm for fish, made by: axm completion fish

            # Whether the words so far lead to this command, options and their values left aside.
            function __axm_at
                set -l path
                for word in (commandline -opc)[2..-1]
                    set -l longer (string join -- / $path $word)
                    if contains -- "$longer" $__axm_commands
                        set path $longer
                    end
                end
                test "$path" = "$argv[1]"
            end

            complete -c axm -f
            """;

    private final StringBuilder out = new StringBuilder(HEAD);
    private final List<String> paths = new ArrayList<>();

    private FishCompletion() {}

    static String of(CommandSpec axm) {
        FishCompletion fish = new FishCompletion();
        fish.command(axm, "");
        return fish.out + "set -g __axm_commands " + String.join(" ", fish.paths) + "\n";
    }

    private void command(CommandSpec spec, String path) {
        spec.options().stream().filter(o -> !o.hidden()).forEach(o -> option(o, path));
        spec.positionalParameters().forEach(p -> {
            if (p.completionCandidates() != null) {
                complete(path, "-a " + quoted(String.join(" ", p.completionCandidates())));
            }
        });
        spec.subcommands().forEach((name, line) -> {
            String[] words = line.getCommandSpec().usageMessage().description();
            complete(path, "-a " + name + " -d " + quoted(words.length == 0 ? "" : words[0]));
            String below = path.isEmpty() ? name : path + "/" + name;
            paths.add(below);
            command(line.getCommandSpec(), below);
        });
    }

    private void option(OptionSpec option, String path) {
        StringBuilder what = new StringBuilder();
        for (String name : option.names()) {
            what.append(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
                    .append(' ');
        }
        if (option.arity().max() > 0) {
            Iterable<String> candidates = option.completionCandidates();
            boolean file = Path.class.equals(option.type());
            what.append(
                    candidates == null
                            ? file ? "-r -F " : "-x "
                            : "-x -a " + quoted(String.join(" ", candidates)) + " ");
        }
        String[] words = option.description();
        complete(path, what + "-d " + quoted(words.length == 0 ? "" : words[0]));
    }

    private void complete(String path, String what) {
        out.append("complete -c axm -n '__axm_at \"")
                .append(path)
                .append("\"' ")
                .append(what)
                .append('\n');
    }

    /** In single quotes, where fish takes everything literally but these two; what picocli fills in is left out. */
    private static String quoted(String text) {
        String plain = text.replaceAll("\\(default: \\$\\{[^}]*}\\)", "")
                .replaceAll("One of: \\$\\{[^}]*}\\s*\\.?", "")
                .replaceAll("\\$\\{[^}]*}", "")
                .strip();
        return "'" + plain.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
