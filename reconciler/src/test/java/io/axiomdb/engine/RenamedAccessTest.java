package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may connect while a project gets another name: at no moment is one of its roles in none of our lines. */
class RenamedAccessTest {
    private static final String[] OLD = {
        "branch sq_olden_main of olden_main_owner, olden_main_ro, olden_main_rw",
        "direct sq_olden_main from 203.0.113.0/24"
    };
    private static final String[] NEW = {
        "branch sq_newer_main of newer_main_owner, newer_main_ro, newer_main_rw",
        "direct sq_newer_main from 203.0.113.0/24"
    };

    private final Installation installation = Installation.of(18);

    @BeforeEach
    void a_project_with_a_rule() {
        assertThat(installation.apply(project("olden: { host: db1")).converged())
                .isTrue();
        assertThat(lines()).contains(OLD).doesNotContain(NEW);
    }

    @AfterEach
    void drop_what_was_made() {
        installation.drop("olden");
        installation.drop("newer");
        installation.close();
    }

    private static Desired project(String begin) {
        return Installation.onMachine(begin
                + ", network: { mode: restricted, rules: { office: { label: Office, cidr: 203.0.113.0/24 } } } }");
    }

    private static Desired renamed() {
        return project("newer: { host: db1, renamed_from: olden");
    }

    private List<String> lines() {
        return Objects.requireNonNull(installation.files.access("db1", "acme")).lines();
    }

    private String database(String name) {
        return installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'");
    }

    @Test
    void the_lines_have_both_names_first_and_the_new_ones_at_the_end() {
        int before = installation.files.changes();
        ApplyReport report = installation.apply(renamed());
        assertThat(report.converged()).isTrue();
        assertThat(report.propagation()).containsOnlyKeys("db1");
        assertThat(installation.files.changes() - before).isEqualTo(2);
        assertThat(lines()).contains(NEW).doesNotContain(OLD);
    }

    @Test
    void an_apply_that_is_stopped_leaves_both_names_in_the_lines() {
        String password = installation.password("olden", "main", RoleKind.RW);
        int steps = installation.plan(renamed()).plan().changes().stream()
                .filter(change -> change.formerly() != null)
                .findFirst()
                .orElseThrow()
                .steps()
                .size();
        for (int stop = 2; stop < steps; stop++) {
            installation.stopAfter(renamed(), stop);
            assertThat(lines()).as("stopped at %d", stop).contains(OLD).contains(NEW);
            assertThat(installation.apply(renamed()).converged()).isTrue();
            assertThat(lines()).contains(NEW).doesNotContain(OLD);
            assertThat(installation.password("newer", "main", RoleKind.RW)).isEqualTo(password);
            assertThat(installation
                            .apply(project("olden: { host: db1, renamed_from: newer"))
                            .converged())
                    .isTrue();
        }
    }

    @Test
    void where_the_lines_can_not_be_changed_nothing_is_renamed() {
        installation.files.refuse("DISK: no space left");
        ApplyReport report = installation.apply(renamed());
        assertThat(report.results())
                .extracting(result -> result.change().resource() + " " + result.status())
                .containsExactly("access to host db1 " + Status.SKIPPED, "project newer " + Status.FAILED);
        assertThat(database("sq_olden_main")).isEqualTo("1");
        assertThat(lines()).contains(OLD).doesNotContain(NEW);

        installation.files.refuse("");
        assertThat(installation.apply(renamed()).converged()).isTrue();
    }

    @Test
    void where_the_lines_can_not_be_seen_nothing_is_renamed() {
        installation.files.silence("db1", "no answer in 10 s");
        ApplyReport report = installation.apply(renamed());
        assertThat(report.results()).isEmpty();
        assertThat(report.after().plan().blocked())
                .extracting(blocked -> blocked.resource().toString())
                .contains("project newer", "project olden");
        assertThat(database("sq_olden_main")).isEqualTo("1");
    }
}
