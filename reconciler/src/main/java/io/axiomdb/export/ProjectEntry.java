package io.axiomdb.export;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Visible;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.edit.Quoting;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Inventory.Inside;
import io.axiomdb.host.Inventory.Item;
import io.axiomdb.host.RoleState;
import io.axiomdb.load.check.Names;
import io.axiomdb.load.check.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One database as a project with a branch main. Pure. */
final class ProjectEntry {
    private static final Pattern SCHEMA = Pattern.compile("[A-Za-z_][A-Za-z0-9_$-]{0,62}");
    private static final Set<String> NO_SCHEMA = Set.of("public", "none", "information_schema");
    private static final String FIELD = "        ";
    private static final int LIMIT_MAX = 262143;
    private static final int VALUE_MAX = 1000;

    private final Inventory all;
    private final Item item;
    private final Inside inside;
    private final String project;
    private final boolean guarded;
    private final SortedSet<String> made;
    private final SortedMap<RoleKind, String> roles = new TreeMap<>();
    private final StringBuilder text = new StringBuilder();

    /**
     * Ready to write one.
     *
     * @param guarded whether the host lets in only whom a policy names
     * @param made names of roles that the file will have made, to which this adds its own
     */
    ProjectEntry(Inventory all, Item item, String project, boolean guarded, SortedSet<String> made) {
        this.all = all;
        this.item = item;
        this.inside = Objects.requireNonNull(item.inside());
        this.project = project;
        this.guarded = guarded;
        this.made = made;
    }

    String of(String host, RoleGuess guess) {
        about();
        text.append("  ").append(Quoting.key(project)).append(":\n");
        text.append("    host: ").append(Quoting.value(host)).append('\n');
        if (guarded) {
            network();
        }
        text.append("    branches:\n      main:\n");
        text.append(FIELD + "protected: true\n");
        names(guess);
        rights();
        schemas();
        limits();
        settings();
        return text.toString();
    }

    private void about() {
        int tables = inside.owned().stream().mapToInt(Inventory.Owned::count).sum();
        comment(
                "  ",
                "Database " + item.state().name() + ": " + Sizes.words(item.bytes()) + ", owner "
                        + item.state().owner() + ", " + tables + " tables and views"
                        + (inside.extensions().isEmpty()
                                ? ""
                                : ", extensions " + String.join(", ", inside.extensions()))
                        + ".");
        if (!item.state().marker().isEmpty()) {
            comment("  ", "Adoption replaces its comment: " + item.state().marker());
        }
    }

    private void network() {
        comment("    ", "On this host only those get in whom rules name, from when it is adopted: write them first.");
        List<Inventory.Sessions> sessions = all.sessionsIn(item.state().name());
        comment(
                "    ",
                sessions.isEmpty()
                        ? "Nobody is connected at this moment."
                        : "Connected at this moment: "
                                + sessions.stream()
                                        .map(s -> s.role() + " from "
                                                + (s.address().isEmpty() ? "the machine itself" : s.address()) + " ("
                                                + s.count() + ")")
                                        .collect(Collectors.joining(", ")));
        text.append("    network:\n      mode: restricted\n      rules: {}\n");
    }

    private void names(RoleGuess guess) {
        BranchNames usual = usual();
        roles.put(RoleKind.OWNER, item.state().owner());
        text.append(FIELD + "names:\n");
        name("database", item.state().name(), "");
        name("owner", item.state().owner(), "");
        for (RoleKind kind : List.of(RoleKind.RW, RoleKind.RO)) {
            String there = guess.of(item, kind)
                    .filter(name -> !roles.containsValue(name))
                    .orElse(null);
            String does = kind == RoleKind.RW ? "reads and writes all of its tables" : "reads all of its tables";
            if (there != null) {
                roles.put(kind, there);
                name(kind.word(), there, "a guess: it " + does);
            } else {
                makes(kind, usual.role(kind));
            }
        }
    }

