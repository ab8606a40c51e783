package io.axiomdb.edit;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A new branch.
 *
 * @param from null for a branch that starts on its own
 * @param data null for the usual
 * @param isProtected whether the file says that it is
 * @param transform script that masks what it starts with, relative to the root file; null for none
 * @param asserts scripts that must return no row then, as well
 */
public record CreateBranch(
        String project,
        String branch,
        @Nullable String from,
        Branch.@Nullable Data data,
        @Nullable Instant expiresAt,
        boolean isProtected,
        @Nullable String transform,
        List<String> asserts)
        implements Edit {
    @Override
    public String subject() {
        return "Add branch " + branch + " to " + project;
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        Project owner = before.projects().get(project);
        Branch there = owner == null ? null : owner.branches().get(branch);
        return there == null
                ? Objections.project(before, project)
                : List.of(Objections.taken("branch", branch, there.origin()));
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        return List.of(PathEdit.in(project, List.of("branches", branch), keys(ScriptPaths.of(before, project))));
    }

    private Content.Keys keys(ScriptPaths scripts) {
        Content.Keys.Writer keys =
                new Content.Keys.Writer().text("from", from).text("data", data == null ? null : data.word());
        return scripts.write(keys, transform, asserts)
                .bare("protected", isProtected ? true : null)
                .text("expires_at", expiresAt)
                .done();
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        all.put(
                ResourceKey.branch(project, branch),
                Branch.of(branch, keys(ScriptPaths.root()).fields()).fields());
    }
}
