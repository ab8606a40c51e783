package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.core.Visible;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.load.Yaml;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.Corpus;
import io.axiomdb.testing.TextSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every naughty string in every place for text: refused with a place and a way to mend it, or kept as it is: in the
 * configuration, the registry, the audit trail, the plan, and on a real server.
 */
class NaughtyStringsTest {
    private static final List<String> NAUGHTY = Corpus.naughtyStrings();
    private static final int MOST_OF_THEM = NAUGHTY.size() / 2;

    @TestFactory
    Stream<DynamicTest> every_place_refuses_a_string_or_keeps_it() {
        return Stream.concat(NaughtyField.FREE.stream(), NaughtyField.STRICT.stream())
                .map(field -> DynamicTest.dynamicTest(field.name(), () -> {
                    List<String> accepted = accepted(field);
                    if (NaughtyField.FREE.contains(field)) {
                        assertThat(accepted).hasSizeGreaterThan(MOST_OF_THEM);
                    } else {
                        assertThat(accepted).hasSizeLessThan(MOST_OF_THEM);
                    }
                }));
    }

    private static List<String> accepted(NaughtyField field) {
        List<String> accepted = new ArrayList<>();
        for (String naughty : NAUGHTY) {
            String text = field.name().equals("member") ? naughty + "@x.example" : naughty;
            Loaded escaped = answered(field.yaml(Yaml.quoted(text)), field.name() + " " + Visible.of(text));
            Desired desired = escaped.desired();
            if (desired != null && field.has().test(desired, text)) {
                accepted.add(text);
            }
            if (NaughtyField.FREE.contains(field)) {
                assertThat(desired == null || field.has().test(desired, text))
                        .as("%s keeps %s", field.name(), Visible.of(text))
                        .isTrue();
                answered(field.yaml(Yaml.raw(text)), text);
                answered(field.yaml(text), text);
            }
        }
        return accepted;
    }

    /** Every error has a place within the file, says something, and does not speak to the terminal. */
    private static Loaded answered(String yaml, String what) {
        Loaded loaded = Loader.load(TextSource.of(yaml), Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(loaded.desired() == null).isEqualTo(loaded.errors() > 0);
        long lines = yaml.codePoints().filter(c -> c == '\n' || c == '\r').count() + 1;
        for (Diagnostic d : loaded.diagnostics()) {
            assertThat(d.source().known()).as("%s: %s", what, d).isTrue();
            assertThat((long) d.source().line()).isLessThanOrEqualTo(lines);
            assertThat(d.detail() + d.help()).isNotBlank();
        }
        String told = DiagnosticText.render(loaded.diagnostics(), loaded.texts());
        assertThat(told.codePoints().allMatch(c -> c == '\n' || Visible.harmless(c)))
                .isTrue();
        return loaded;
    }

    @Test
    void labels_settings_and_members_are_applied_stored_audited_and_compared_as_they_are() {
        List<String> labels = accepted(NaughtyField.FREE.get(0));
        List<String> settings = accepted(NaughtyField.FREE.get(1));
        List<String> members = accepted(NaughtyField.FREE.get(2));
        try (Installation installation = Installation.of(18)) {
            Desired first = Installation.desired(yaml(labels, settings, members));
            assertThat(installation.apply(first).converged()).isTrue();
            holds(installation, first, labels, settings);

            List<String> turned = turned(settings);
            Desired second = Installation.desired(yaml(turned(labels), turned, members));
            told(installation.plan(second), settings, turned, "settings.app.s");
            told(installation.plan(second), labels, turned(labels), "label");
            assertThat(installation.apply(second).converged()).isTrue();
            holds(installation, second, turned(labels), turned);
            installation.drop("naughty");
        }
    }

    private static void holds(Installation installation, Desired desired, List<String> labels, List<String> settings) {
        assertThat(installation.plan(desired).plan().isEmpty()).isTrue();
        SortedMap<ResourceKey, Fields> stored = new TreeMap<>();
        installation.controlPlane.read("acme").applied().forEach((key, applied) -> stored.put(key, applied.fields()));
        assertThat(values(stored)).isEqualTo(values(Declarations.of(desired)));
        SortedSet<String> audited =
                installation.controlPlane.audit("acme", new AuditQuery(5000, null, null, null)).stream()
                        .flatMap(row -> row.entry().newValue().values().stream())
                        .collect(Collectors.toCollection(TreeSet::new));
        // In a difference, empty text stands for nothing at all.
        audited.add("");
        assertThat(audited).containsAll(labels).containsAll(settings);
        assertThat(installation.controlPlane.verifyAudit()).isEmpty();
        assertThat(inSession(installation, settings.size())).isEqualTo(settings);
    }

    private static SortedMap<ResourceKey, SortedMap<String, String>> values(SortedMap<ResourceKey, Fields> all) {
        SortedMap<ResourceKey, SortedMap<String, String>> values = new TreeMap<>();
        all.forEach((key, fields) -> values.put(key, fields.values()));
        return values;
    }

    /** What a session of the application gets. */
    private static List<String> inSession(Installation installation, int count) {
        String values = IntStream.range(0, count)
                .mapToObj("encode(convert_to(current_setting('app.s%03d'), 'UTF8'), 'hex')"::formatted)
                .collect(Collectors.joining(", "));
        String hex = installation.as(
                "naughty",
                "main",
                RoleKind.RW,
                "naughty_main_rw",
                "sq_naughty_main",
                "SELECT array_to_string(ARRAY[" + values + "], ',')");
        return Stream.of(hex.split(",", -1))
                .map(text -> new String(HexFormat.of().parseHex(text), StandardCharsets.UTF_8))
                .toList();
    }

    /** The plan names each former and each new text, in that order. */
    private static void told(Planned planned, List<String> before, List<String> after, String field) {
        List<List<String>> expected = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            expected.add(List.of(before.get(i), after.get(i)));
        }
        List<List<String>> told = planned.plan().changes().stream()
                .flatMap(change -> change.fields().stream())
                .filter(change -> change.subject().isEmpty() && change.name().startsWith(field))
                .map((FieldChange change) -> List.of(change.before(), change.after()))
                .toList();
        assertThat(told).containsExactlyElementsOf(expected);
    }

