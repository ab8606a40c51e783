package io.axiomdb.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.core.Visible;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Planned;
import io.axiomdb.load.Loaded;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What anybody may have written, in every view: shown whole, and never obeyed by a terminal, a browser or GitHub. */
class NaughtyViewsTest {
    private static final Path STRINGS = Path.of("../reconciler/src/test/resources/corpus/naughty-strings.json");
    private static final String SPECIAL = "`*_<>&[]()!#@:|~\\ \t\n\r-+=.w1aG";
    private static final Parser MARKDOWN = Parser.builder().build();
    private static final List<String> TEXTS = texts();

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        try {
            JsonMapper.shared()
                    .readTree(Files.readString(STRINGS))
                    .values()
                    .forEach(list -> list.values().forEach(text -> texts.add(text.asString())));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Random random = new Random(42);
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.appendCodePoint(
                        random.nextInt(4) == 0
                                ? random.nextInt(0x110000)
                                : SPECIAL.charAt(random.nextInt(SPECIAL.length())));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    @Test
    void prose_in_markdown_is_text_and_nothing_else() {
        for (String text : TEXTS) {
            Node document = MARKDOWN.parse("- **changed** " + Escape.markdown(text) + ".\n");
            StringBuilder shown = new StringBuilder();
            document.accept(new AbstractVisitor() {
                @Override
                public void visit(Text node) {
                    shown.append(node.getLiteral());
                }

                @Override
                public void visit(HtmlInline node) {
                    assertThat(node.getLiteral()).isEqualTo("<!-- -->");
                }

                @Override
                public void visit(org.commonmark.node.Code node) {
                    throw new AssertionError("code in " + Visible.of(text));
                }

                @Override
                public void visit(org.commonmark.node.Link node) {
                    throw new AssertionError("a link in " + Visible.of(text));
                }

                @Override
                public void visit(org.commonmark.node.Image node) {
                    throw new AssertionError("an image in " + Visible.of(text));
                }

                @Override
                public void visit(org.commonmark.node.Emphasis node) {
                    throw new AssertionError("emphasis in " + Visible.of(text));
                }
            });
            assertThat(shown.toString()).isEqualTo("changed " + Escape.terminal(text) + ".");
        }
    }

    @Test
    void a_code_span_shows_exactly_the_text() {
        for (String text : TEXTS) {
            if (Escape.terminal(text).isBlank()) {
                assertThat(Escape.code(text)).isEqualTo(text.isEmpty() ? "(empty)" : "(blank)");
                continue;
            }
            Node line = MARKDOWN.parse("x " + Escape.code(text) + " y\n").getFirstChild();
            assertThat(line).isInstanceOf(Paragraph.class);
            Node span = line.getFirstChild().getNext();
            assertThat(span).as(Visible.of(text)).isInstanceOf(org.commonmark.node.Code.class);
            assertThat(((org.commonmark.node.Code) span).getLiteral()).isEqualTo(Escape.terminal(text));
            assertThat(((Text) span.getNext()).getLiteral()).isEqualTo(" y");
        }
    }

    @Test
    void no_mention_and_no_reference_is_left() {
        for (String text : TEXTS) {
            assertThat(Escape.markdown(text))
                    .doesNotContainPattern("(?i)@[a-z0-9]|#[0-9](?![0-9]*;)|gh-[0-9]|www\\.|://");
        }
    }

    @Test
    void a_workflow_command_is_one_line_and_its_properties_end_where_they_should() {
        for (String text : TEXTS) {
            assertThat(Escape.githubMessage(text)).doesNotContain("\n", "\r");
            assertThat(Escape.githubProperty(text)).doesNotContain("\n", "\r", ":", ",");
            Loaded loaded = new Loaded(null, List.of(diagnostic(text)), Map.of("a.yaml", text));
            assertThat(new ValidationGithub().render(loaded, "a.yaml").lines()).hasSize(1);
        }
    }

    private static Diagnostic diagnostic(String text) {
        return Diagnostic.of(Code.BAD_VALUE, new Source("a.yaml", 1, 1, 1), text, text)
                .withHint(text);
    }

    @Test
    void problems_are_told_faithfully_to_programs_and_harmlessly_to_people() {
        for (String text : TEXTS) {
            Loaded loaded = new Loaded(null, List.of(diagnostic(text)), Map.of("a.yaml", text));
            harmless(new ValidationText(Style.PLAIN).render(loaded, text));
            String json = new ValidationJson().render(loaded, "a.yaml");
            harmless(json);
            assertThat(read(json).findValue("detail").asString()).isEqualTo(text);
            String sarif = new ValidationSarif("0.1").render(loaded, "a.yaml");
            harmless(sarif);
            assertThat(read(sarif).at("/runs/0/results/0/message/text").asString())
                    .contains(text);
        }
    }

    @Test
    void a_plan_shows_what_was_and_what_will_be() {
        for (int i = 0; i < TEXTS.size(); i++) {
            String before = TEXTS.get(i);
            String after = TEXTS.get((i + 1) % TEXTS.size());
            Planned planned = planned(before, after);
            harmless(new PlanText(Style.PLAIN).render(planned, Samples.CONTEXT));
            String json = new PlanJson().render(planned, Samples.CONTEXT);
            harmless(json);
            JsonNode field = read(json).at("/changes/0/fields/0");
            assertThat(field.get("before").asString()).isEqualTo(before);
            assertThat(field.get("after").asString()).isEqualTo(after);
            assertThat(read(json).at("/changes/0/declaration/label").asString()).isEqualTo(after);
            String markdown = new PlanMarkdown().render(planned, Samples.CONTEXT);
            harmless(markdown);
            if (!before.isEmpty() && !after.isEmpty() && after.length() < 100) {
                assertThat(markdown).contains(Escape.code(after));
            }
        }
    }

    private static Planned planned(String before, String after) {
        Change change = new Change(
                ResourceKey.networkRule("shop", "office"),
                Action.UPDATE,
                "",
                List.of(new FieldChange("", "label", before, after, Samples.line(4))),
                Samples.line(3),
                "",
                List.of(),
                new TreeSet<>(),
                new TreeMap<>(Map.of("label", after)),
                false);
        return Samples.planned(Samples.plan(change), Samples.seen("db1"));
    }

    @Test
    void the_audit_trail_shows_what_was_written() {
        for (int i = 0; i + 1 < 600; i++) {
            String before = TEXTS.get(i);
            String after = TEXTS.get(i + 1);
            AuditEntry entry = new AuditEntry(
                    "m" + i,
                    AuditEntry.Phase.DONE,
                    "network_rule.updated",
                    new Actor(after, false, before, after),
                    null,
                    ResourceKey.networkRule("shop", "office"),
                    "",
                    new TreeMap<>(Map.of("label", before)),
                    new TreeMap<>(Map.of("label", after)),
                    "manual",
                    before);
            AuditEvent event = new AuditEvent(List.of(new AuditRow(1, Instant.EPOCH, "acme", entry, "0", "1")));
            harmless(new AuditText(Style.PLAIN).show(event));
            harmless(new AuditText(Style.PLAIN).list(List.of(event)));
            String json = AuditJson.show(event);
            harmless(json);
            assertThat(read(json).at("/event/old_value/label").asString())
                    .isEqualTo(entry.oldValue().get("label"));
            assertThat(read(json).at("/event/new_value/label").asString())
                    .isEqualTo(entry.newValue().get("label"));
            assertThat(read(json).at("/event/actor").asString())
                    .isEqualTo(entry.actor().name());
        }
    }

    private static JsonNode read(String json) {
        return JsonMapper.shared().readTree(json);
    }

    private static void harmless(String shown) {
        assertThat(shown.codePoints().allMatch(c -> c == '\n' || Visible.harmless(c)))
                .as(Visible.of(shown))
                .isTrue();
    }
}
