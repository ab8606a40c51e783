package io.axiomdb.plan;

import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Of some resources, those that must go before another one may.
 *
 * @param projects of every host: a project may stand on any
 * @param inside what belongs to a project, by its name
 */
record Below(List<ResourceKey> projects, Map<String, List<ResourceKey>> inside) {
    static Below of(Collection<ResourceKey> all) {
        List<ResourceKey> projects = new ArrayList<>();
        Map<String, List<ResourceKey>> inside = new HashMap<>();
        for (ResourceKey key : all) {
            if (key.kind() == Kind.PROJECT) {
                projects.add(key);
            } else {
                inside.computeIfAbsent(key.project(), _ -> new ArrayList<>()).add(key);
            }
        }
        return new Below(projects, inside);
    }

    List<ResourceKey> of(ResourceKey upper) {
        return switch (upper.kind()) {
            case PROJECT -> inside.getOrDefault(upper.name(), List.of());
            case HOST -> projects;
            case ORGANIZATION, MEMBER, NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY, BRANCH, HOST_ACCESS -> List.of();
        };
    }
}
