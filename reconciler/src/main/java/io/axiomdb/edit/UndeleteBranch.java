package io.axiomdb.edit;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.Script;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A removed or expired branch is declared again, as it was: that is all it takes to bring it back.
 *
 * @param was the declaration as it was last applied
 * @param now a date that is past by then is left out
 */
public record UndeleteBranch(String project, String branch, Fields was, Instant now) implements Edit {
    @Override
    public String subject() {
        return "Bring back branch " + branch + " of " + project;
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        return before.projects().containsKey(project) ? List.of() : List.of(noProject(before));
    }

    /** It was removed with its project, or before the project got another name. */
    private Diagnostic noProject(Desired before) {
        String heir = before.projects().values().stream()
                .filter(one -> project.equals(one.renamedFrom()))
                .map(one ->
                        "take renamed_from: " + project + " out of project " + one.name() + " once it is applied, and ")
                .findFirst()
                .orElse("");
        String host = before.hosts().size() == 1 ? before.hosts().firstKey() : "HOST";
        return Diagnostic.of(
                Code.NOT_DECLARED,
                "there is no project \"" + project + "\" that the branch could come back to",
                heir + "declare the project on the host where the data is (axm project create " + project + " --host "
                        + host + "), with the env and prefix that it had; then run this again");
    }

    /** What of the declaration is not written again, in words; empty when all of it is. */
    public List<String> leftOut(Desired before) {
        if (!objections(before).isEmpty()) {
            return List.of();
        }
        Branch there = there(before);
        if (there != null) {
            return isPast(there.expiresAt()) ? List.of("expires_at, which was " + there.expiresAt()) : List.of();
        }
        Branch old = Branch.of(branch, was);
        String date = isPast(old.expiresAt()) ? "expires_at, which was " + old.expiresAt() : "";
        String parent = hasParent(old, before) ? "" : "from: " + old.from() + ", which is not declared any more";
        return List.of(date, parent).stream().filter(words -> !words.isEmpty()).toList();
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        Branch there = there(before);
        if (there == null) {
            return List.of(PathEdit.in(
                    project, List.of("branches", branch), keys(written(before), ScriptPaths.of(before, project))));
        }
        return isPast(there.expiresAt())
                ? List.of(PathEdit.in(project, List.of("branches", branch, "expires_at"), null))
                : List.of();
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        ResourceKey key = ResourceKey.branch(project, branch);
        SortedMap<String, String> there = all.get(key);
        SortedMap<String, String> values = new TreeMap<>(there == null ? was.values() : there);
        Fields fields = new Fields(values, was.origin());
        if (isPast(fields.instant("expires_at"))) {
            values.remove("expires_at");
        }
        String from = fields.text("from");
        if (from != null && !all.containsKey(ResourceKey.branch(project, from))) {
            values.remove("from");
        }
        all.put(key, Branch.of(branch, new Fields(values, was.origin())).fields());
    }

    private @Nullable Branch there(Desired before) {
        Project owner = before.projects().get(project);
        return owner == null ? null : owner.branches().get(branch);
    }

    private boolean isPast(@Nullable Instant date) {
        return date != null && !date.isAfter(now);
    }

    private boolean hasParent(Branch old, Desired before) {
        Project owner = before.projects().get(project);
        return old.from() == null || owner != null && owner.branches().containsKey(old.from());
    }

    private Branch written(Desired before) {
        SortedMap<String, String> values = new TreeMap<>(was.values());
        Branch old = Branch.of(branch, was);
        if (isPast(old.expiresAt())) {
            values.remove("expires_at");
        }
        if (!hasParent(old, before)) {
            values.remove("from");
        }
        return Branch.of(branch, new Fields(values, was.origin()));
    }

    private static Content.Keys keys(Branch branch, ScriptPaths scripts) {
        Branch.ConnectionLimits limits = branch.connectionLimits();
        Content.Keys.Writer settings = new Content.Keys.Writer();
        branch.settings().forEach(settings::text);
        boolean usual = branch.name().equals(Project.MAIN) == branch.isProtected();
        Content.Keys.Writer keys = new Content.Keys.Writer()
                .text("from", branch.from())
                .text(
                        "data",
                        branch.data() == Branch.Data.EMPTY
                                ? null
                                : branch.data().word())
                .bare("hold_sessions", branch.holdSessions() ? true : null);
        Script transform = branch.transform();
        return scripts.write(
                        keys,
                        transform == null ? null : transform.file(),
                        branch.asserts().keySet())
                .bare("protected", usual ? null : branch.isProtected())
                .text("expires_at", branch.expiresAt())
                .text("slug", branch.slug())
                .keys("names", names(branch.names()))
                .text(
                        "rights",
                        branch.rights() == Branch.Rights.EXACT
                                ? null
                                : branch.rights().word())
                .words("schemas", branch.schemas().isEmpty() ? null : branch.schemas())
                .keys(
                        "connection_limits",
                        new Content.Keys.Writer()
                                .bare("database", limits.database())
                                .bare("owner", limits.owner())
                                .bare("rw", limits.rw())
                                .bare("ro", limits.ro())
                                .done())
                .keys("settings", settings.done())
                .done();
    }

    private static Content.Keys names(Branch.NameOverrides names) {
        return new Content.Keys.Writer()
                .text("database", names.database())
                .text("owner", names.owner())
                .text("rw", names.rw())
                .text("ro", names.ro())
                .done();
    }
}
