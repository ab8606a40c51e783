package io.axiomdb.cli.view;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Cidr.Family;
import io.axiomdb.core.Cidr.Read;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Planned;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import io.axiomdb.plan.AccessDifference;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.EndedSessions;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Plans about who may connect, made by hand. */
final class AccessSamples {
    private static final ResourceKey MAIN = ResourceKey.branch("square-experience", "main");
    private static final ResourceKey AUTH = ResourceKey.branch("square-experience", "feature/auth");
    private static final ResourceKey SITE = ResourceKey.branch("website", "main");

    private AccessSamples() {}

    /** One of each: gained, lost, opened to the world, not guarded before, ended sessions of both sorts, a hand edit. */
    static Planned changed() {
        return planned(
                List.of(
                        difference(MAIN, Port.RUNTIME, set("198.51.100.0/24"), set("203.0.113.7"), true),
                        difference(MAIN, Port.DIRECT, AddressSet.NONE, set("203.0.113.7"), true),
                        difference(AUTH, Port.RUNTIME, set("198.51.100.9", "2001:db8::/48"), AddressSet.NONE, false),
                        new AccessDifference(
                                "db1",
                                SITE,
                                Port.RUNTIME,
                                AddressSet.ALL,
                                AddressSet.NONE,
                                new TreeSet<>(List.of(Family.values())),
                                true)),
                List.of(ended(Port.DIRECT, "203.0.113.7", 1, false), ended(Port.RUNTIME, "203.0.113.7", 14, true)),
                change(
                        field(MAIN, "runtime", "203.0.113.7", "198.51.100.0/24"),
                        field(MAIN, "direct", "203.0.113.7", ""),
                        field(AUTH, "runtime", "", "198.51.100.9, 2001:db8::/48"),
                        field(SITE, "runtime", "", "0.0.0.0/0, ::/0"),
                        new FieldChange("firewall port 5432", "", "203.0.113.7/32", "", Source.NOWHERE),
                        new FieldChange(
                                "pg_hba.conf:7",
                                "a line that nobody asked for",
                                "host all all 0.0.0.0/0 trust",
                                "",
                                Source.NOWHERE)));
    }

    static Planned many() {
        AddressSet gained = AddressSet.of(IntStream.range(0, 40)
                .mapToObj(i -> cidr(i == 30 ? "192.0.60.0/28" : "192.0." + 2 * i + ".0/" + (i < 3 ? 24 : 32)))
                .toList());
        List<EndedSessions> ends = IntStream.range(0, 12)
                .mapToObj(i -> ended(Port.RUNTIME, "10.0.0." + i, i + 1, false))
                .toList();
        AddressSet lost = AddressSet.of(cidr("::/1")).minus(set("::1"));
        return planned(List.of(difference(MAIN, Port.RUNTIME, gained, lost, true)), ends, change());
    }

    static Planned hostile() {
        String nasty = "x`y\n\u001b[2J\u202e @acme/all <b>#1</b> ``` |";
        ResourceKey branch = ResourceKey.branch("shop", nasty);
        return planned(
                List.of(new AccessDifference(
                        nasty,
                        branch,
                        Port.DIRECT,
                        AddressSet.ALL,
                        set("192.0.2.1"),
                        new TreeSet<>(List.of(Family.IPV4)),
                        false)),
                List.of(new EndedSessions(nasty, branch.path(), Port.DIRECT, nasty, 1, false)),
                change(field(branch, "runtime", nasty, nasty)));
    }

    static Change change(FieldChange... fields) {
        return new Change(
                ResourceKey.hostAccess("db1"),
                Action.UPDATE,
                "db1",
                List.of(fields),
                Samples.line(12),
                "declared",
                List.of(new Step.SetAccess(
                        "let in who is allowed",
                        new Access(
                                new TreeMap<>(),
                                new TreeSet<>(List.of(new Access.Entry(
                                        Port.RUNTIME, "sq_square_experience_main", cidr("198.51.100.0/24"), null))),
                                new TreeSet<>(List.of(new Access.Opening(6432, cidr("198.51.100.0/24"), null)))))),
                new TreeSet<>(),
                new TreeMap<>(),
                true);
    }

    static Planned planned(List<AccessDifference> access, List<EndedSessions> ends, Change... changes) {
        Plan plan = Samples.plan(changes);
        return Samples.planned(
                new Plan(
                        plan.organization(),
                        plan.changes(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        access,
                        ends,
                        plan.digest()),
                Samples.seen("db1"));
    }

    private static AccessDifference difference(
            ResourceKey branch, Port port, AddressSet gained, AddressSet lost, boolean guarded) {
        return new AccessDifference("db1", branch, port, gained, lost, new TreeSet<>(), guarded);
    }

    private static FieldChange field(ResourceKey branch, String port, String before, String after) {
        return new FieldChange(port + " of " + branch.path(), "", before, after, Samples.line(14));
    }

    private static EndedSessions ended(Port port, String address, int count, boolean wholeDatabase) {
        return new EndedSessions("db1", MAIN.path(), port, address, count, wholeDatabase);
    }

    private static AddressSet set(String... ranges) {
        return AddressSet.of(Stream.of(ranges).map(AccessSamples::cidr).toList());
    }

    static Cidr cidr(String text) {
        return ((Read.Range) Cidr.read(text)).cidr();
    }
}
