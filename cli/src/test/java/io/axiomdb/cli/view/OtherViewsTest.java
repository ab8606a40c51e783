package io.axiomdb.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.load.Loaded;
import io.axiomdb.plan.Change;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtherViewsTest {
    private static final Diagnostic UNKNOWN = Diagnostic.of(
                    Code.UNKNOWN_PROPERTY,
                    new Source("dir with blank/100%.yaml", 2, 5, 10),
                    "\"enviroment\"",
                    "accepted: host, env\nsecond line")
            .withHint("did you mean \"env\"?");
    private static final Diagnostic EXPIRED =
            Diagnostic.of(Code.EXPIRED, new Source("axiomdb.yaml", 7, 3, 4), "rule ci ended::warning::x\r", "");
    private static final Loaded LOADED = new Loaded(
            null, List.of(EXPIRED, UNKNOWN), Map.of("dir with blank/100%.yaml", "projects:\n    enviroment: main\n"));

    @Test
    void problems_are_told_in_four_ways() throws Exception {
        String behaviour = "problems_are_told_in_four_ways";
        Golden.check(behaviour, "diagnostics.txt", new ValidationText(Style.PLAIN).render(LOADED, "axiomdb.yaml"));
        Golden.check(behaviour, "diagnostics.json", new ValidationJson().render(LOADED, "axiomdb.yaml"));
        Golden.check(behaviour, "diagnostics.sarif", new ValidationSarif("0.1").render(LOADED, "axiomdb.yaml"));
        Golden.check(behaviour, "github.txt", new ValidationGithub().render(LOADED, "axiomdb.yaml"));
    }

    @Test
    void annotations_name_files_as_seen_from_the_working_directory() {
        assertThat(new ValidationGithub().render(LOADED, "prod/eu/axiomdb.yaml"))
                .contains("file=prod/eu/axiomdb.yaml,line=7")
                .contains("file=prod/eu/dir with blank/100%25.yaml,line=2");
        assertThat(new ValidationSarif("0.1").render(LOADED, "prod/axiomdb.yaml"))
                .contains("\"uri\" : \"prod/axiomdb.yaml\"");
    }

    @Test
    void an_annotation_is_one_line_whatever_the_text_holds() {
        String text = new ValidationGithub().render(LOADED, "axiomdb.yaml");
        assertThat(text.lines()).hasSize(2);
        assertThat(text)
                .contains("file=dir with blank/100%25.yaml,line=2,col=5")
                .contains("%0Asecond line");
    }

    @Test
    void a_failed_apply_names_the_change_the_words_and_the_way_on() throws Exception {
        Diagnostic why = Diagnostic.of(
                Code.STEP_FAILED, "make the roles, on db1: ERROR: role \"x\" already exists (42710)", "drop it");
        Diagnostic skipped = Diagnostic.of(Code.STEP_FAILED, "needs branch square-experience/feature/auth", "");
        List<ChangeResult> results = List.of(
                new ChangeResult(Samples.policy(), Status.DONE, null, Duration.ofMillis(3), List.of()),
                new ChangeResult(Samples.created(), Status.FAILED, why, Duration.ofMillis(40), List.of()),
                new ChangeResult(Samples.drift(), Status.SKIPPED, skipped, Duration.ZERO, List.of()));
        ApplyText text = new ApplyText(Style.PLAIN);
        StringBuilder all = new StringBuilder();
        results.forEach(r -> all.append(text.ended(r)));
        ApplyReport report = new ApplyReport(results, Samples.changes(), Duration.ofMillis(43));
        all.append(text.ending(report, "axm plan"));
        Golden.check("a_failed_apply_says_the_way_on", "apply.txt", all.toString());
    }

    @Test
    void a_change_of_access_says_how_long_it_took_to_be_in_force() {
        ChangeResult result =
                new ChangeResult(AccessSamples.change(), Status.DONE, null, Duration.ofMillis(1200), List.of());
        assertThat(new ApplyText(Style.PLAIN).ended(result))
                .isEqualTo("  done     change access to host db1  in force on all layers after 1.2 s\n");
    }

    @Test
    void a_change_that_was_made_says_what_it_left() {
        Diagnostic left = Diagnostic.of(Code.DERIVED_LEFT, "app.v is without data: no such function", "reset it");
        ChangeResult result =
                new ChangeResult(Samples.created(), Status.DONE, null, Duration.ofMillis(1200), List.of(left));
        assertThat(new ApplyText(Style.PLAIN).ended(result))
                .startsWith("  done     ")
                .contains("warning[AX0536]", "app.v is without data", "reset it");
        ApplyReport report = new ApplyReport(List.of(result), Samples.changes(), Duration.ofMillis(3));
        assertThat(ApplyJson.render(
                        report, "0", new PlanView.Context(PlanView.Purpose.APPLY, "f", null, List.of(), false)))
                .contains("\"notices\"", "AX0536", "app.v is without data");
    }

    @Test
    void a_change_of_access_is_not_called_in_force_where_foreign_rules_decide_too() {
        Diagnostic drop = Diagnostic.of(
                Code.HOST_FINDING, "host db1: nftables ip filter INPUT handle 7: keeps out 198.51.100.7", "remove it");
        ChangeResult result =
                new ChangeResult(AccessSamples.change(), Status.DONE, null, Duration.ofMillis(1200), List.of(drop));
        assertThat(new ApplyText(Style.PLAIN).ended(result))
                .startsWith("  done     change access to host db1  in force in AxiomDB's own rules, but foreign rules"
                        + " decide too, after 1.2 s\n")
                .contains("INPUT handle 7")
                .contains("remove it")
                .doesNotContain("all layers");
    }

    @Test
    void what_apply_left_alone_is_not_hidden_behind_the_proof() {
        ApplyReport report = new ApplyReport(
                List.of(new ChangeResult(Samples.policy(), Status.DONE, null, Duration.ofMillis(3), List.of())),
                Samples.heldBack(),
                Duration.ofMillis(3));
        assertThat(new ApplyText(Style.PLAIN).ending(report, "axm plan")).isEqualTo("""
                Applied 1 change in 3 ms. Looked again: nothing left to do unless you say so.
                Drift in 1 place was left alone; axm plan names it.
                """);
    }

    @Test
    void the_last_words_say_first_what_nobody_could_look_at() {
        Diagnostic why = Diagnostic.of(Code.STEP_FAILED, "no route to host", "");
        List<ChangeResult> cut =
                List.of(new ChangeResult(Samples.created(), Status.FAILED, why, Duration.ofMillis(3), List.of()));
        ApplyText text = new ApplyText(Style.PLAIN);
        assertThat(text.ending(
                        new ApplyReport(cut, Samples.unreachable(new Change[0]), Duration.ofMillis(3)), "axm plan"))
                .startsWith("Applied 0 changes in 3 ms. 1 failed. Looked again: db2 could not be looked at, 2 resources"
                        + " blocked, nothing else left to do.\n");
        assertThat(text.ending(new ApplyReport(cut, Samples.unreachable(), Duration.ofMillis(3)), "axm plan"))
                .startsWith("Applied 0 changes in 3 ms. 1 failed. Looked again: db2 could not be looked at, 2 resources"
                        + " blocked, 1 change left to do.\n");
        assertThat(text.ending(new ApplyReport(cut, Samples.heldBack(), Duration.ofMillis(3)), "axm plan"))
                .startsWith(
                        "Applied 0 changes in 3 ms. 1 failed. Looked again: nothing left to do unless you say so.\n");
    }

    @Test
    void the_live_line_never_wraps() {
        ApplyText narrow = new ApplyText(new Style(false, 40));
        String line = narrow.running(List.of(Samples.created(), Samples.drift()), Duration.ofSeconds(75));
        assertThat(line.length()).isLessThanOrEqualTo(40);
    }
}
