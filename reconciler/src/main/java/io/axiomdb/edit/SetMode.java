package io.axiomdb.edit;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Another network mode. A confirmation that the new mode does not need goes, lest it confirm a later one.
 *
 * @param confirm the project's name, repeated, for public_all; null for the others
 */
public record SetMode(
        String project, Network.Mode mode, @Nullable String confirm) implements Edit {
    @Override
    public String subject() {
        return "Set the network mode of " + project + " to " + mode.word();
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        List<Diagnostic> unknown = Objections.project(before, project);
        if (!unknown.isEmpty() || mode != Network.Mode.PUBLIC_ALL || project.equals(confirm)) {
            return unknown;
        }
        return List.of(Diagnostic.of(
                Code.CONFIRM_MISSING,
                "public_all opens " + project + " to every address",
                "if that is meant, repeat the project's name: --confirm " + project));
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        Content confirmation = mode == Network.Mode.PUBLIC_ALL && confirm != null ? new Content.Text(confirm) : null;
        return List.of(
                PathEdit.in(project, List.of("network", "mode"), new Content.Text(mode.word())),
                PathEdit.in(project, List.of("network", "confirm"), confirmation));
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        SortedMap<String, String> fields = new TreeMap<>(Map.of("mode", mode.word()));
        if (mode == Network.Mode.PUBLIC_ALL && confirm != null) {
            fields.put("confirm", confirm);
        }
        all.put(ResourceKey.networkPolicy(project), fields);
    }
}
