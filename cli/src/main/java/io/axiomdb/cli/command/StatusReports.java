package io.axiomdb.cli.command;

import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.cli.view.StatusReport;
import io.axiomdb.cli.view.StatusReport.Drift;
import io.axiomdb.cli.view.StatusReport.ExpiryRow;
import io.axiomdb.cli.view.StatusReport.HostRow;
import io.axiomdb.cli.view.StatusReport.LastApply;
import io.axiomdb.cli.view.StatusReport.RotationRow;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Ports;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.desired.RotationPolicy;
import io.axiomdb.engine.Planned;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Planner;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts together how things stand: from the control plane, and from a look at the hosts. */
final class StatusReports {
    private static final int ROWS = 500;

    /** What a person has to settle, for no apply will. */
    private static final Set<Code> TO_SETTLE = Set.of(Code.OTHERS_OBJECTS, Code.DATABASE_HELD, Code.RETAINED_DRIFT);

    private final Registry registry;
    private final Desired applied;
    private final ControlPlane plane;
    private final Instant now;

    StatusReports(ControlPlane plane, String organization) {
        this.plane = plane;
        this.registry = plane.read(organization);
        this.applied = Planner.applied(registry);
        this.now = plane.now();
    }

    /**
     * The report.
     *
     * @param drift what the hosts differ in from what was applied
     */
    StatusReport report(Planned drift) {
        return new StatusReport(
                registry.organization(),
                now,
                lastChange(),
                hosts(drift),
                new BranchRows(applied, registry, now).all(),
                Stream.concat(
                                drift.plan().refusals().stream(),
                                drift.plan().notices().stream().filter(notice -> TO_SETTLE.contains(notice.code())))
                        .toList(),
                KeptRows.of(registry),
                rotations(),
                expiries());
    }

    /** Of everything in the trail but reveals of passwords, which change nothing. */
    private @Nullable LastApply lastChange() {
        return plane.audit(registry.organization(), new AuditQuery(ROWS, null, null, null)).stream()
                .filter(row -> !row.entry().event().equals("branch.credentials.revealed")
                        && (row.entry().phase() == Phase.DONE || row.entry().phase() == Phase.FOUND_DONE))
                .findFirst()
                .map(row -> new LastApply(
                        row.at(), row.entry().actor().name(), row.entry().commit()))
                .orElse(null);
    }

    private List<HostRow> hosts(Planned drift) {
        SortedMap<String, HostRow> rows = new TreeMap<>();
        applied.hosts().keySet().forEach(host -> rows.put(host, new HostRow(host, Drift.NO, "")));
        for (Blocked blocked : drift.plan().blocked()) {
            Project project = applied.projects().get(blocked.resource().project());
            if (project != null) {
                String why = blocked.why().isEmpty()
                        ? ""
                        : ": " + blocked.why().getFirst().code().summary();
                rows.put(project.host(), new HostRow(project.host(), Drift.UNKNOWN, blocked.resource() + why));
            }
        }
        for (Planned.HostLook look : drift.looks()) {
            if (look.unreachable() != null) {
                rows.put(
                        look.host(),
                        new HostRow(
                                look.host(),
                                Drift.UNKNOWN,
                                look.unreachable().code().summary()));
            }
        }
        drifted(drift).forEach(host -> rows.put(host, new HostRow(host, Drift.YES, "")));
        return List.copyOf(rows.values());
    }

    private static SortedSet<String> drifted(Planned drift) {
        SortedSet<String> hosts = new TreeSet<>();
        drift.plan().changes().forEach(c -> hosts.add(c.host()));
        drift.plan().heldBack().forEach(h -> hosts.add(h.host()));
        hosts.remove("");
        return hosts;
    }

    private List<RotationRow> rotations() {
        SortedMap<CredentialKey, Instant> since = plane.credentialsSince(registry.organization());
        List<RotationRow> rows = new ArrayList<>();
        applied.projects().forEach((name, project) -> {
            RotationPolicy policy = project.rotation();
            if (policy != null && policy.enabled()) {
                Instant due = since.entrySet().stream()
                        .filter(e -> e.getKey().project().equals(name)
                                && covers(policy.target(), e.getKey().role()))
                        .map(e -> e.getValue().plus(policy.intervalDays(), ChronoUnit.DAYS))
                        .min(Comparator.naturalOrder())
                        .orElse(null);
                rows.add(new RotationRow(name, due, policy.warnBeforeDays(), policy.autoRotate()));
            }
        });
        return rows;
    }

    /** The owner's password is the direct connection's; the others go through the pooler. */
    private static boolean covers(Ports target, RoleKind role) {
        return switch (target) {
            case BOTH -> true;
            case DIRECT -> role == RoleKind.OWNER;
            case RUNTIME -> role != RoleKind.OWNER;
        };
    }

    private List<ExpiryRow> expiries() {
        List<ExpiryRow> rows = new ArrayList<>();
        applied.projects().forEach((name, project) -> {
            project.branches().forEach((branch, b) -> add(ResourceKey.branch(name, branch), b.expiresAt(), rows));
            Network network = project.network();
            if (network != null) {
                network.rules().forEach((rule, r) -> add(ResourceKey.networkRule(name, rule), r.expiresAt(), rows));
            }
        });
        rows.sort(Comparator.comparing(ExpiryRow::at).thenComparing(ExpiryRow::what));
        return rows;
    }

    private static void add(ResourceKey key, @Nullable Instant at, List<ExpiryRow> rows) {
        if (at != null) {
            rows.add(new ExpiryRow(key.toString(), at));
        }
    }
}
