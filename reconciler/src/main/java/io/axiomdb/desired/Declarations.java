package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A whole configuration as one map of resources, the form in which it is compared and stored. Both directions are here:
 * what the registry stored becomes a {@link Desired} again, so that drift is judged by the same compiler.
 */
public final class Declarations {
    private Declarations() {}

    public static SortedMap<ResourceKey, Fields> of(Desired desired) {
        SortedMap<ResourceKey, Fields> all = new TreeMap<>();
        all.put(ResourceKey.organization(desired.organization()), new Fields(desired.fields(), desired.origin()));
        desired.members().forEach((email, m) -> all.put(ResourceKey.member(email), new Fields(m.fields(), m.origin())));
        desired.hosts().forEach((name, h) -> all.put(ResourceKey.host(name), new Fields(h.fields(), h.origin())));
        desired.projects().forEach((name, project) -> addProject(name, project, all));
        return all;
    }

    private static void addProject(String name, Project project, SortedMap<ResourceKey, Fields> all) {
        all.put(ResourceKey.project(name), new Fields(project.fields(), project.origin()));
        project.branches()
                .forEach((branch, b) -> all.put(ResourceKey.branch(name, branch), new Fields(b.fields(), b.origin())));
        Network network = project.network();
        if (network != null) {
            all.put(ResourceKey.networkPolicy(name), new Fields(network.fields(), network.origin()));
            network.rules()
                    .forEach((rule, r) ->
                            all.put(ResourceKey.networkRule(name, rule), new Fields(r.fields(), r.origin())));
        }
        RotationPolicy rotation = project.rotation();
        if (rotation != null) {
            all.put(ResourceKey.rotationPolicy(name), new Fields(rotation.fields(), rotation.origin()));
        }
    }

    /** The configuration that these resources make up; the organization's name is given when none is among them. */
    public static Desired toDesired(String organization, SortedMap<ResourceKey, Fields> all) {
        SortedMap<String, Project> projects = new TreeMap<>();
        all.forEach((key, fields) -> {
            if (key.kind() == Kind.PROJECT) {
                projects.put(key.name(), project(key.name(), fields, all));
            }
        });
        Fields itself = all.get(ResourceKey.organization(organization));
        return new Desired(
                organization,
                each(Kind.MEMBER, "", all, Member::of),
                each(Kind.HOST, "", all, Host::of),
                projects,
                itself == null ? Desired.KEEP_REMOVED_DAYS : Desired.keepRemovedDays(itself),
                itself == null ? Origin.UNKNOWN : itself.origin());
    }

    private static Project project(String name, Fields fields, SortedMap<ResourceKey, Fields> all) {
        Fields policy = all.get(ResourceKey.networkPolicy(name));
        Fields rotation = all.get(ResourceKey.rotationPolicy(name));
        @Nullable
        Network network =
                policy == null ? null : Network.of(policy, each(Kind.NETWORK_RULE, name, all, Network.Rule::of));
        return Project.of(
                name,
                fields,
                each(Kind.BRANCH, name, all, Branch::of),
                network,
                rotation == null ? null : RotationPolicy.of(rotation));
    }

    private static <T> SortedMap<String, T> each(
            Kind kind, String project, SortedMap<ResourceKey, Fields> all, BiFunction<String, Fields, T> decode) {
        SortedMap<String, T> found = new TreeMap<>();
        for (Map.Entry<ResourceKey, Fields> entry :
                all.tailMap(new ResourceKey(kind, project, "")).entrySet()) {
            ResourceKey key = entry.getKey();
            if (key.kind() != kind || !key.project().equals(project)) {
                break;
            }
            found.put(key.name(), decode.apply(key.name(), entry.getValue()));
        }
        return found;
    }
}
