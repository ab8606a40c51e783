package io.axiomdb.crash;

import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.audit.EventNames;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Plan;
import io.axiomdb.registry.Applied;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What must hold once an apply that was cut short was followed by a whole one. */
final class Aftermath {
    private final Lane lane;
    private final Rig rig;
    private final Trial trial;
    private final List<String> wrong = new ArrayList<>();

    private Aftermath(Lane lane, Rig rig, Trial trial) {
        this.lane = lane;
        this.rig = rig;
        this.trial = trial;
    }

    /**
     * Everything that is wrong, in words.
     *
     * @param before right before the apply that was cut short
     * @param cut right after it
     */
    static List<String> wrong(Lane lane, Rig rig, Trial trial, Evidence before, Evidence cut) {
        Aftermath aftermath = new Aftermath(lane, rig, trial);
        Evidence end = Evidence.take(lane, rig, trial);
        aftermath.nothingLeft();
        aftermath.truths(end);
        aftermath.noOrphans(cut, end);
        aftermath.nothingLost();
        aftermath.wrong.addAll(Logins.wrong(lane, trial, before, end));
        aftermath.trail(before, cut, end);
        return aftermath.wrong;
    }

    private void nothingLeft() {
        Plan plan = trial.planAfterwards(rig.outside());
        plan.changes().forEach(c -> wrong.add("left to do: " + c.id() + " " + c.fields()));
        plan.blocked().forEach(b -> wrong.add("blocked: " + b));
        plan.heldBack().forEach(h -> wrong.add("held back: " + h));
    }

    private void truths(Evidence end) {
        end.truths().forEach((event, is) -> {
            if (!is) {
                wrong.add("not so in the end: " + event);
            }
        });
    }

    /** Whatever bears our name belongs to a live branch; what is set aside, to a removal that was meant. */
    private void noOrphans(Evidence cut, Evidence end) {
        SortedSet<String> databases = new TreeSet<>();
        SortedSet<String> roles = new TreeSet<>();
        for (Project project : trial.wish().projects().values()) {
            for (Branch branch : project.branches().values()) {
                BranchNames names = BranchNames.of(project, branch);
                databases.add(names.database());
                Arrays.stream(RoleKind.values()).map(names::role).forEach(roles::add);
            }
        }
        same("databases", databases, names("SELECT datname FROM pg_database WHERE datname LIKE '%{t}%'"));
        same("roles", roles, names("SELECT rolname FROM pg_roles WHERE rolname LIKE '%{t}%'"));
        same("half made", new TreeSet<>(), unfinished(lane, trial));
        setAside(cut, end);
        end.registry().applied().forEach((key, applied) -> {
            if (!applied.beingMade().isEmpty()) {
                wrong.add("still said to be made for " + key + ": " + applied.beingMade());
            }
        });
    }

    /** Who asks again for a reset that was done gets another, and what the first copy held is kept as well. */
    private void setAside(Evidence cut, Evidence end) {
        Scenario.End usual = trial.scenario().end();
        long again = cut.truths().entrySet().stream()
                .filter(truth -> truth.getKey().endsWith(EventNames.RESET) && truth.getValue())
                .count();
        number("databases set aside", usual.removed() + usual.replaced() + again, kept().size());
        number(
                "roles set aside",
                3L * usual.removed(),
                Long.parseLong(lane.host(
                        "",
                        trial.text("SELECT count(*) FROM pg_roles"
                                + " WHERE shobj_description(oid, 'pg_authid') LIKE 'axm-removed:{t}/%'"))));
        number("removed", usual.removed(), end.registry().removed().size());
    }

    private void number(String what, long wanted, long found) {
        if (wanted != found) {
            wrong.add(what + ": " + found + " instead of " + wanted);
        }
    }

    /** What was being made, databases and logins, of everything that this trial ever drew a name for. */
    static SortedSet<String> unfinished(Lane lane, Trial trial) {
        SortedSet<String> ours = new TreeSet<>();
        lane.drawn(trial.token()).forEach(name -> {
            ours.add(name);
            ours.add(name.replace("axm_new_", "axm_run_"));
        });
        ours.retainAll(names(
                lane,
                trial,
                "SELECT datname FROM pg_database WHERE datname ~ '^axm_new_' UNION ALL SELECT rolname FROM pg_roles WHERE"
                        + " rolname ~ '^axm_run_'"));
        return ours;
    }

    private SortedSet<String> kept() {
        return names("SELECT datname FROM pg_database WHERE datname LIKE 'axm\\_del\\_%'"
                + " AND shobj_description(oid, 'pg_database') LIKE 'axm-removed:{t}/%'");
    }

