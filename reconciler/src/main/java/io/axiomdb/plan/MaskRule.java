package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a project asks for masks: no rows of a parent reach a branch as they are, unless an owner says why. Pure. */
final class MaskRule {
    private MaskRule() {}

    /**
     * What stands against rows that come, or come back, as they are; null when nothing does.
     *
     * @param made as its data was made, or is to be
     * @param branch as it is declared
     */
    static @Nullable Diagnostic refusal(PlanInput input, Project project, Branch made, Branch branch) {
        if (!isBroken(input, project, made)) {
            return null;
        }
        String reason = input.asked().unmasked();
        if (!reason.isEmpty() && input.isActorOwner()) {
            return null;
        }
        return Diagnostic.of(
                Code.MASK_MISSING,
                branch.origin().of("data"),
                "branch " + project.name() + "/" + branch.name() + " would hold the rows of " + made.from()
                        + " unmasked, and project " + project.name() + " says masking: require"
                        + (reason.isEmpty() ? "" : "; " + input.actor() + " is no owner and can't waive that"),
                "write transform: with a script that masks them, or an owner applies it with --unmasked \"REASON\","
                        + " which is audited");
    }

    /** Why an owner lets a branch hold such rows; empty where the project asks for no mask, or there is one. */
    static String waived(PlanInput input, Project project, Branch made) {
        return isBroken(input, project, made) ? input.asked().unmasked() : "";
    }

    /** Who may change a project is not who may give its people's data away. */
    static List<Diagnostic> dropped(PlanInput input) {
        return input.desired().projects().values().stream()
                .filter(project -> !project.masks() && wasRequired(input, project) && !input.isActorOwner())
                .map(project -> Diagnostic.of(
                        Code.MASK_RULE_NEEDS_OWNER,
                        project.origin().self(),
                        "project " + project.name() + " would no longer say masking: require, and " + input.actor()
                                + " is no owner",
                        "put it back, or an owner applies this (say who you are with --actor)"))
                .toList();
    }

    private static boolean isBroken(PlanInput input, Project project, Branch made) {
        return made.from() != null
                && made.data() == Branch.Data.FULL
                && made.transform() == null
                && (project.masks() || wasRequired(input, project));
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
