package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ChecksView;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.Request;
import io.axiomdb.host.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm host}. */
@Command(
        name = "host",
        description = "Prepare the machines that PostgreSQL runs on.",
        footer = {"  axm host enroll db1 --as root", "  axm host accept db1"})
final class HostCommands extends GroupCommand {
    private HostCommands(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new HostCommands(world))
                .addSubcommand(new Enroll(world))
                .addSubcommand(new Accept(world));
    }

    /** {@code axm host enroll}. */
    @Command(
            name = "enroll",
            description = {
                "Install the host helper on a machine, or this axm's version of it, and look whether all is well.",
                "It gets a program, one line in sudoers that lets AxiomDB's user run it, a key for certificates, a timer and, for",
                "a runtime port, a pooler of its own with its OS user and role. Debian's pgbouncer.service is stopped and disabled",
                "only if its files are as packaged and no client is connected. No rule changes. May be repeated."
            },
            footer = {
                "  axm host enroll db1 --as root       the first time",
                "  axm host enroll db1 --as admin      a user whom sudo asks for no password"
            })
    static final class Enroll extends WorldCommand {
        @Mixin
        private final FileOption file = new FileOption();

        @Mixin
        private final TrustOption trust = new TrustOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "HOST", description = "The host's name in the file.")
        private String name = "";

        @Option(
                names = "--as",
                paramLabel = "USER",
                description = "Who logs in to install it, with the same key (default: the user of the file).")
        private @Nullable String as;

        Enroll(World world) {
            super(world);
        }

        @Override
        boolean json() {
            return output.json();
        }

        @Override
        int run() {
            Desired desired = file.load(world()).desired();
            Host host = DeclaredHosts.withSsh(desired, name);
            List<Check> checks = new ArrayList<>();
            try (Hosts hosts = world().hosts(file.file(), trust.names(world(), desired))) {
                checks.addAll(hosts.enroll(host, desired.organization(), as));
                checks.addAll(hosts.examine(host, desired.organization()));
            }
            TreeMap<String, List<Check>> all = new TreeMap<>(Map.of(name, checks));
            print(
                    json()
                            ? ChecksView.json(all)
                            : ChecksView.text(all, terminal().outStyle()));
            return checks.stream().anyMatch(check -> check.status() == Check.Status.BAD) ? Exit.ERROR : Exit.OK;
        }
    }

    /** {@code axm host accept}. */
    @Command(
            name = "accept",
            description = {
                "Say that another server took the place of a host's: after pg_upgrade, or a restore from a dump.",
                "Shows for each branch what speaks for it, and asks as axm apply does. Until then nothing on the host is",
                "changed. Records the new server's identifier and its numbers of databases and roles; changes no data."
            },
            footer = {
                "  axm host accept db1                              read what speaks for each branch, say yes",
                "  axm host accept db1 --plan 7f3a91c2d40be815"
            })
    static final class Accept extends ApplyingCommand {
        @Parameters(paramLabel = "HOST", description = "The host's name in the file.")
        private String name = "";

        Accept(World world) {
            super(world);
        }

        @Override
        int run() {
            FileOption.Configuration loaded = file().load(world());
            Request asked = asked(loaded)
                    .accepting(DeclaredHosts.one(loaded.desired(), name).name());
            try (Opened opened = world().open(file().file(), Opening.APPLY)) {
                return carryOut(loaded, asked, List.of("host", "accept", name), opened);
            }
        }
    }
}