    /** The convention's name, unless somebody has it. */
    private void makes(RoleKind kind, String usual) {
        String free = usual;
        for (int i = 2; all.roles().containsKey(free) || made.contains(free); i++) {
            free = BranchNames.appKey(project) + "_axm" + i + "_" + kind.word();
        }
        made.add(free);
        if (free.equals(usual)) {
            comment(FIELD + "  ", kind.word() + ": " + usual + " is made, for nobody was found who does just that");
        } else {
            name(kind.word(), free, "is made; " + usual + " is somebody else's");
        }
    }

    private void name(String field, String name, String remark) {
        text.append(FIELD + "  ").append(field).append(": ").append(Quoting.value(name));
        text.append(remark.isEmpty() ? "" : Comments.behind(remark)).append('\n');
    }

    private BranchNames usual() {
        Fields none = new Fields(new TreeMap<>(), Origin.UNKNOWN);
        Project alone = Project.of(project, none, new TreeMap<>(), null, null);
        return BranchNames.of(alone, Branch.of(Project.MAIN, none));
    }

    private void rights() {
        List<String> others = Others.of(
                item,
                roles.values().stream()
                        .map(name -> Objects.requireNonNull(all.roles().get(name)))
                        .toList());
        comment(
                FIELD,
                others.isEmpty()
                        ? "Nobody else holds rights here; without this line that would stay so."
                        : "What others hold stays. Without this line adoption would take away:");
        others.forEach(line -> comment(FIELD, "  " + line));
        text.append(FIELD + "rights: additive\n");
    }

    private void schemas() {
        String owner = item.state().owner();
        List<String> declared = new ArrayList<>();
        for (String schema : inside.schemas().keySet()) {
            boolean owns =
                    Objects.requireNonNull(inside.schemas().get(schema)).owner().equals(owner)
                            || inside.owned().stream()
                                    .anyMatch(o -> o.schema().equals(schema)
                                            && o.owner().equals(owner));
            if (schema.equals("public") || !owns) {
                continue;
            }
            if (SCHEMA.matcher(schema).matches()
                    && !NO_SCHEMA.contains(schema.toLowerCase(Locale.ROOT))
                    && Names.fits(schema)) {
                declared.add(Quoting.value(schema));
            } else {
                comment(FIELD, "Schema " + schema + " is left alone: its name can't stand in a file.");
            }
        }
        if (!declared.isEmpty()) {
            text.append(FIELD + "schemas: [")
                    .append(String.join(", ", declared))
                    .append("]\n");
        }
    }

    private void limits() {
        List<String> limits = new ArrayList<>();
        limit("database", item.state().connectionLimit(), limits);
        roles.forEach((kind, name) -> {
            RoleState role = Objects.requireNonNull(all.roles().get(name));
            limit(kind.word(), role.connectionLimit(), limits);
        });
        if (!limits.isEmpty()) {
            text.append(FIELD + "connection_limits: { ")
                    .append(String.join(", ", limits))
                    .append(" }\n");
        }
    }

    private static void limit(String field, int limit, List<String> limits) {
        if (limit >= 0 && limit <= LIMIT_MAX) {
            limits.add(field + ": " + limit);
        }
    }

    /** Those of extensions and applications are left out: people keep secrets in them. */
    private void settings() {
        StringBuilder lines = new StringBuilder();
        item.state().settings().forEach((name, value) -> {
            boolean fits = Settings.fits(name, value)
                    && !name.contains(".")
                    && !value.isEmpty()
                    && value.length() <= VALUE_MAX
                    && Visible.of(value).equals(value);
            if (fits) {
                lines.append(FIELD + "  ")
                        .append(Quoting.key(name))
                        .append(": ")
                        .append(Quoting.value(value))
                        .append('\n');
            } else {
                comment(FIELD, "Parameter " + name + " stays as it is, and is not written down here.");
            }
        });
        if (!lines.isEmpty()) {
            text.append(FIELD + "settings:\n").append(lines);
        }
    }

    private void comment(String indent, String words) {
        text.append(Comments.lines(indent, words));
    }
}
