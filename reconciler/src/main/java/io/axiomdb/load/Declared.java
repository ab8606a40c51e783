package io.axiomdb.load;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.load.Node.Entry;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Scalar;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * From the tree to what is declared. What does not fit is left out, so that the checks of meaning can go on with the rest
 * and every problem is found at once.
 */
final class Declared {
    private final Set<Node> unfit;
    private final Consumer<Diagnostic> problems;
    private final SortedMap<ResourceKey, Fields> all = new TreeMap<>();

    private Declared(Set<Node> unfit, Consumer<Diagnostic> problems) {
        this.unfit = unfit;
        this.problems = problems;
    }

    static Desired of(Mapping root, Set<Node> unfit, Consumer<Diagnostic> problems) {
        Declared declared = new Declared(unfit, problems);
        String organization = root.get("organization") instanceof Scalar s ? s.text() : "";
        Entry entry = root.entries().get("organization");
        FieldsOf own = new FieldsOf(unfit, problems);
        Node keep = root.get("keep_removed_days");
        if (keep != null) {
            own.add("keep_removed_days", keep);
        }
        declared.all.put(ResourceKey.organization(organization), own.done(entry == null ? root.at() : entry.key()));
        each(root, "members", declared::member);
        each(root, "hosts", (name, host) -> declared.put(ResourceKey.host(name), host));
        each(root, "projects", declared::project);
        return Declarations.toDesired(organization, declared.all);
    }

    private void member(String email, Entry entry) {
        FieldsOf fields = new FieldsOf(unfit, problems);
        fields.add("role", entry.value());
        all.put(ResourceKey.member(email), fields.done(entry.key()));
    }

    private void project(String name, Entry entry) {
        FieldsOf own = new FieldsOf(unfit, problems);
        Source main = entry.key();
        all.put(
                ResourceKey.branch(name, Project.MAIN),
                new Fields(Collections.emptySortedMap(), new Origin(main, Collections.emptySortedMap())));
        if (entry.value() instanceof Mapping project) {
            project.entries().forEach((key, part) -> {
                switch (key) {
                    case "branches" -> each(project, key, (b, branch) -> put(ResourceKey.branch(name, b), branch));
                    case "network" -> network(name, part);
                    case "rotation_policy" -> put(ResourceKey.rotationPolicy(name), part);
                    default -> own.add(key, part.value());
                }
            });
        }
        all.put(ResourceKey.project(name), own.done(entry.key()));
    }

    private void network(String project, Entry entry) {
        FieldsOf own = new FieldsOf(unfit, problems);
        if (entry.value() instanceof Mapping network) {
            network.entries().forEach((key, part) -> {
                if (!key.equals("rules")) {
                    own.add(key, part.value());
                }
            });
            each(
                    network,
                    "rules",
                    (name, rule) -> RuleScope.check(put(ResourceKey.networkRule(project, name), rule), problems));
        }
        all.put(ResourceKey.networkPolicy(project), own.done(entry.key()));
    }

    private Fields put(ResourceKey key, Entry entry) {
        FieldsOf collected = new FieldsOf(unfit, problems);
        collected.below("", entry.value());
        Fields fields = collected.done(entry.key());
        all.put(key, fields);
        return fields;
    }

    private static void each(Mapping parent, String key, BiConsumer<String, Entry> each) {
        if (parent.get(key) instanceof Mapping mapping) {
            mapping.entries().forEach(each);
        }
    }
}
