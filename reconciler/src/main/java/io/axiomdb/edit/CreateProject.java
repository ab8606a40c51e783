package io.axiomdb.edit;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A new project, with the branch {@code main} that every project has.
 *
 * @param env null for the usual one
 */
public record CreateProject(
        String project, String host, @Nullable String env) implements Edit {
    @Override
    public String subject() {
        return "Add project " + project + " on " + host;
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        Project there = before.projects().get(project);
        if (there != null) {
            return List.of(Objections.taken("project", project, there.origin()));
        }
        return before.hosts().containsKey(host)
                ? List.of()
                : List.of(Objections.unknown("host", host, before.hosts().keySet()));
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        return List.of(PathEdit.in(project, List.of(), keys()));
    }

    private Content.Keys keys() {
        return new Content.Keys.Writer().text("host", host).text("env", env).done();
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        Project made = Project.of(project, keys().fields(), new TreeMap<>(), null, null);
        all.put(ResourceKey.project(project), made.fields());
        Fields none = new Fields(new TreeMap<>(), Origin.UNKNOWN);
        all.put(
                ResourceKey.branch(project, Project.MAIN),
                Branch.of(Project.MAIN, none).fields());
    }
}
