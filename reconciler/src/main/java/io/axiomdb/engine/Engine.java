package io.axiomdb.engine;

import io.axiomdb.apply.Progress;
import io.axiomdb.compile.CopyNames;
import io.axiomdb.compile.Probes;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Severity;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Lineage.Stray;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.observe.Observer;
import io.axiomdb.plan.Accepting;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.BranchExpiry;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Due;
import io.axiomdb.plan.Expiry;
import io.axiomdb.plan.Known;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.PlanInput;
import io.axiomdb.plan.Planner;
import io.axiomdb.plan.Purges;
import io.axiomdb.plan.TakingOver;
import io.axiomdb.plan.Unsure;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The facade. Every door (command line, server) goes through here. Thread-safe. */
public final class Engine {
    private final Outside outside;

    public Engine(Outside outside) {
        this.outside = outside;
    }

    /** Looks at the control plane and at every host, and says what apply would do. Changes nothing. */
    public Planned plan(Desired desired, Request request) {
        return look(desired, request).planned();
    }

    /**
     * What the hosts have drifted to since the last apply, whatever the file says by now. Changes nothing.
     *
     * @throws AxiomException NOT_FOUND when nothing was applied for this organization
     */
    public Planned drift(String organization, Request request) {
        Registry complete = complete(known(organization), outside.controlPlane().now());
        return look(Planner.applied(complete), complete, request).planned();
    }

    /**
     * What was applied, and who is let in now by the files, the pooler and the firewall of some hosts; databases are not
     * looked at. Changes nothing.
     *
     * @param hosts those to look at; none to read the control plane alone
     */
    public NetworkLook network(Desired desired, Collection<Host> hosts) {
        Registry registry = outside.controlPlane().read(desired.organization());
        Trust trust = Trust.of(registry, Collections.emptySortedSet());
        SortedMap<String, AccessObservation> seen = new TreeMap<>();
        hosts.forEach(host ->
                trust.objection(host).ifPresent(why -> seen.put(host.name(), new AccessObservation.Unknown(why))));
        seen.putAll(Observer.access(
                outside.files(),
                desired.organization(),
                hosts.stream().filter(host -> !seen.containsKey(host.name())).toList()));
        return new NetworkLook(desired, registry, seen, outside.controlPlane().now());
    }

    /**
     * Walks the audit trail, and compares it with what is registered, with what hosts keep of it, and with anchors that were
     * kept elsewhere. Changes nothing.
     *
     * @param desired with what was applied, says which hosts are asked
     * @param anchors by where each was kept, for people
     * @param trusted hosts that are asked though their addresses were never applied
     */
    public TrailLook trail(Desired desired, SortedMap<String, Anchor> anchors, SortedSet<String> trusted) {
        ControlPlane controlPlane = outside.controlPlane();
        String organization = desired.organization();
        Registry registry = controlPlane.read(organization);
        SortedMap<String, Host> hosts = hosts(desired, Planner.applied(registry));
        SortedMap<String, Observation> seen = glance(organization, hosts, Trust.of(registry, trusted));
        Lineage lineage = Lineage.of(controlPlane, organization, seen);
        Mark mark = lineage.own();
        SortedMap<String, Anchor> all = new TreeMap<>(anchors);
        List<Diagnostic> notices = new ArrayList<>();
        seen.forEach((host, observation) -> {
            switch (observation) {
                case Observation.Seen there -> {
                    SortedMap<String, Anchor> kept = new TreeMap<>();
                    own(there.serverMarks(organization), mark).ifPresent(anchor -> kept.put("host " + host, anchor));
                    own(there.fileMarks().orElse(List.of()), mark)
                            .ifPresent(anchor -> kept.put("host " + host + ", in its files,", anchor));
                    if (kept.isEmpty()) {
                        notices.add(
                                unanchored(host, "it keeps none of this control plane", "the next apply leaves one"));
                    }
                    all.putAll(kept);
                }
                case Observation.Unreachable(Diagnostic why) -> notices.add(unanchored(host, why.detail(), why.help()));
            }
        });
        List<Diagnostic> findings = Stream.concat(lineage.others().stream(), lineage.old().stream())
                .map(Stray::why)
                .collect(Collectors.toCollection(ArrayList::new));
        controlPlane.verifyAudit(all).ifPresent(findings::add);
        return new TrailLook(findings, notices, mark.anchor());
    }

