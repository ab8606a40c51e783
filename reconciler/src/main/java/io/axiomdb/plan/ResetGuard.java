package io.axiomdb.plan;

import io.axiomdb.compile.CopyNames;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which branches can be reset. Pure. */
final class ResetGuard {
    private ResetGuard() {}

    /** All that was asked for and can't be. */
    static List<Diagnostic> check(PlanInput input) {
        List<Diagnostic> refusals = new ArrayList<>();
        for (ResourceKey key : input.asked().reset()) {
            Project project = input.desired().projects().get(key.project());
            Branch branch = project == null ? null : project.branches().get(key.name());
            Applied applied = input.registry().applied().get(key);
            Diagnostic refusal = branch == null
                    ? refused(key, Source.NOWHERE, "it is not declared", "axm branch list shows what is")
                    : refusal(key, branch, applied);
            if (refusal == null && (applied == null || !applied.complete())) {
                refusal = refused(
                        key, Source.NOWHERE, "it was never made", "apply makes it, with what its parent holds then");
            }
            if (refusal != null) {
                refusals.add(refusal);
            }
        }
        return refusals;
    }

    /** Null for one that can be reset. A line that is edited along with the reset does not get round its protection. */
    static @Nullable Diagnostic refusal(ResourceKey key, Branch branch, @Nullable Applied applied) {
        Source at = branch.origin().self();
        if (branch.from() == null) {
            return refused(key, at, "it has no parent to be copied from", "only a branch with from: can be reset");
        }
        if (branch.isProtected() || applied != null && applied.fields().flag("protected", false)) {
            return refused(
                    key,
                    at,
                    "it is protected, and a reset takes its data out of use",
                    "write protected: false and apply, then reset it");
        }
        if (!CopyNames.starts(branch)) {
            return refused(
                    key,
                    at,
                    "it says data: empty, and there is nothing to copy",
                    "write data: full or data: schema and apply, then reset it");
        }
        return null;
    }

    private static Diagnostic refused(ResourceKey key, Source at, String why, String help) {
        return Diagnostic.of(Code.CANNOT_RESET, at, key + ": " + why, help);
    }
}