    private static List<String> turned(List<String> texts) {
        List<String> turned = new ArrayList<>(texts.subList(1, texts.size()));
        turned.add(texts.getFirst());
        return turned;
    }

    private static String yaml(List<String> labels, List<String> settings, List<String> members) {
        return """
                version: 1
                organization: acme
                members:
                  dba@acme.example: owner
                %shosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  naughty:
                    host: db1
                    network:
                      rules:
                %s    branches:
                      main:
                        settings:
                %s""".formatted(
                        lines(members, (i, text) -> "  %s: viewer%n".formatted(text)),
                        lines(
                                labels,
                                (i, text) -> "        r%03d: { cidr: 10.0.%d.%d, label: %s }%n"
                                        .formatted(i, i / 200, i % 200, text)),
                        lines(settings, (i, text) -> "          app.s%03d: %s%n".formatted(i, text)));
    }

    private interface Line {
        String of(int index, String text);
    }

    private static String lines(List<String> texts, Line line) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            lines.append(line.of(i, Yaml.quoted(texts.get(i))));
        }
        return lines.toString();
    }

    @Test
    void names_that_are_accepted_are_the_names_on_the_server() {
        NaughtyField database = NaughtyField.STRICT.stream()
                .filter(field -> field.name().equals("database"))
                .findFirst()
                .orElseThrow();
        List<String> names = accepted(database);
        StringBuilder branches = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String name = Yaml.quoted(names.get(i));
            branches.append(i == 0 ? "" : ", ")
                    .append("b%d: { names: { database: %s, owner: %s } }".formatted(i, name, name));
        }
        try (Installation installation = Installation.of(18)) {
            Desired desired = Installation.project("named", branches.toString());
            assertThat(installation.apply(desired).converged()).isTrue();
            assertThat(installation.plan(desired).plan().isEmpty()).isTrue();
            for (int i = 0; i < names.size(); i++) {
                String told = installation.as(
                        "named",
                        "b" + i,
                        RoleKind.OWNER,
                        names.get(i),
                        names.get(i),
                        "SELECT current_database() || '|' || current_user");
                assertThat(told).isEqualTo(names.get(i) + "|" + names.get(i));
            }
            for (String name : names) {
                installation.admin("postgres", "DROP DATABASE \"" + name + "\"");
            }
            installation.drop("named");
            for (String name : names) {
                installation.admin("postgres", "DROP ROLE \"" + name + "\"");
            }
        }
        assertThat(names)
                .hasSizeGreaterThan(20)
                .contains("SELECT", "1e3", "Legacy.Shop$1", "Ångström")
                .doesNotContain("pgbouncer", "axm_pooler", "all", "postgres");
    }
}
