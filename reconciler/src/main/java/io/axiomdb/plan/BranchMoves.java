package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses what would move a database to another host, or give it another name without being told. Pure. */
final class BranchMoves {
    private final Desired appliedState;
    /** Asked for every new branch, and the same for all of a project. */
    private final Map<String, Boolean> staying = new HashMap<>();

    BranchMoves(Desired appliedState) {
        this.appliedState = appliedState;
    }

    /** Why a branch can't be planned where it is declared; null when it can. */
    @Nullable
    Diagnostic refusal(Project project, Branch branch, @Nullable Project projectBefore, @Nullable Branch before) {
        if (projectBefore != null && before == null && staysBehind(project)) {
            return Diagnostic.of(
                    Code.WOULD_MOVE,
                    branch.origin().self(),
                    "branch " + project.name() + "/" + branch.name()
                            + " would be made where the project's other branches" + " can't follow: they stay on host "
                            + projectBefore.host() + " under their names",
                    "put host, env and prefix of the project back, or make the branch in a project of its own");
        }
        if (projectBefore != null && before != null && moves(project, branch, projectBefore, before)) {
            return Diagnostic.of(
                    Code.WOULD_MOVE,
                    branch.origin().self(),
                    "branch " + project.name() + "/" + branch.name() + " is on host " + projectBefore.host()
                            + " as " + BranchNames.of(projectBefore, before).database() + ", and would be on host "
                            + project.host() + " as "
                            + BranchNames.of(project, branch).database(),
                    "this version does not move databases, and renames them only with renamed_from: put host, env, prefix, slug and names back");
        }
        return null;
    }

    /** The registry keeps a project as it is while a branch of it can't move; a new one elsewhere would be lost to it. */
    private boolean staysBehind(Project project) {
        return staying.computeIfAbsent(project.name(), name -> {
            Project projectBefore = appliedState.projects().get(name);
            return projectBefore != null && staysBehind(project, projectBefore);
        });
    }

    private static boolean staysBehind(Project project, Project projectBefore) {
        return project.branches().values().stream().anyMatch(branch -> {
            Branch there = projectBefore.branches().get(branch.name());
            return there != null && moves(project, there, projectBefore, there);
        });
    }

    private static boolean moves(Project project, Branch branch, Project projectBefore, Branch before) {
        return !project.host().equals(projectBefore.host())
                || !BranchNames.of(project, branch).equals(BranchNames.of(projectBefore, before));
    }
}