    private static Optional<Anchor> own(List<KeptMark> kept, Mark mark) {
        return kept.stream()
                .map(KeptMark::mark)
                .filter(one -> one.controlPlane().equals(mark.controlPlane()))
                .map(Mark::anchor)
                .findFirst();
    }

    private static Diagnostic unanchored(String host, String why, String help) {
        return Diagnostic.of(Code.NO_ANCHOR, "host " + host + ": " + why, help);
    }

    /** At hosts, into no database of theirs: what marks they keep. */
    SortedMap<String, Observation> glance(String organization, SortedMap<String, Host> hosts, Trust trust) {
        SortedMap<String, Probe> probes = new TreeMap<>();
        hosts.keySet().forEach(host -> probes.put(host, Probe.NOTHING));
        return looked(organization, hosts, probes, trust);
    }

    private SortedMap<String, Observation> looked(
            String organization, SortedMap<String, Host> hosts, SortedMap<String, Probe> probes, Trust trust) {
        SortedMap<String, Observation> looked = new TreeMap<>(trust.refused(probes, hosts));
        looked.putAll(
                Observer.look(outside.reader(), outside.files(), organization, hosts, trust.admitted(probes, hosts)));
        return looked;
    }

    /**
     * Applies exactly the plan that was reviewed: takes the leases, looks again, and refuses when the digest differs.
     *
     * @param reviewed the digest that was reviewed, or its first 16 digits or more
     * @param stop asked between steps; true ends the apply cleanly
     * @throws AxiomException STALE_PLAN, LEASE_HELD, or a refusal of group 06
     */
    public ApplyReport apply(
            Desired desired, Request request, String reviewed, Progress progress, BooleanSupplier stop) {
        return new ApplyRun(outside, this, desired, request).run(reviewed, progress, stop);
    }

