package io.axiomdb.cli.command;

import io.axiomdb.cli.view.AuditEvent;
import io.axiomdb.cli.view.AuditJson;
import io.axiomdb.cli.view.AuditText;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Desired;
import io.axiomdb.engine.TrailLook;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code axm audit}. */
@Command(
        name = "audit",
        description = "Who changed what, when and why: the append-only trail.",
        footer = {"  axm audit list", "  axm audit show 4f2c1ab9", "  axm audit verify"})
final class Audit extends GroupCommand {
    private Audit(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new Audit(world))
                .addSubcommand(new ListEvents(world))
                .addSubcommand(new Show(world))
                .addSubcommand(new Verify(world));
    }

    /** {@code axm audit list}. */
    @Command(
            name = "list",
            description = "List events, newest first.",
            footer = {
                "  axm audit list",
                "  axm audit list --project shop --limit 100",
                "  axm audit list --event drift.repaired --output json"
            })
    static final class ListEvents extends OrganizationCommand {
        @Option(names = "--project", paramLabel = "NAME", description = "Only this project's.")
        private @Nullable String project;

        @Option(names = "--event", paramLabel = "NAME", description = "Only these, such as branch.created.")
        private @Nullable String event;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "30",
                converter = RequestOptions.CountConverter.class,
                description = "At most so many events (default: ${DEFAULT-VALUE}).")
        private int limit;

        ListEvents(World world) {
            super(world);
        }

        @Override
        int run(String name, Opened opened) {
            // An event is an intent and an outcome: twice as many rows hold at least as many events as asked for.
            AuditQuery query = new AuditQuery(2 * limit, project, event, null);
            List<AuditEvent> events = AuditEvent.fold(opened.controlPlane().audit(name, query)).stream()
                    .limit(limit)
                    .toList();
            print(json() ? AuditJson.list(events) : new AuditText(terminal().outStyle()).list(events));
            return Exit.OK;
        }
    }

    /** {@code axm audit show}. */
    @Command(
            name = "show",
            description = "Show one event: who, why, old and new values, both rows with their hashes.",
            footer = {"  axm audit show 4f2c1ab9"})
    static final class Show extends OrganizationCommand {
        @Parameters(paramLabel = "ID", description = "The event's id, or an unambiguous beginning of it.")
        private String id = "";

        Show(World world) {
            super(world);
        }

        @Override
        int run(String name, Opened opened) {
            AuditQuery query = new AuditQuery(Integer.MAX_VALUE, null, null, null);
            List<AuditEvent> events = AuditEvent.fold(opened.controlPlane().audit(name, query)).stream()
                    .filter(e -> e.id().startsWith(id))
                    .toList();
            if (events.size() != 1) {
                throw new AxiomException(notOne(events.size()));
            }
            AuditEvent event = events.getFirst();
            print(json() ? AuditJson.show(event) : new AuditText(terminal().outStyle()).show(event));
            return Exit.OK;
        }

        private Diagnostic notOne(int found) {
            return found == 0
                    ? Diagnostic.of(Code.NOT_FOUND, "no event's id begins with " + id, "See axm audit list.")
                    : Diagnostic.of(Code.NOT_FOUND, found + " events' ids begin with " + id, "Give more digits.");
        }
    }

    /** {@code axm audit verify}. */
    @Command(
            name = "verify",
            description = {
                "Walk the whole hash chain: was a row changed, dropped or moved?",
                "Compares it with what else is registered, with the anchors that each apply leaves on the hosts it changes, and",
                "with anchors that you kept: what axm apply --output json or this command with --output json printed."
            },
            footer = {"  axm audit verify", "  axm audit verify --anchor last-apply.json"})
    static final class Verify extends WorldCommand {
        @Mixin
        private final FileOption file = new FileOption();

        @Mixin
        private final OutputOption output = new OutputOption();

        @Option(
                names = "--anchor",
                paramLabel = "FILE",
                description = "What an earlier run printed as JSON. May be said more than once.")
        private List<Path> kept = new ArrayList<>();

        @Mixin
        private final TrustOption trust = new TrustOption();

        Verify(World world) {
            super(world);
        }

        @Override
        boolean json() {
            return output.json();
        }

        @Override
        int run() {
            SortedMap<String, Anchor> anchors = new TreeMap<>();
            kept.forEach(path -> anchors.put(path.toString(), AnchorFile.read(path)));
            try (Opened opened = world().open(file.file(), Opening.LOOK)) {
                TrailLook look = isWithoutFile() ? alone(opened, anchors) : withHosts(opened, anchors);
                if (json()) {
                    print(AuditJson.verified(look));
                } else {
                    note(DiagnosticText.render(look.notices(), Map.of()));
                    print(new AuditText(terminal().outStyle()).verified(look));
                }
                return look.findings().isEmpty() ? Exit.OK : Exit.ERROR;
            }
        }

        /** Who looks at the trail need not have the file; which hosts there are it says. */
        private boolean isWithoutFile() {
            return file.flags().isEmpty() && !Files.exists(file.file());
        }

        private TrailLook withHosts(Opened opened, SortedMap<String, Anchor> anchors) {
            Desired desired = file.load(world()).desired();
            return opened.trail(desired, anchors, trust.names(world(), desired));
        }

        private static TrailLook alone(Opened opened, SortedMap<String, Anchor> anchors) {
            return new TrailLook(
                    opened.controlPlane().verifyAudit(anchors).map(List::of).orElse(List.of()),
                    List.of(Diagnostic.of(
                            Code.NO_ANCHOR,
                            "no axiomdb.yaml is here, so no host was asked",
                            "go to its directory, or name it with --file")),
                    opened.controlPlane().mark("").anchor());
        }
    }
}
