package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Ledger.Rows;
import io.axiomdb.registry.Applied;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a project asks for masks: no rows of a parent reach a branch as they are, unless an owner says why. Pure. */
final class MaskRule {
    private static final String WAIVE = "an owner applies it with --unmasked \"REASON\", which is audited";

    private MaskRule() {}

    /** How rows of its parent come into a branch that is made as it is declared. */
    static Rows rows(Branch branch) {
        if (branch.from() == null || branch.data() != Branch.Data.FULL) {
            return Rows.NONE;
        }
        return branch.transform() == null ? Rows.UNMASKED : Rows.MASKED;
    }

    /** What stands against making it as it is declared; null when nothing does. */
    static @Nullable Diagnostic making(PlanInput input, Project project, Branch branch) {
        return refusal(
                input,
                project,
                branch,
                rows(branch),
                "hold the rows of " + branch.from() + " unmasked",
                "write transform: with a script that masks them, or " + WAIVE);
    }

    /**
     * What stands against bringing its data back; null when nothing does.
     *
     * @param rows as they came when that was made, whatever is declared now
     */
    static @Nullable Diagnostic bringingBack(PlanInput input, Project project, Branch branch, Rows rows) {
        return refusal(
                input,
                project,
                branch,
                rows,
                rows == Rows.UNKNOWN
                        ? "get back data of which nobody knows whether it holds rows of a parent unmasked"
                        : "get back rows that came unmasked",
                WAIVE + "; or have what is retained dropped, and it is made anew: axm purge " + project.name() + "/"
                        + branch.name());
    }

    private static @Nullable Diagnostic refusal(
            PlanInput input, Project project, Branch branch, Rows rows, String what, String help) {
        if (!isBroken(input, project, rows)) {
            return null;
        }
        String reason = input.asked().unmasked();
        if (!reason.isEmpty() && input.isActorOwner()) {
            return null;
        }
        return Diagnostic.of(
                Code.MASK_MISSING,
                branch.origin().of("data"),
                "branch " + project.name() + "/" + branch.name() + " would " + what + ", and project " + project.name()
                        + " says masking: require"
                        + (reason.isEmpty() ? "" : "; " + input.actor() + " is no owner and can't waive that"),
                help);
    }

    /** Why an owner lets a branch hold such rows; empty where the project asks for no mask, or there is one. */
    static String waived(PlanInput input, Project project, Rows rows) {
        return isBroken(input, project, rows) ? input.asked().unmasked() : "";
    }

    /**
     * Who may change a project is not who may give its people's data away. A project that is taken out would come back
     * without the rule; one that is renamed is known by its new name here.
     */
    static List<Diagnostic> dropped(PlanInput input) {
        List<Diagnostic> found = new ArrayList<>();
        if (input.isActorOwner()) {
            return found;
        }
        input.registry().applied().forEach((key, before) -> {
            if (key.kind() != Kind.PROJECT || !Project.masks(before.fields())) {
                return;
            }
            Project now = input.desired().projects().get(key.name());
            if (now == null || !now.masks()) {
                found.add(Diagnostic.of(
                        Code.MASK_RULE_NEEDS_OWNER,
                        now == null ? Source.NOWHERE : now.origin().self(),
                        "project " + key.name() + " would "
                                + (now == null
                                        ? "be taken out, which was applied with masking: require"
                                        : "no longer say masking: require")
                                + ", and " + input.actor() + " is no owner",
                        "put it back, or an owner applies this (say who you are with --actor)"));
            }
        });
        return found;
    }

    private static boolean isBroken(PlanInput input, Project project, Rows rows) {
        return (rows == Rows.UNMASKED || rows == Rows.UNKNOWN) && (project.masks() || wasRequired(input, project));
    }

    /** What was applied counts too: otherwise the edit that breaks the rule would drop it in the same breath. */
    private static boolean wasRequired(PlanInput input, Project project) {
        Map<ResourceKey, Applied> applied = input.registry().applied();
        String former = project.renamedFrom();
        Applied before = applied.get(ResourceKey.project(project.name()));
        if (before == null && former != null) {
            before = applied.get(ResourceKey.project(former));
        }
        return before != null && Project.masks(before.fields());
    }
}
