package io.axiomdb.cli.command;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.cli.view.CredentialsView;
import io.axiomdb.cli.view.CredentialsView.Format;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.SecretStore;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm credentials}. */
@Command(
        name = "credentials",
        description = "Connection URLs of branches, and how often their passwords change.",
        footer = {"  axm credentials url --project shop --branch main"})
final class Credentials extends GroupCommand {
    private Credentials(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new Credentials(world))
                .addSubcommand(new Url(world))
                .addSubcommand(CredentialsPolicy.commandLine(world));
    }

    /** Which URLs. */
    enum Target {
        RUNTIME,
        DIRECT,
        BOTH,
        READONLY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code axm credentials url}. */
    @Command(
            name = "url",
            description = {
                "Print DATABASE_URL (runtime, read and write), DIRECT_URL (owner, for migrations) or READONLY_URL.",
                "Passwords are masked unless --reveal is given; every reveal is audited before anything is printed."
            },
            footer = {
                "  axm credentials url --project shop --branch main",
                "  axm credentials url --project shop --branch main --reveal > .env",
                "  axm credentials url --project shop --branch main --target readonly --format json --reveal",
                "  axm credentials url --project shop --branch feature/auth --format prisma"
            })
    static final class Url extends WorldCommand {
        @Mixin
        private final OrganizationOption organization = new OrganizationOption();

        @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
        private String project = "";

        @Option(
                names = "--branch",
                paramLabel = "NAME",
                defaultValue = "main",
                description = "The branch (default: ${DEFAULT-VALUE}).")
        private String branch = "";

        @Option(
                names = "--target",
                paramLabel = "TARGET",
                description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private Target target = Target.BOTH;

        @Option(
                names = "--format",
                paramLabel = "FORM",
                description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private Format format = Format.ENV;

        @Option(names = "--reveal", description = "Print the passwords. Audited.")
        private boolean reveal;

        @Mixin
        private final RequestOptions.ActorOption actor = new RequestOptions.ActorOption();

        Url(World world) {
            super(world);
        }

        @Override
        boolean json() {
            return format == Format.JSON;
        }

        @Override
        int run() {
            String name = organization.of(world());
            try (Opened opened = world().open(organization.file().file(), reveal ? Opening.RECORD : Opening.LOOK)) {
                BranchUrls urls = BranchUrls.of(opened, name, project, branch, target);
                remarks(urls);
                SortedMap<String, String> texts = reveal ? revealed(opened, name, urls) : masked(urls);
                print(CredentialsView.render(format, texts, reveal));
                return Exit.OK;
            }
        }

        private void remarks(BranchUrls urls) {
            if (urls.runtimeIsDirect()) {
                note("axm: host " + urls.host().name()
                        + " has no pooler (ports.runtime): the runtime URL uses the direct port.");
            }
            if (urls.host().ssh() != null && urls.host().certificate() instanceof Host.Certificate.Issued) {
                note("axm: to verify the server: axm ca > axiomdb-ca.pem, then"
                        + " sslmode=verify-full&sslrootcert=axiomdb-ca.pem in place of the URL's sslmode.");
            }
            if (urls.host().postgres() instanceof Host.Embedded) {
                note(
                        "axm: the embedded PostgreSQL runs only while an axm command runs, on this port as long as it is free.");
            }
        }

        private static SortedMap<String, String> masked(BranchUrls urls) {
            SortedMap<String, String> texts = new TreeMap<>();
            urls.urls().forEach((variable, url) -> texts.put(variable, url.url().toString()));
            return texts;
        }

        /** Everything is at hand before the audit entry is written, and the entry is written before anything is seen. */
        private SortedMap<String, String> revealed(Opened opened, String name, BranchUrls urls) {
            SortedMap<String, String> texts = new TreeMap<>();
            urls.urls().forEach((variable, url) -> {
                Secret password = opened.secrets()
                        .current(name, url.key())
                        .map(SecretStore.StoredSecret::password)
                        .orElseThrow(() -> new AxiomException(Diagnostic.of(
                                Code.NOT_FOUND,
                                "AxiomDB does not hold the password of " + url.key(),
                                "The branch was adopted, and its password stays unknown until it is rotated. Or make a"
                                        + " new one, which locks out who uses the old one: axm apply --repair password:"
                                        + project + "/" + branch)));
                texts.put(variable, url.url().reveal(password));
            });
            opened.controlPlane().record(name, entry(urls));
            return texts;
        }

        private AuditEntry entry(BranchUrls urls) {
            return new AuditEntry(
                    UUID.randomUUID().toString(),
                    AuditEntry.Phase.DONE,
                    "branch.credentials.revealed",
                    actor.actor(world()),
                    null,
                    ResourceKey.branch(project, branch),
                    urls.host().name(),
                    new TreeMap<>(),
                    new TreeMap<>(Map.of("target", target.toString())),
                    "manual",
                    "");
        }
    }
}
