package io.axiomdb.edit;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RotationPolicy;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Another rotation policy, or parts of it; what is null stays as it is. */
public record SetRotation(
        String project,
        @Nullable Boolean enabled,
        @Nullable Integer intervalDays,
        @Nullable Integer warnBeforeDays,
        @Nullable Boolean autoRotate,
        Network.@Nullable Ports target,
        @Nullable SortedSet<MemberRole> notifyRoles)
        implements Edit {
    @Override
    public String subject() {
        return "Change the rotation policy of " + project;
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        return Objections.project(before, project);
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        return keys().entries().entrySet().stream()
                .map(e -> PathEdit.in(project, List.of("rotation_policy", e.getKey()), e.getValue()))
                .toList();
    }

    /** Whether there is nothing to set. */
    public boolean saysNothing() {
        return keys().entries().isEmpty();
    }

    private Content.Keys keys() {
        return new Content.Keys.Writer()
                .bare("enabled", enabled)
                .bare("interval_days", intervalDays)
                .bare("warn_before_days", warnBeforeDays)
                .bare("auto_rotate", autoRotate)
                .text("target", target == null ? null : target.word())
                .words(
                        "notify",
                        notifyRoles == null
                                ? null
                                : notifyRoles.stream().map(MemberRole::word).toList())
                .done();
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        ResourceKey key = ResourceKey.rotationPolicy(project);
        SortedMap<String, String> fields = new TreeMap<>(all.getOrDefault(key, new TreeMap<>()));
        fields.putAll(keys().fields().values());
        all.put(key, RotationPolicy.of(new Fields(fields, Origin.UNKNOWN)).fields());
    }
}
