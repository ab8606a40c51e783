package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Escape;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.edit.FirstFile;
import io.axiomdb.load.Loaded;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code axm init}. */
@Command(
        name = "init",
        description = {
            "Write a first axiomdb.yaml with comments. Asks on a terminal for what no flag says.",
            "Never writes over a file that is there. Touches no server."
        },
        footer = {
            "  axm init",
            "  axm init --organization acme --project shop --host embedded --owner dba@acme.example",
            "  axm init --organization acme --project shop --host postgresql://db1.acme.example:5432/postgres"
        })
final class Init extends WorldCommand {
    private static final String EMBEDDED = "embedded";

    @Mixin
    private final FileOption file = new FileOption();

    @Option(names = "--organization", paramLabel = "NAME", description = "The name that everything is kept under.")
    private @Nullable String organization;

    @Option(names = "--project", paramLabel = "NAME", description = "The first project.")
    private @Nullable String project;

    @Option(
            names = "--host",
            paramLabel = "embedded|URL",
            description = "The PostgreSQL that comes along (the default), or the address of yours.")
    private @Nullable String host;

    @Option(
            names = "--admin",
            paramLabel = "ROLE",
            defaultValue = "postgres",
            description = "The superuser on that server (default: ${DEFAULT-VALUE}).")
    private String admin = "";

    @Option(names = "--owner", paramLabel = "EMAIL", description = "The first member, who may do everything.")
    private @Nullable String owner;

    @Spec
    private @Nullable CommandSpec spec;

    Init(World world) {
        super(world);
    }

    @Override
    int run() {
        if (Files.exists(file.file(), LinkOption.NOFOLLOW_LINKS)) {
            throw new AxiomException(Diagnostic.of(
                    Code.FILE_EXISTS,
                    file.file().toString(),
                    "Nothing was written. Take another name with --file, or edit that file."));
        }
        FirstFile first = first(terminal());
        String name = file.file().toString();
        Loaded loaded = world().validate(new OneText(name, first.text()));
        if (loaded.errors() > 0) {
            throw new FileOption.Invalid(loaded, name);
        }
        world().workspace().create(file.file(), first.text());
        print("Wrote " + Escape.terminal(name) + ". Nothing else was touched.\n\n");
        if (first.url() != null) {
            print("Put the password of " + Escape.terminal(admin) + " where the file looks for it:\n    export "
                    + first.variable() + "=...\n\n");
        }
        String flags = String.join(" ", file.flags().stream().map(Escape::shell).toList());
        print("See what it means:\n    axm plan" + (flags.isEmpty() ? "" : " " + flags) + "\n");
        return Exit.OK;
    }

    private FirstFile first(Terminal terminal) {
        String actor = world().actor();
        String its = answer(terminal, organization, "Organization", null, "--organization");
        String server =
                answer(terminal, host, "PostgreSQL (embedded, or postgresql://host:5432/postgres)", EMBEDDED, "");
        String shop = answer(terminal, project, "First project", null, "--project");
        String member = answer(terminal, owner, "Owner's e-mail address", actor.contains("@") ? actor : "", "");
        String url = server.equals(EMBEDDED) ? null : server;
        return new FirstFile(its, named(url), url, admin, shop, member.isEmpty() ? null : member);
    }

    /** The first part of a server's name; {@code local} and {@code db1} where there is none to take. */
    private static String named(@Nullable String url) {
        if (url == null) {
            return "local";
        }
        String first = url.replaceFirst("^(?i)(jdbc:)?postgres(ql)?://", "").replaceFirst("[.:/?].*$", "");
        String lower = first.toLowerCase(Locale.ROOT);
        return lower.matches("[a-z][a-z0-9-]{0,62}") ? lower : "db1";
    }

    /** What was said, else what is answered on a terminal, else the default. */
    private String answer(
            Terminal terminal, @Nullable String said, String question, @Nullable String otherwise, String flag) {
        if (said != null) {
            return said;
        }
        if (terminal.interactive()) {
            String shown = otherwise == null || otherwise.isEmpty() ? "" : " [" + otherwise + "]";
            print(Escape.terminal(question + shown) + ": ");
            String line = line(terminal);
            if (!line.isEmpty()) {
                return line;
            }
        }
        if (otherwise == null) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "say " + flag + ": it can't be guessed");
        }
        return otherwise;
    }

    private static String line(Terminal terminal) {
        try {
            String line = terminal.in().readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file that is not written yet. */
    private record OneText(String root, String text) implements DesiredSource {
        @Override
        public byte[] read(String path, int limit) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public List<String> match(String pattern) {
            return List.of();
        }

        @Override
        public @Nullable Commit commit() {
            return null;
        }
    }
}
