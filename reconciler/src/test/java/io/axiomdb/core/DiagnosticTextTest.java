package io.axiomdb.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DiagnosticTextTest {
    @Test
    void a_problem_shows_its_line_a_caret_the_hint_and_the_help() {
        Diagnostic diagnostic = Diagnostic.of(
                        Code.UNKNOWN_PROPERTY,
                        new Source("axiomdb.yaml", 2, 3, 10),
                        "\"enviroment\"",
                        "shop accepts: host, env")
                .withHint("did you mean \"env\"?");
        assertThat(DiagnosticText.render(List.of(diagnostic), Map.of("axiomdb.yaml", "shop:\n  enviroment: main\n")))
                .isEqualTo("""
                        error[AX0107]: unknown property: "enviroment"
                          --> axiomdb.yaml:2:3
                          |
                        2 |   enviroment: main
                          |   ^^^^^^^^^^ did you mean "env"?
                           = shop accepts: host, env
                        """);
    }

    @Test
    void a_problem_without_a_place_has_no_excerpt() {
        assertThat(DiagnosticText.render(List.of(Diagnostic.of(Code.STALE_PLAN, "", "plan again")), Map.of()))
                .isEqualTo("error[AX0608]: the plan is stale\n   = plan again\n");
    }

    @Test
    void carets_stand_under_what_they_mark_behind_a_tab() {
        assertThat(Excerpt.of("a\tbc", 3, 2, 80)).isEqualTo(new Excerpt("a   bc", "    ^^"));
    }

    @Property(seed = "42")
    void nothing_reaches_the_terminal_that_it_would_obey(
            @ForAll String line, @ForAll String words, @ForAll @IntRange(min = 1, max = 50) int column) {
        Diagnostic diagnostic = Diagnostic.of(Code.SYNTAX, new Source("a" + words, 1, column, 3), words, words)
                .withHint(words)
                .withRelated(List.of(new Diagnostic.Related(new Source(words, 1, 1, 1), words)));
        String text = DiagnosticText.render(List.of(diagnostic), Map.of("a" + words, line));
        assertThat(text.codePoints().filter(c -> c != '\n')).allMatch(Visible::harmless);
    }
}
