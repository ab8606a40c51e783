package io.axiomdb.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.view.PlanView.Purpose;
import io.axiomdb.core.Visible;
import io.axiomdb.engine.Planned;
import io.axiomdb.plan.Change;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PlanViewsTest {
    private static final Map<String, Planned> CASES = new TreeMap<>(Map.of(
            "access_is_told_by_addresses_and_the_world_is_loud", AccessSamples.changed(),
            "long_lists_of_addresses_are_shortened_for_people", AccessSamples.many(),
            "a_plan_groups_by_project_and_ends_with_the_next_command", Samples.changes(),
            "a_removal_comes_first_in_words", Samples.removal(),
            "an_empty_plan_is_one_line", Samples.planned(Samples.plan(), Samples.seen("db1")),
            "dangerous_drift_names_its_flag", Samples.heldBack(),
            "hostile_text_is_harmless", Samples.hostile(),
            "what_is_refused_offers_no_apply", Samples.refused(),
            "what_was_not_seen_is_said_once", Samples.unreachable(),
            "what_was_not_seen_comes_before_nothing_else_to_do", Samples.unreachable(new Change[0])));

    @TestFactory
    Stream<DynamicTest> plans_look_like_their_golden_files() {
        return CASES.entrySet().stream()
                .map(c -> DynamicTest.dynamicTest(c.getKey(), () -> {
                    Golden.check(
                            c.getKey(), "plan.txt", new PlanText(Style.PLAIN).render(c.getValue(), Samples.CONTEXT));
                    Golden.check(c.getKey(), "plan.json", new PlanJson().render(c.getValue(), Samples.CONTEXT));
                    Golden.check(c.getKey(), "plan.md", new PlanMarkdown().render(c.getValue(), Samples.CONTEXT));
                }));
    }

    @Test
    void an_adoption_says_first_what_others_lose() throws Exception {
        Context context =
                new Context(Purpose.PLAN, "axiomdb.yaml", null, List.of(), false, List.of("adopt", "crm/main"));
        Planned planned = Samples.planned(Samples.plan(Samples.adopted()), Samples.seen("db1"));
        String name = "an_adoption_says_first_what_others_lose";
        Golden.check(name, "plan.txt", new PlanText(Style.PLAIN).render(planned, context));
        Golden.check(name, "plan.json", new PlanJson().render(planned, context));
        Golden.check(name, "plan.md", new PlanMarkdown().render(planned, context));
    }

    @Test
    void a_renamed_project_says_first_that_old_names_end() throws Exception {
        Planned planned = RenameSamples.project();
        String name = "a_renamed_project_says_first_that_old_names_end";
        Golden.check(name, "plan.txt", new PlanText(Style.PLAIN).render(planned, Samples.CONTEXT));
        Golden.check(name, "plan.json", new PlanJson().render(planned, Samples.CONTEXT));
        Golden.check(name, "plan.md", new PlanMarkdown().render(planned, Samples.CONTEXT));
    }

    @Test
    void sql_shows_every_statement() throws Exception {
        Context sql =
                new Context(Purpose.PLAN, "prod/axiomdb.yaml", null, List.of("--file", "prod/axiomdb.yaml"), true);
        Golden.check("sql_shows_every_statement", "plan.txt", new PlanText(Style.PLAIN).render(Samples.changes(), sql));
    }

    @Test
    void drift_has_its_own_words() throws Exception {
        Context drift = new Context(Purpose.DRIFT, "axiomdb.yaml", null, List.of(), false);
        PlanText text = new PlanText(Style.PLAIN);
        Planned found = Samples.planned(Samples.plan(Samples.drift()), Samples.seen("db1"));
        Golden.check("drift_has_its_own_words", "drift.txt", text.render(found, drift));
        Planned none = Samples.planned(Samples.plan(), Samples.seen("db1"), Samples.seen("db2"));
        Golden.check("drift_has_its_own_words", "none.txt", text.render(none, drift));
        Planned unseen = Samples.unreachable(new Change[0]);
        assertThat(text.render(unseen, drift))
                .startsWith(
                        "Not looked at: db2. Blocked: 2 resources. No other drift: the rest is as last applied (84 ms).");
        Context due = new Context(Purpose.DUE, "axiomdb.yaml", null, List.of(), false);
        assertThat(text.render(unseen, due))
                .startsWith("Not looked at: db2. Blocked: 2 resources. Nothing else is due (84 ms).");
        assertThat(text.render(found, due)).startsWith("Due in acme (1 host looked at in 84 ms)\n");
    }

    @Test
    void what_opens_to_the_world_is_loud_and_first() {
        String text =
                new PlanText(new Style(true, Style.FALLBACK_WIDTH)).render(AccessSamples.changed(), Samples.CONTEXT);
        assertThat(text.lines().toList().get(2)).startsWith("\033[1;31mOPENS TO THE WORLD: ");
    }

    @Test
    void a_difference_is_said_once() {
        for (PlanView view : List.of(new PlanText(Style.PLAIN), new PlanMarkdown())) {
            String text = view.render(AccessSamples.changed(), Samples.CONTEXT).replaceFirst("(?s)<details>.*", "");
            assertThat(text.split("198\\.51\\.100\\.0/24", -1)).hasSize(2);
        }
    }

    @Test
    void flags_are_repeated_and_quoted() {
        List<String> flags = List.of("--file", "my file.yaml", "--repair", "password:shop/main");
        Context context = new Context(Purpose.PLAN, "my file.yaml", null, flags, false);
        Planned planned = Samples.changes();
        assertThat(context.next(planned))
                .isEqualTo("axm apply --plan " + planned.plan().digest().abbreviated()
                        + " --file 'my file.yaml' --repair password:shop/main");
    }

    @Test
    void hostile_text_never_reaches_a_terminal_raw() {
        Context sql = new Context(Purpose.PLAN, "axiomdb.yaml", null, List.of(), true);
        for (Planned hostile : List.of(Samples.hostile(), AccessSamples.hostile())) {
            for (PlanView view : List.of(new PlanText(Style.PLAIN), new PlanJson(), new PlanMarkdown())) {
                String text = view.render(hostile, sql);
                assertThat(text.codePoints().filter(c -> c != '\n')).allMatch(c -> Visible.harmless(c));
            }
        }
    }

    @Test
    void colours_change_nothing_but_colours() {
        String plain = new PlanText(Style.PLAIN).render(Samples.removal(), Samples.CONTEXT);
        String coloured =
                new PlanText(new Style(true, Style.FALLBACK_WIDTH)).render(Samples.removal(), Samples.CONTEXT);
        assertThat(coloured).contains("\033[1;31m");
        assertThat(coloured.replaceAll("\033\\[[0-9;]*m", "")).isEqualTo(plain);
    }

    @Test
    void a_comment_fits_even_when_the_plan_is_huge() {
        Change[] many = new Change[2000];
        Arrays.fill(many, Samples.created());
        String text =
                new PlanMarkdown().render(Samples.planned(Samples.plan(many), Samples.seen("db1")), Samples.CONTEXT);
        assertThat(text.length()).isLessThan(65_536);
        assertThat(text).contains("does not fit").contains("axm apply --plan");
    }
}
