package io.axiomdb.edit;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.SortedMap;

/** A branch is no longer declared. Its data stays on the host under another name. */
public record DeleteBranch(String project, String branch) implements Edit {
    @Override
    public String subject() {
        return "Remove branch " + branch + " of " + project;
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        Project owner = before.projects().get(project);
        if (owner == null) {
            return Objections.project(before, project);
        }
        Branch there = owner.branches().get(branch);
        if (there == null) {
            return List.of(Objections.unknown("branch", branch, owner.branches().keySet()));
        }
        if (branch.equals(Project.MAIN)) {
            return List.of(Diagnostic.of(
                    Code.PROTECTED,
                    there.origin().self(),
                    "every project has a branch main, written or not",
                    "take the whole project out of the file if it is to go"));
        }
        return there.isProtected()
                ? List.of(Diagnostic.of(
                        Code.PROTECTED,
                        there.origin().of("protected"),
                        "branch " + project + "/" + branch,
                        "in two steps: write protected: false and apply that, then delete the branch"))
                : List.of();
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        return List.of(PathEdit.in(project, List.of("branches", branch), null));
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        all.remove(ResourceKey.branch(project, branch));
    }
}
