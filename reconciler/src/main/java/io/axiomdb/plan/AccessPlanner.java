package io.axiomdb.plan;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.compile.AccessWant;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Severity;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.Disorder;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.AccessComparison.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans who may reach the branches of each host: at most one change a host, made on all its layers or none. Pure. */
final class AccessPlanner {
    /** How long sessions go on after what let them in has expired. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final Comparator<Disorder> DISORDERS = Comparator.comparing(Disorder::layer)
            .thenComparing(Disorder::at)
            .thenComparing(Disorder::is)
            .thenComparing(Disorder::why);

    private final PlanInput input;
    private final Desired appliedState;
    private final Placements placements;
    private final Findings findings;

    AccessPlanner(PlanInput input, Desired appliedState, Placements placements, Findings findings) {
        this.input = input;
        this.appliedState = appliedState;
        this.placements = placements;
        this.findings = findings;
    }

    void plan() {
        SortedMap<String, Host> hosts = new TreeMap<>(appliedState.hosts());
        hosts.putAll(input.desired().hosts());
        hosts.values().stream().filter(host -> host.ssh() != null).forEach(this::host);
    }

    private void host(Host host) {
        switch (input.observations().get(host.name())) {
            case Observation.Seen seen -> {
                switch (seen.access()) {
                    case AccessObservation.Seen access -> compare(host, seen, access);
                    case AccessObservation.Unknown(Diagnostic why) -> pending(host, List.of(why));
                    case AccessObservation.Unmanaged() -> {}
                }
            }
            case Observation.Unreachable(Diagnostic why) -> pending(host, List.of(why));
            case null -> {}
        }
    }

    /** A host that the file forgets, and that nothing was ever let in to, has nothing left to do. */
    private void pending(Host host, List<Diagnostic> why) {
        boolean declared = input.desired().hosts().containsKey(host.name());
        if (declared || !before(host).equals(Access.NONE)) {
            findings.pendingHosts.put(host.name(), why);
            findings.blocked.add(new Blocked(ResourceKey.hostAccess(host.name()), why));
        }
    }

    private void compare(Host host, Observation.Seen all, AccessObservation.Seen seen) {
        findings.notices.addAll(seen.findings());
        Access before = before(host);
        AccessWant want =
                new Unregistered(input, host, all).kept(want(host, before.entries()), seen.access(), findings);
        List<Gap> gaps = new ArrayList<>(AccessComparison.between(want, before, seen.access(), placements::branch));
        seen.disorders().stream().sorted(DISORDERS).forEach(disorder -> gaps.add(disorder(disorder)));
        boolean more = !gaps.isEmpty();
        List<Step> steps = new ArrayList<>();
        List<Gap> memberships = LookupRole.gaps(all);
        if (!memberships.isEmpty()) {
            gaps.addAll(0, memberships);
            steps.add(LookupRole.step(all));
        }
        certificate(host, seen).ifPresent(gap -> {
            gaps.addFirst(gap);
            steps.add(CertificatePlanner.step(host));
        });
        if (more) {
            steps.add(new Step.SetAccess("access on all layers", want.access()));
        }
        List<Diagnostic> obstacles = obstacles(input, host, seen);
        if (!memberships.isEmpty()) {
            obstacles.removeIf(LookupRole::isMembership);
        }
        if (gaps.isEmpty()) {
            obstacles.forEach(o -> findings.notices.add(warning(o)));
        } else if (obstacles.isEmpty()) {
            change(host, gaps, steps, isLate(want, seen));
            if (steps.getLast() instanceof Step.SetAccess) {
                effects(host, want, seen);
            }
        } else {
            pending(host, obstacles);
        }
    }

    /** What was wanted when last applied, as far as it was carried out. */
    private Access before(Host host) {
        Host then = appliedState.hosts().get(host.name());
        return then == null || then.ssh() == null
                ? Access.NONE
                : AccessCompiler.compile(then, placements.applied(host.name()), input.now(), _ -> true)
                        .access();
    }

    private AccessWant want(Host host, SortedSet<Entry> before) {
        return AccessCompiler.compile(
                host,
                placements.wanted(host.name()),
                input.now(),
                entry -> !placements.frozen().contains(entry.database()) || before.contains(entry));
    }

    private static Gap disorder(Disorder disorder) {
        String subject = disorder.at().isEmpty() ? disorder.layer() : disorder.at();
        return new Gap(new FieldChange(subject, disorder.why(), disorder.is(), "", Source.NOWHERE), true);
    }

    /** Nothing is wrong but that something has just expired and the host has not closed it yet. */
    private boolean isLate(AccessWant want, AccessObservation.Seen seen) {
        SortedSet<Entry> entries = new TreeSet<>(seen.access().entries());
        entries.removeIf(entry -> !Doors.lasts(entry.until(), input.now()));
        SortedSet<Access.Opening> openings = new TreeSet<>(seen.access().openings());
        openings.removeIf(opening -> !Doors.lasts(opening.until(), input.now()));
        return seen.disorders().isEmpty()
                && new Access(seen.access().branches(), entries, openings).equals(want.access())
                && !want.access().equals(seen.access());
    }

