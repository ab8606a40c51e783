package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.registry.BeingMade;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Plans that a branch is called otherwise: the same database and roles under other names, never one removed and another made.
 * What an interrupted apply has renamed already is found under the new names, and the rest follows. Pure.
 */
final class RenamePlanner {
    private final PlanInput input;
    private final Findings findings;

    RenamePlanner(PlanInput input, Findings findings) {
        this.input = input;
        this.findings = findings;
    }

    /** Neither name is touched: what was applied stays as it is. */
    void block(RenamePair pair, List<Diagnostic> why) {
        findings.blocked.add(new Blocked(pair.key(), why));
        findings.blocked.add(new Blocked(pair.oldKey(), why));
    }

    void plan(RenamePair pair, Observation.Seen seen, Lookup.Rights lookup, SortedSet<ResourceKey> needs) {
        RenamePair.Look look = pair.look(input.registry(), seen.state());
        List<Diagnostic> obstacles = new ArrayList<>(obstacles(pair, look));
        if (look.isOld() && !pair.keepsNames()) {
            obstacles.addAll(RenameDoors.obstacles(input, pair.project().host(), seen));
        }
        if (Retained.of(pair.oldNames().database(), seen) != null) {
            obstacles.add(refusal(
                    pair,
                    "its removal was begun, which waits",
                    "put the old name back and apply, which lets people in again, then rename it"));
        }
        if (obstacles.isEmpty()) {
            change(look, pair.want(organization(), lookup), seen, needs);
        } else {
            block(pair, obstacles);
        }
    }

    private String organization() {
        return input.desired().organization();
    }

    private static List<Diagnostic> obstacles(RenamePair pair, RenamePair.Look look) {
        if (!pair.project().host().equals(pair.projectBefore().host())
                || !pair.project().fields().equals(pair.projectBefore().fields())) {
            return List.of(
                    refusal(pair, "its project moves at the same time", "in two steps: rename it, then move it"));
        }
        if (look.isThere()) {
            return look.taken();
        }
        List<Diagnostic> foreign = look.foreign();
        return foreign.isEmpty() ? List.of(refusal(pair, pair.nowhere(), RenamePair.PUT_BACK)) : foreign;
    }

    private void change(RenamePair.Look look, BranchWant want, Observation.Seen seen, SortedSet<ResourceKey> needs) {
        RenamePair pair = look.pair();
        HostState state =
                look.isOld() ? Renamed.to(pair.names(), pair.oldNames(), seen.state(), want.marker()) : seen.state();
        List<BeingMade> left = Copies.left(look.ours(), seen.state());
        List<Step> steps = new ArrayList<>();
        steps.add(RenamePair.passwords(List.of(pair)));
        if (look.isOld()) {
            if (!pair.keepsNames()) {
                findings.notices.addAll(
                        Holds.on(seen, want.host(), pair.oldNames().database(), Holds.RENAME));
            }
            steps.addAll(renaming(look));
        }
        // What somebody changed by hand is drift, and told as such by the next plan.
        List<Difference> rest =
                BranchComparison.between(want, state, seen.serverVersion(), BranchComparison.Purpose.KEEP).stream()
                        .filter(d -> d.nature() == Nature.ORDINARY)
                        .map(UndeletePlanner::loginLast)
                        .toList();
        steps.addAll(StepAssembly.of(want, rest));
        findings.renamed(want.host(), pair);
        findings.changes.add(Copies.cleared(
                left,
                new Change(
                        want.key(),
                        Action.RENAME,
                        want.host(),
                        fields(pair, want),
                        pair.branch().origin().of("renamed_from"),
                        reason(pair.keepsNames()),
                        steps,
                        needs,
                        pair.branch().fields(),
                        true,
                        pair.oldKey(),
                        "",
                        look.isOld() && !pair.keepsNames() ? reopening(look) : List.of())));
    }

    private static List<Undo> reopening(RenamePair.Look look) {
        RenamePair pair = look.pair();
        SortedMap<String, String> database =
                new TreeMap<>(Map.of(pair.oldNames().database(), pair.names().database()));
        return Reopening.of(database, look.roles(), look.actual())
                .undo(closing(look).getFirst());
    }

    private static List<Step> closing(RenamePair.Look look) {
        return SetAsideSteps.close(
                List.of(look.pair().oldNames().database()), look.roles().keySet(), look.actual());
    }

    static String reason(boolean keepsNames) {
        return "keeps data and passwords; "
                + (keepsNames ? "its names on the host stay" : "its sessions end once, and its URLs get the new names");
    }

    /** All names at once, once nobody is connected any more; logins come back last of all. */
    private List<Step> renaming(RenamePair.Look look) {
        RenamePair pair = look.pair();
        List<NewName> names = NewName.of(look);
        List<String> rename = new ArrayList<>(List.of(NewName.same(names, look.actual())));
        rename.addAll(NewName.statements(names));
        rename.addAll(LedgerSql.renamed(organization(), pair.oldKey(), pair.key()));
        if (pair.keepsNames()) {
            return List.of(new Step.Sql("comments", "", rename));
        }
        rename.add("ALTER DATABASE " + identifier(pair.names().database()) + " ALLOW_CONNECTIONS true");
        List<Step> steps = new ArrayList<>(closing(look));
        steps.add(new Step.Sql("rename to " + pair.names().database(), "", rename));
        return steps;
    }

    private static List<FieldChange> fields(RenamePair pair, BranchWant want) {
        List<FieldChange> fields = new ArrayList<>();
        Source at = pair.branch().origin().of("renamed_from");
        fields.add(
                new FieldChange("", "name", pair.before().name(), pair.branch().name(), at));
        if (!pair.keepsNames()) {
            fields.add(new FieldChange(
                    "", "database", pair.oldNames().database(), want.names().database(), at));
            for (RoleKind kind : RoleKind.values()) {
                fields.add(new FieldChange(
                        "",
                        "role " + kind.word(),
                        pair.oldNames().role(kind),
                        want.names().role(kind),
                        at));
            }
        }
        fields.addAll(FieldChanges.between(
                pair.before().fields(),
                new Fields(pair.branch().fields(), pair.branch().origin())));
        return fields;
    }

    private static Diagnostic refusal(RenamePair pair, String why, String help) {
        return Diagnostic.of(
                Code.WOULD_MOVE,
                pair.branch().origin().of("renamed_from"),
                pair.key() + " is to be what " + pair.oldKey() + " was, and " + why,
                help);
    }
}
