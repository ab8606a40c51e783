package io.axiomdb.edit;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Origin;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.testing.TextFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random edits of files in random layouts. What the edited file means is held against the same model written anew from
 * nothing, and its lines against those that were there.
 */
class EditPropertyTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final Instant LATER = Instant.parse("2099-12-24T00:00:00Z");

    @Property(tries = 700, seed = "7")
    void an_edited_file_means_the_edited_model_and_keeps_every_other_line(@ForAll long seed) {
        Random random = new Random(seed);
        ModelFile model = ModelFile.random(random);
        String text = model.written(random, true);
        for (int i = 0; i < 4; i++) {
            Edit edit = model.edit(random);
            Edited edited = Editor.edit(TextFiles.of(text), edit, NOW);
            assertThat(edited).as("%s on%n%s", edit, text).isInstanceOf(Edited.Ready.class);
            String after = ((Edited.Ready) edited).after();
            model.make(edit);
            assertThat(meaning(after))
                    .as("%s on%n%s%ngave%n%s", edit, text, after)
                    .isEqualTo(meaning(model.written(random, false)));
            keptLines(text, after, edit);
            text = after;
        }
    }

    /** All lines but a few around one place are there in their order, to the byte. */
    private static void keptLines(String before, String after, Edit edit) {
        List<String> old = lines(before);
        List<String> now = lines(after);
        assertThat(old.size() - common(old, now))
                .as("%s on%n%s%ngave%n%s", edit, before, after)
                .isLessThanOrEqualTo(gone(edit));
        if (!(edit instanceof DeleteBranch || edit instanceof DeleteRule)) {
            assertThat(comments(after)).as("%s%n%s", before, after).containsAll(comments(before));
        }
        if (!before.contains("\r")) {
            assertThat(after).doesNotContain("\r");
        } else {
            assertThat(after.replace("\r\n", "")).doesNotContain("\n").doesNotContain("\r");
        }
    }

    /** How many old lines an edit may change or take away. */
    private static int gone(Edit edit) {
        return switch (edit) {
            case DeleteBranch b -> 12;
            case DeleteRule r -> 12;
            case SetMode m -> 2;
            case SetRotation r -> 8;
            case CreateBranch b -> 1;
            case UndeleteBranch b -> 2;
            case CreateRule r -> 1;
            case CreateProject p -> 1;
        };
    }

    /** How many lines both have in the same order. */
    private static int common(List<String> old, List<String> now) {
        int[] before = new int[now.size() + 1];
        for (String line : old) {
            int[] row = new int[now.size() + 1];
            for (int i = 1; i <= now.size(); i++) {
                boolean same = line.equals(now.get(i - 1));
                row[i] = same ? before[i - 1] + 1 : Math.max(before[i], row[i - 1]);
            }
            before = row;
        }
        return before[now.size()];
    }

    private static List<String> lines(String text) {
        return Arrays.asList(text.split("(?<=\n)"));
    }

    private static List<String> comments(String text) {
        return Arrays.stream(text.split("\r?\n"))
                .filter(l -> l.contains("#"))
                .map(l -> l.substring(l.indexOf('#')))
                .toList();
    }

    private static SortedMap<ResourceKey, SortedMap<String, String>> meaning(String text) {
        Loaded loaded = Loader.load(TextFiles.of(text), NOW);
        SortedMap<ResourceKey, SortedMap<String, String>> meaning = new TreeMap<>();
        assertThat(loaded.errors()).as("%s%n%s", text, loaded.diagnostics()).isZero();
        Declarations.of(Objects.requireNonNull(loaded.desired()))
                .forEach((key, fields) -> meaning.put(key, fields.values()));
        return meaning;
    }

    /** Projects as nested maps of what is written. */
    private record ModelFile(TreeMap<String, TreeMap<String, Object>> projects) {
        static ModelFile random(Random random) {
            ModelFile model = new ModelFile(new TreeMap<>());
            for (int p = 0; p <= random.nextInt(3); p++) {
                TreeMap<String, Object> project = new TreeMap<>(java.util.Map.of("host", "local"));
                if (random.nextBoolean()) {
                    TreeMap<String, Object> branches = new TreeMap<>();
                    for (int b = 0; b < random.nextInt(4); b++) {
                        branches.put("feature/" + p + b, fields(random));
                    }
                    project.put("branches", branches);
                }
                if (random.nextBoolean()) {
                    TreeMap<String, Object> network = new TreeMap<>();
                    if (random.nextBoolean()) {
                        network.put("mode", "public_runtime");
                    }
                    TreeMap<String, Object> rules = new TreeMap<>();
                    for (int r = 0; r < random.nextInt(3); r++) {
                        rules.put("r" + r, new TreeMap<>(java.util.Map.of("cidr", "192.0.2." + r)));
                    }
                    network.put("rules", rules);
                    project.put("network", network);
                }
                if (random.nextInt(3) == 0) {
                    project.put(
                            "rotation_policy",
                            new TreeMap<>(java.util.Map.of("interval_days", "40", "enabled", "false")));
                }
                model.projects.put("p" + p, project);
            }
            return model;
        }

        private static TreeMap<String, Object> fields(Random random) {
            TreeMap<String, Object> fields = new TreeMap<>();
            if (random.nextBoolean()) {
                fields.put("expires_at", LATER.toString());
            }
            if (random.nextBoolean()) {
                fields.put("connection_limits", new TreeMap<>(java.util.Map.of("rw", "3", "ro", "4")));
            }
            return fields;
        }

        @SuppressWarnings("unchecked")
        private static TreeMap<String, Object> child(TreeMap<String, Object> map, String key) {
            return (TreeMap<String, Object>) map.computeIfAbsent(key, k -> new TreeMap<String, Object>());
        }

        @SuppressWarnings("unchecked")
        private static List<String> names(TreeMap<String, Object> map, String... path) {
            TreeMap<String, Object> at = map;
            for (String key : path) {
                at = at.get(key) instanceof TreeMap<?, ?> child ? (TreeMap<String, Object>) child : new TreeMap<>();
            }
            return List.copyOf(at.keySet());
        }

        Edit edit(Random random) {
            List<String> names = List.copyOf(projects.keySet());
            String project = names.get(random.nextInt(names.size()));
            TreeMap<String, Object> its = Objects.requireNonNull(projects.get(project));
            List<String> branches = names(its, "branches");
            List<String> rules = names(its, "network", "rules");
            int fresh = random.nextInt(10_000);
            return switch (random.nextInt(7)) {
                case 0 -> new CreateProject("new" + fresh, "local", random.nextBoolean() ? "prod" : null);
                case 1 ->
                    new CreateRule(
                            project,
                            "n" + fresh,
                            "Label, " + fresh,
                            "198.51.100." + fresh % 250 + "/32",
                            Network.Ports.DIRECT,
                            null,
                            LATER);
                case 2 ->
                    new SetMode(
                            project, random.nextBoolean() ? Network.Mode.PUBLIC_ALL : Network.Mode.RESTRICTED, project);
                case 3 ->
                    new SetRotation(
                            project, null, 50 + fresh % 50, null, true, null, new TreeSet<>(List.of(MemberRole.OWNER)));
                case 4 ->
                    branches.isEmpty()
                            ? create(project, fresh)
                            : new DeleteBranch(project, branches.get(random.nextInt(branches.size())));
                case 5 ->
                    rules.isEmpty()
                            ? create(project, fresh)
                            : new DeleteRule(project, rules.get(random.nextInt(rules.size())));
                default -> create(project, fresh);
            };
        }

        private static Edit create(String project, int fresh) {
            if (fresh % 3 == 0) {
                return new UndeleteBranch(
                        project,
                        "back/" + fresh,
                        new Fields(
                                new TreeMap<>(Map.of(
                                        "from",
                                        "main",
                                        "data",
                                        "empty",
                                        "protected",
                                        "false",
                                        "expires_at",
                                        NOW.minusSeconds(60).toString(),
                                        "connection_limits.rw",
                                        "7",
                                        "settings.work_mem",
                                        "64MB")),
                                Origin.UNKNOWN),
                        NOW);
            }
            return new CreateBranch(project, "yes/" + fresh, "main", Branch.Data.EMPTY, LATER, false, null, List.of());
        }

        void make(Edit edit) {
            TreeMap<String, Object> its = projects.computeIfAbsent(edit.project(), p -> new TreeMap<>());
            switch (edit) {
                case CreateProject p -> {
                    its.put("host", p.host());
                    if (p.env() != null) {
                        its.put("env", p.env());
                    }
                }
                case CreateBranch b -> {
                    TreeMap<String, Object> fields = child(child(its, "branches"), b.branch());
                    fields.put("from", "main");
                    fields.put("protected", Boolean.toString(b.isProtected()));
                    fields.put("expires_at", LATER.toString());
                }
                case DeleteBranch b -> child(its, "branches").remove(b.branch());
                case UndeleteBranch b -> {
                    TreeMap<String, Object> fields = child(child(its, "branches"), b.branch());
                    fields.put("from", "main");
                    child(fields, "connection_limits").put("rw", "7");
                    child(fields, "settings").put("work_mem", "64MB");
                }
                case CreateRule r -> {
                    TreeMap<String, Object> fields = child(child(child(its, "network"), "rules"), r.rule());
                    fields.put("label", "\"" + r.label() + "\"");
                    fields.put("cidr", r.cidr());
                    fields.put("ports", "direct");
                    fields.put("expires_at", LATER.toString());
                }
                case DeleteRule r -> child(child(its, "network"), "rules").remove(r.rule());
                case SetMode m -> {
                    child(its, "network").put("mode", m.mode().word());
                    if (m.mode() == Network.Mode.PUBLIC_ALL) {
                        child(its, "network").put("confirm", edit.project());
                    } else {
                        child(its, "network").remove("confirm");
                    }
                }
                case SetRotation r -> {
                    child(its, "rotation_policy").put("interval_days", String.valueOf(r.intervalDays()));
                    child(its, "rotation_policy").put("auto_rotate", "true");
                    child(its, "rotation_policy").put("notify", "[owner]");
                }
            }
        }

        /** In one of the ways in which people write it; plainly when it is only to be read. */
        String written(Random random, boolean wild) {
            Writer writer = new Writer(random, wild);
            StringBuilder out =
                    new StringBuilder("version: 1\norganization: acme\nhosts: { local: { postgres: embedded } }\n");
            writer.noise(out, 0);
            out.append("projects:");
            writer.mapping(out, new TreeMap<>(projects), 0);
            String text = out.toString();
            if (wild && random.nextInt(4) == 0) {
                text = text.stripTrailing();
            }
            return wild && random.nextInt(4) == 0 ? text.replace("\n", "\r\n") : text;
        }
    }

    /** Writes maps in mixed styles. */
    private static final class Writer {
        private final Random random;
        private final boolean wild;
        private final int step;
        private int comments;

        Writer(Random random, boolean wild) {
            this.random = random;
            this.wild = wild;
            this.step = wild ? 1 + random.nextInt(4) : 2;
        }

        private boolean sometimes(int n) {
            return wild && random.nextInt(n) == 0;
        }

        void noise(StringBuilder out, int indent) {
            if (sometimes(6)) {
                out.append("\n");
            }
            if (sometimes(6)) {
                out.append(" ".repeat(indent)).append("# c").append(comments++).append(" {é𝄞}: \n");
            }
        }

        private String end() {
            return sometimes(6) ? "  # e" + comments++ + "\n" : "\n";
        }

        /** What follows a key and its colon. */
        @SuppressWarnings("unchecked")
        void mapping(StringBuilder out, TreeMap<String, Object> map, int indent) {
            if (map.isEmpty() || sometimes(4)) {
                out.append(" ").append(flow(map)).append(end());
                return;
            }
            if (sometimes(12)) {
                out.append(" {").append(end());
                List<String> keys = List.copyOf(map.keySet());
                for (String key : keys) {
                    boolean last = key.equals(keys.getLast()) && random.nextBoolean();
                    out.append(" ".repeat(indent + step))
                            .append(key)
                            .append(": ")
                            .append(value(Objects.requireNonNull(map.get(key))));
                    out.append(last ? "" : ",").append(end());
                }
                out.append(" ".repeat(indent + 1)).append("}").append(end());
                return;
            }
            out.append(end());
            noise(out, indent + step);
            map.forEach((key, value) -> {
                out.append(" ".repeat(indent + step))
                        .append(sometimes(5) ? "'" + key + "'" : key)
                        .append(":");
                if (value instanceof TreeMap<?, ?> child) {
                    mapping(out, (TreeMap<String, Object>) child, indent + step);
                } else {
                    out.append(" ").append(value).append(end());
                }
                noise(out, indent + random.nextInt(step * 2 + 1));
            });
        }

        @SuppressWarnings("unchecked")
        private String value(Object value) {
            return value instanceof TreeMap<?, ?> map ? flow((TreeMap<String, Object>) map) : value.toString();
        }

        private String flow(TreeMap<String, Object> map) {
            List<String> entries = new ArrayList<>();
            map.forEach((key, value) -> entries.add(key + ": " + value(value)));
            String gap = sometimes(2) ? "" : " ";
            return entries.isEmpty()
                    ? "{}"
                    : "{" + gap + String.join(", ", entries) + (sometimes(8) ? "," : "") + gap + "}";
        }
    }
}
