package io.axiomdb.plan;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.compile.Placement;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ReservedNames;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.ControlPlaneSite;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes of access after which nobody could put things right: the lines of a branch would decide over the administrator's
 * own login, or the way to the control plane's database would be closed. Pure.
 */
final class LockOut {
    private final PlanInput input;
    private final Desired applied;
    private final List<Diagnostic> refusals = new ArrayList<>();

    private LockOut(PlanInput input, Desired applied) {
        this.input = input;
        this.applied = applied;
    }

    static List<Diagnostic> check(PlanInput input, Desired applied, List<Change> changes) {
        LockOut check = new LockOut(input, applied);
        check.names();
        changes.forEach(check::ownWay);
        return check.refusals;
    }

    private void names() {
        for (Project project : input.desired().projects().values()) {
            Host host = input.desired().hosts().get(project.host());
            if (host != null) {
                SortedMap<String, String> taken = taken(host);
                project.branches().values().forEach(branch -> {
                    Placement placement = Placement.of(project, branch, null);
                    Source at = branch.origin().self();
                    List.of(
                                    placement.names().database(),
                                    placement.names().owner(),
                                    placement.names().rw(),
                                    placement.names().ro())
                            .forEach(name -> name(name, placement, taken, at));
                });
            }
        }
    }

    private void name(String name, Placement placement, SortedMap<String, String> taken, Source at) {
        String whose = taken.get(name);
        if (whose != null) {
            refusals.add(Diagnostic.of(
                    Code.LOCK_OUT_NAME,
                    at,
                    placement.branch() + " would have a database or role " + name + ", which is " + whose
                            + ": a branch's rights, passwords and lines in pg_hba.conf would shut that out",
                    "give the branch another name with slug: or names:"));
        }
    }

    /** By name, with whose it is. */
    private SortedMap<String, String> taken(Host host) {
        SortedMap<String, String> taken = new TreeMap<>();
        if (host.ssh() != null) {
            ReservedNames.ALL.forEach(word -> taken.put(word, "a word with a meaning of its own in pg_hba.conf"));
        }
        taken.put(ReservedNames.POOLER_ROLE, "the role with which the pooler looks passwords up");
        taken.put(ReservedNames.LOCK_DATABASE, "AxiomDB's own database on each host");
        switch (host.postgres()) {
            case Host.Embedded() -> {}
            case Host.Server server -> {
                taken.put(server.user(), "the administrator of host " + host.name());
                taken.put(server.database(), "the maintenance database of host " + host.name());
            }
        }
        ControlPlaneSite self = input.self();
        if (self != null && isOn(self, host.name()) != null) {
            taken.put(self.user(), "the control plane's own role");
            taken.put(self.database(), "the control plane's own database");
        }
        return taken;
    }

    /** What was seen of the host, if it is the server that the control plane's database is on. */
    private AccessObservation.@Nullable Seen isOn(ControlPlaneSite self, String host) {
        return input.observations().get(host) instanceof Observation.Seen seen
                        && seen.access() instanceof AccessObservation.Seen access
                        && !self.systemIdentifier().isEmpty()
                        && access.facts().systemIdentifier().equals(self.systemIdentifier())
                ? access
                : null;
    }

    /** The control plane may come through an opening that was made for others. */
    private void ownWay(Change change) {
        ControlPlaneSite self = input.self();
        AccessObservation.Seen seen = self == null || self.loopback() ? null : isOn(self, change.host());
        Host host = input.desired()
                .hosts()
                .getOrDefault(change.host(), applied.hosts().get(change.host()));
        Integer port = host == null ? null : AccessCompiler.number(host, Access.Port.DIRECT);
        if (seen == null || host == null || port == null) {
            return;
        }
        for (Step step : change.steps()) {
            if (step instanceof Step.SetAccess(String _, Access after)
                    && lets(seen.access(), port, seen.facts().client())
                    && !lets(after, port, seen.facts().client())) {
                refusals.add(Diagnostic.of(
                        Code.LOCK_OUT_SELF,
                        host.origin().self(),
                        "the control plane's database is on host " + host.name() + ", and port " + port
                                + " would be closed for " + seen.facts().client() + ", where AxiomDB comes from",
                        "keep a rule that covers that address on port direct, or open the port in the firewall by hand for"
                                + " the control plane alone: ufw allow from "
                                + seen.facts().client()
                                + " to any port " + port + " proto tcp"));
            }
        }
    }

    private static boolean lets(Access access, int port, String client) {
        return Cidr.read(client) instanceof Cidr.Read.Range(Cidr address)
                && access.openings().stream()
                        .anyMatch(o -> o.port() == port
                                && o.until() == null
                                && o.cidr().covers(address));
    }
}