    /**
     * Does what has come due by itself since the last apply: rules whose time has passed, certificates that run out.
     *
     * @param planned told what is going to be done, before it is, or what keeps us from knowing; not called when nothing is due
     * @return empty when nothing was due, or what is due can't be done now: what is blocked then was told
     * @throws AxiomException NOT_FOUND when nothing was applied for this organization; LEASE_HELD, or a refusal
     */
    public Optional<ApplyReport> runDue(
            String organization, Request due, Consumer<Planned> planned, Progress progress, BooleanSupplier stop) {
        Registry registry = known(organization);
        // What was begun and not ended counts as declared here: it is neither due nor to be removed.
        Desired applied = Planner.applied(registry);
        Planned look = look(applied, registry, due).planned();
        if (look.plan().isEmpty()
                && look.plan().blocked().isEmpty()
                && look.plan().refusals().isEmpty()) {
            return Optional.empty();
        }
        planned.accept(look);
        if (!look.plan().refusals().isEmpty()) {
            throw new AxiomException(look.plan().refusals());
        }
        if (look.plan().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(apply(applied, due, look.plan().digest().hex(), progress, stop));
    }

    private Registry known(String organization) {
        Registry registry = outside.controlPlane().read(organization);
        if (!registry.known()) {
            throw new AxiomException(Diagnostic.of(
                    Code.NOT_FOUND,
                    "organization " + organization + ", in a control plane that holds "
                            + (registry.others().isEmpty() ? "nothing" : String.join(", ", registry.others())),
                    "apply the file first"));
        }
        return registry;
    }

    Look look(Desired desired, Request request) {
        return look(desired, outside.controlPlane().read(desired.organization()), request);
    }

    private Look look(Desired desired, Registry registry, Request request) {
        long start = System.nanoTime();
        Desired applied = Planner.applied(registry);
        SortedMap<String, Host> hosts = hosts(desired, applied);
        Set<ResourceKey> copied = copied(desired, registry, request);
        SortedMap<String, Probe> probes = Known.probes(registry, Probes.of(desired, applied, copied));
        boolean files = hosts.values().stream().anyMatch(host -> host.ssh() != null);
        Instant lookedFrom = outside.controlPlane().now();
        Trust trust = Trust.of(registry, request.trusted());
        SortedMap<String, Observation> looked = looked(desired.organization(), hosts, probes, trust);
        SortedMap<String, Observation> seen =
                Known.sameServers(registry, looked, request.asked().accept());
        Lineage lineage = Lineage.of(outside.controlPlane(), desired.organization(), looked);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        PlanInput input = new PlanInput(
                desired,
                registry,
                seen,
                request.asked(),
                request.actor().name(),
                files ? outside.authority().trusted() : "",
                files ? outside.controlPlane().site() : null,
                copied.isEmpty() ? new TreeSet<>() : outside.writer().tools(),
                lookedFrom,
                // Only a host's own clock is compared with both.
                files ? outside.controlPlane().now() : lookedFrom);
        Plan plan = Planner.plan(input);
        Plan meant = request.asked().accept().isEmpty() ? meant(plan, request.asked()) : Accepting.of(input);
        return new Look(
                registry,
                hosts,
                seen,
                plan,
                meant != plan,
                new Planned(judged(meant, lineage, input), looks(seen), took),
                lineage);
    }

    /**
     * A control plane that is not the hosts' own, or older than they are, changes nothing unless an owner says so by name: of
     * those that are old by a reason, of others' hosts each by its name or by what of it is really adopted.
     */
    private static Plan judged(Plan plan, Lineage lineage, PlanInput input) {
        Asked asked = input.asked();
        Plan takingOver = TakingOver.of(plan);
        Set<String> taken = Stream.concat(
                        asked.adopt().stream()
                                .filter(key -> key.kind() == Kind.HOST)
                                .map(ResourceKey::name),
                        takingOver.changes().stream()
                                .filter(change -> change.action() == Action.ADOPT)
                                .map(Change::host))
                .collect(Collectors.toSet());
        boolean restored = !asked.restored().isEmpty();
        List<Stray> overruled = new ArrayList<>(restored ? lineage.old() : List.of());
        lineage.others().stream().filter(stray -> taken.contains(stray.host())).forEach(overruled::add);
        List<Diagnostic> refusals = Stream.concat(lineage.others().stream(), lineage.old().stream())
                .filter(stray -> !overruled.contains(stray) || !input.isActorOwner())
                .map(Stray::why)
                .collect(Collectors.toCollection(ArrayList::new));
        if ((restored || !overruled.isEmpty()) && !input.isActorOwner()) {
            refusals.add(Diagnostic.of(
                    Code.RESTORED_NEEDS_OWNER,
                    input.actor() + " is no owner",
                    "an owner says it (say who you are with --actor)"));
            return plan.with(List.of(), refusals);
        }
        Plan allowed = overruled.stream().anyMatch(lineage.others()::contains) ? takingOver : plan;
        List<Diagnostic> notices =
                overruled.stream().map(stray -> warning(stray.why())).collect(Collectors.toCollection(ArrayList::new));
        if (allowed == takingOver) {
            notices.add(NOT_TAKEN_OVER);
        }
        TakingOver.retained(
                        input.registry(),
                        input.observations(),
                        overruled.stream().map(Stray::host).collect(Collectors.toSet()))
                .forEach(found -> notices.add(Diagnostic.of(
                        Code.RETAINED_FOUND,
                        found.name() + " on host " + found.host() + " is retained of " + found.branch(),
                        "it is registered as that of a removed branch, and retained for the whole time from now on: axm undelete lists"
                                + " it")));
        return (overruled.isEmpty() ? allowed : allowed.forgetting(Lineage.words(overruled))).with(notices, refusals);
    }

    private static final Diagnostic NOT_TAKEN_OVER = Diagnostic.of(
            Code.NOT_TAKEN_OVER,
            "the passwords, the certificate authority's private key and the audit trail of the other control plane can't be brought back",
            "passwords become unknown and keep working. This control plane has another certificate authority: hosts keep their"
                    + " certificates until 30 days before these end; before that, give clients that verify servers (sslmode=verify-full)"
                    + " its certificate in addition to theirs, or they are cut off: axm ca");

    private static Diagnostic warning(Diagnostic d) {
        return new Diagnostic(d.code(), Severity.WARNING, d.source(), d.detail(), d.hint(), "", d.related());
    }

    private Plan meant(Plan plan, Asked asked) {
        if (!asked.due() && asked.purge().isEmpty()) {
            return plan;
        }
        // These do not read the file, and so can't finish what an apply has begun.
        Unsure unsure = Unfinished.renaming(outside.controlPlane().unfinished(plan.organization()));
        return asked.due() ? Due.of(plan, unsure) : Purges.of(plan, asked.purge(), unsure);
    }

    /** Branches that are about to become copies of their parents. */
    private static Set<ResourceKey> copied(Desired desired, Registry registry, Request request) {
        Set<ResourceKey> copied = new HashSet<>(request.asked().reset());
        desired.projects()
                .values()
                .forEach(project -> project.branches().values().stream()
                        .filter(CopyNames::starts)
                        .map(branch -> ResourceKey.branch(project.name(), branch.name()))
                        .filter(key -> registry.applied().get(key) == null
                                || !registry.applied().get(key).complete())
                        .forEach(key -> {
                            copied.add(key);
                            // Its parent may still have the name that it had in the project's old name.
                            Optional.ofNullable(project.renamedFrom())
                                    .ifPresent(former -> copied.add(key.inProject(former)));
                        }));
        return copied;
    }

    /** Hosts of the file, and those that only the registry knows any more. */
    static SortedMap<String, Host> hosts(Desired desired, Desired applied) {
        SortedMap<String, Host> hosts = new TreeMap<>(applied.hosts());
        hosts.putAll(desired.hosts());
        return hosts;
    }

    private static List<Planned.HostLook> looks(SortedMap<String, Observation> seen) {
        List<Planned.HostLook> looks = new ArrayList<>();
        seen.forEach((host, observation) -> looks.add(
                switch (observation) {
                    case Observation.Seen s -> new Planned.HostLook(host, s.serverVersion(), s.took(), null);
                    case Observation.Unreachable(Diagnostic why) -> new Planned.HostLook(host, 0, Duration.ZERO, why);
                }));
        return looks;
    }

    /** What was applied and seen to end; what was only begun is no drift, nor is that the time of a rule or branch has passed. */
    private static Registry complete(Registry registry, Instant now) {
        SortedMap<ResourceKey, Applied> complete = new TreeMap<>(registry.applied());
        complete.entrySet()
                .removeIf(e -> !e.getValue().complete() || Expiry.hasExpired(e.getKey(), null, e.getValue(), now));
        complete.replaceAll((key, applied) -> key.kind() == Kind.BRANCH ? BranchExpiry.withoutDate(applied) : applied);
        return new Registry(
                registry.organization(),
                registry.known(),
                registry.others(),
                complete,
                registry.removed(),
                registry.credentials());
    }

    /**
     * One look at the world, with the plan made from it.
     *
     * @param whole everything that is to be done
     * @param isPart whether less was asked for than everything: then what the file says was perhaps not even read
     * @param planned what of it was asked for
     * @param lineage what hosts know of the control plane
     */
    record Look(
            Registry registry,
            SortedMap<String, Host> hosts,
            SortedMap<String, Observation> seen,
            Plan whole,
            boolean isPart,
            Planned planned,
            Lineage lineage) {}
}