    private void change(Host host, List<Gap> gaps, List<Step> steps, boolean late) {
        boolean drift = !late && gaps.stream().allMatch(Gap::drift);
        boolean both = !drift && gaps.stream().anyMatch(Gap::drift);
        List<FieldChange> fields = gaps.stream().map(Gap::field).toList();
        Source source = fields.stream()
                .map(FieldChange::source)
                .filter(Source::known)
                .findFirst()
                .orElse(host.origin().self());
        String reason = drift ? "drift, changed outside axiomdb.yaml" : both ? "declared, and drift" : "declared";
        reason = late ? "expired, and not closed by the host yet" : reason;
        findings.changes.add(new Change(
                ResourceKey.hostAccess(host.name()),
                drift ? Action.REPAIR : Action.UPDATE,
                host.name(),
                fields,
                source,
                reason,
                steps,
                leaving(host),
                new TreeMap<>(),
                true));
    }

    /** Branches whose lines go only once nobody can log in to them: what stands below ours may let others in. */
    private SortedSet<ResourceKey> leaving(Host host) {
        return findings.changes.stream()
                .filter(change -> change.action() == Action.REMOVE
                        && change.resource().kind() == Kind.BRANCH
                        && change.host().equals(host.name()))
                .map(Change::resource)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<Gap> certificate(Host host, AccessObservation.Seen seen) {
        boolean declared = input.desired().hosts().containsKey(host.name());
        return seen.certificate() == null || !declared
                ? Optional.empty()
                : CertificatePlanner.gap(input, host, appliedState.hosts().get(host.name()), seen.certificate());
    }

    /** Why who reaches a host can't be changed now; empty when it can, or when AxiomDB does not manage it. */
    static List<Diagnostic> obstacles(PlanInput input, Host host, Observation.Seen seen) {
        return switch (seen.access()) {
            case AccessObservation.Seen access -> obstacles(input, host, access);
            case AccessObservation.Unknown(Diagnostic why) -> List.of(why);
            case AccessObservation.Unmanaged() -> List.of();
        };
    }

    private static List<Diagnostic> obstacles(PlanInput input, Host host, AccessObservation.Seen seen) {
        List<Diagnostic> obstacles = new ArrayList<>(seen.unfit());
        HostClock.off(
                        host.name(),
                        host.origin().self(),
                        seen.facts().now(),
                        input.lookedFrom(),
                        input.now(),
                        "rules end by the host's own clock: keep it by NTP (timedatectl says whether it is), then plan again")
                .ifPresent(obstacles::add);
        return obstacles;
    }

    private static Diagnostic warning(Diagnostic d) {
        return new Diagnostic(d.code(), Severity.WARNING, d.source(), d.detail(), d.hint(), d.help(), d.related());
    }

    /** Sessions may go on for a while after what let them in has expired. */
    private void effects(Host host, AccessWant want, AccessObservation.Seen seen) {
        SortedMap<String, String> newNames = findings.newNames(host.name());
        SortedMap<String, ResourceKey> branches = new TreeMap<>(want.branches());
        placements.applied(host.name()).stream()
                .filter(p -> !newNames.containsKey(p.names().database()))
                .forEach(p -> branches.putIfAbsent(p.names().database(), p.branch()));
        Access now = Renamed.access(newNames, seen.access());
        findings.access.addAll(
                AccessDifferences.between(host.name(), now, want.access(), Doors.of(host), branches, input.now()));
        List<Entry> lasting = new ArrayList<>(want.access().entries());
        Stream.of(placements.wanted(host.name()), placements.applied(host.name()))
                .map(all -> AccessCompiler.compile(host, all, input.now().minus(GRACE), _ -> true))
                .flatMap(lately -> lately.access().entries().stream())
                .filter(entry -> entry.until() != null && !entry.until().isAfter(input.now()))
                .forEach(lasting::add);
        seen.journal().stream()
                .filter(expired -> expired.at().isAfter(input.now().minus(GRACE)))
                .filter(expired -> want.access().branches().containsKey(expired.database()))
                .forEach(expired -> lasting.addAll(entries(expired)));
        SortedSet<String> roles = new TreeSet<>();
        Stream.of(seen.access(), want.access())
                .flatMap(access -> access.branches().values().stream())
                .forEach(roles::addAll);
        findings.ends.addAll(SessionEnds.of(host.name(), seen, lasting, roles, placements::branch));
    }

    /** What the host closed by itself goes on letting its sessions be, also when the rule is gone from file and registry. */
    private static List<Entry> entries(AccessObservation.Expired expired) {
        return Cidr.read(expired.cidr()) instanceof Cidr.Read.Range(Cidr cidr)
                ? List.of(new Entry(expired.port(), expired.database(), cidr, null))
                : List.of();
    }
}