    private SortedSet<String> names(String query) {
        return names(lane, trial, query);
    }

    private static SortedSet<String> names(Lane lane, Trial trial, String query) {
        String all = lane.host("", "SELECT string_agg(n, ';') FROM (" + trial.text(query) + ") x (n)");
        return all.isEmpty() ? new TreeSet<>() : new TreeSet<>(List.of(all.split(";")));
    }

    private void same(String what, SortedSet<String> wanted, SortedSet<String> found) {
        if (!wanted.equals(found)) {
            wrong.add(what + ": " + found + " instead of " + wanted);
        }
    }

    private void nothingLost() {
        for (Scenario.Kept rows : trial.scenario().kept()) {
            if (!rows.database().startsWith("axm_del_")) {
                count(trial.text(rows.database()), rows);
                continue;
            }
            long all = 0;
            for (String kept : kept()) {
                lane.host("", "ALTER DATABASE " + kept + " ALLOW_CONNECTIONS true");
                all += Long.parseLong(lane.host(kept, rows.query()));
            }
            number("rows in all that is set aside", Long.parseLong(rows.number()), all);
        }
    }

    private void count(String database, Scenario.Kept rows) {
        number("rows in " + database, Long.parseLong(rows.number()), Long.parseLong(lane.host(database, rows.query())));
    }

    /** Each intent has one outcome, which says what was so when the apply was cut short. */
    private void trail(Evidence before, Evidence cut, Evidence end) {
        rig.controlPlane().verifyAudit().ifPresent(broken -> wrong.add("the chain: " + broken));
        rig.controlPlane().unfinished(trial.token()).forEach(row -> wrong.add("without an outcome: " + row.entry()));
        Map<String, List<AuditRow>> mutations = end.rowsAfter(before)
                .collect(Collectors.groupingBy(row -> row.entry().mutationId(), TreeMap::new, Collectors.toList()));
        long last = cut.rows().isEmpty() ? 0 : cut.rows().getLast().sequence();
        mutations.values().forEach(rows -> {
            List<Phase> phases = rows.stream().map(row -> row.entry().phase()).toList();
            AuditRow intent = rows.getFirst();
            if (phases.size() != 2 || phases.getFirst() != Phase.INTENT || phases.getLast() == Phase.INTENT) {
                wrong.add(intent.entry().target() + " " + intent.entry().event() + " has the rows " + phases);
                return;
            }
            Evidence then = intent.sequence() <= last ? cut : end;
            if (says(phases.getLast()) != happened(intent, then, end)) {
                wrong.add("a lie: " + intent.entry().target() + " "
                        + intent.entry().event() + " is " + phases.getLast().word() + "; "
                        + rows.getLast().entry().detail());
            }
        });
    }

    private static boolean says(Phase phase) {
        return switch (phase) {
            case DONE, FOUND_DONE -> true;
            case INTENT, FAILED, STOPPED, FOUND_NOT_DONE -> false;
        };
    }

    /** On a host, by the scenario's own checks; elsewhere, whether the registry already had what it has in the end. */
    private static boolean happened(AuditRow intent, Evidence then, Evidence end) {
        ResourceKey target = intent.entry().target();
        Boolean truth = then.truths().get(target + " " + intent.entry().event());
        if (truth != null) {
            return truth;
        }
        if (target.kind() == Kind.BRANCH || target.kind() == Kind.HOST_ACCESS) {
            throw new IllegalStateException("the scenario has no truth for " + target + " "
                    + intent.entry().event());
        }
        Applied was = then.registry().applied().get(target);
        Applied is = end.registry().applied().get(target);
        return Objects.equals(was, is);
    }

    /** Takes away what the trial left on the host. */
    static void clear(Lane lane, Trial trial) {
        unfinished(lane, trial).forEach(name -> {
            lane.host("", "DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
            lane.host("", "DROP ROLE IF EXISTS \"" + name + "\"");
        });
        names(
                        lane,
                        trial,
                        "SELECT datname FROM pg_database WHERE datname LIKE '%{t}%' OR shobj_description(oid, 'pg_database') LIKE"
                                + " 'axm-removed:{t}/%'")
                .forEach(name -> lane.host("", "DROP DATABASE \"" + name + "\" WITH (FORCE)"));
        names(
                        lane,
                        trial,
                        "SELECT rolname FROM pg_roles WHERE rolname LIKE '%{t}%' OR shobj_description(oid, 'pg_authid') LIKE"
                                + " 'axm-removed:{t}/%'")
                .forEach(name -> lane.host("", "DROP ROLE \"" + name + "\""));
    }
}
