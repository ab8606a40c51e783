package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Progress;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Change;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An owner may give its database another name and make one of the old, at any moment of an apply. */
class ExchangedDatabasesTest {
    private static final String DATABASE = "sq_swap_main_br_dev";
    private static final String BRANCHES = " main: {}, dev: { from: main, data: full } ";

    private final Installation installation = Installation.of(18);

    @AfterEach
    void drop() {
        installation.admin("postgres", "DROP DATABASE IF EXISTS swap_hidden");
        installation.drop("swap");
        installation.close();
    }

    private static Desired with(String branches) {
        return Installation.project("swap", branches);
    }

    private void owner(String sql) {
        installation.as("swap", "dev", RoleKind.OWNER, "swap_main_br_dev_owner", "postgres", sql);
    }

    /** What fails, when the owner exchanges its database between the plan and the first step. */
    private String exchanged(Desired desired, Request request) {
        Progress exchanging = new Progress() {
            @Override
            public void begun(Change change) {
                owner("ALTER DATABASE " + DATABASE + " RENAME TO swap_hidden");
                owner("CREATE DATABASE " + DATABASE);
            }

            @Override
            public void ended(ChangeResult result) {}
        };
        String digest =
                installation.engine.plan(desired, request).plan().digest().hex();
        ApplyReport report = installation.engine.apply(desired, request, digest, exchanging, () -> false);
        assertThat(report.converged()).isFalse();
        return Objects.requireNonNull(report.results().getLast().why()).detail();
    }

    private void nothingWasTaken() {
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_(del|new)_'"))
                .isEqualTo("0");
        assertThat(installation.ask("axiomdb_lock", "SELECT count(*) FROM axiomdb.retained WHERE project = 'swap'"))
                .isEqualTo("0");
    }

    @Test
    void a_reset_does_not_retain_another_database_under_the_branchs_name() {
        assertThat(installation.apply(with(BRANCHES)).converged()).isTrue();
        assertThat(exchanged(with(BRANCHES), Copying.reset("swap", "dev"))).contains("is another one by now");
        nothingWasTaken();
    }

    @Test
    void a_rename_gives_the_branchs_new_name_to_nothing_else() {
        assertThat(installation.apply(with(BRANCHES)).converged()).isTrue();
        Desired renamed = with(" main: {}, next: { from: main, data: full, renamed_from: dev } ");
        assertThat(exchanged(renamed, Installation.request())).contains("is another one by now");
        nothingWasTaken();
    }

    @Test
    void a_branch_that_was_applied_as_protected_is_not_reset_by_an_edit_of_the_same_moment() {
        String was = " main: {}, dev: { from: main, data: full, protected: true } ";
        assertThat(installation.apply(with(was)).converged()).isTrue();
        assertThat(installation
                        .engine
                        .plan(with(BRANCHES), Copying.reset("swap", "dev"))
                        .plan()
                        .refusals())
                .anySatisfy(why -> assertThat(why.detail()).contains("it is protected"));
    }
}
