package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Plan;
import io.axiomdb.testing.adversary.Accomplices;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is retained is out of reach for its former owner and for whoever was a member of a role of its branch. */
@ParameterizedClass
@ValueSource(ints = {14, 15, 18})
class RetainedOutOfReachTest {
    private static final String DATABASE = "sq_ally_main_br_dev";
    private static final String OWNER = "ally_main_br_dev_owner";
    private static final String ADDITIVE = " dev: { rights: additive } ";
    private static final String EXACT = " dev: {} ";

    private final Installation installation;
    private final int version;

    RetainedOutOfReachTest(int version) {
        this.version = version;
        this.installation = Installation.of(version);
    }

    @AfterEach
    void drop() {
        installation.drop("ally");
        installation.close();
    }

    private static Desired with(String branches) {
        return Installation.project("ally", branches);
    }

    private void done(Desired desired) {
        ApplyReport report = installation.apply(desired);
        assertThat(report.results())
                .allSatisfy(result -> assertThat(result.why()).isNull());
        assertThat(report.converged()).isTrue();
    }

    private Accomplices made(String branches) {
        done(with(branches));
        owner(DATABASE, "CREATE TABLE t AS SELECT 7 a");
        return new Accomplices(
                installation.host,
                version >= 16,
                List.of(OWNER, "ally_main_br_dev_rw", "ally_main_br_dev_ro"),
                installation.password("ally", "dev", RoleKind.OWNER));
    }

    private String owner(String database, String sql) {
        return installation.as("ally", "dev", RoleKind.OWNER, OWNER, database, sql);
    }

    private String retained() {
        return installation.ask(
                "postgres", "SELECT string_agg(datname, ';') FROM pg_database WHERE datname ~ '^axm_del_'");
    }

    private List<String> drift() {
        return notices(installation.engine.drift("acme", Installation.request()).plan(), Code.RETAINED_DRIFT);
    }

    private static List<String> notices(Plan plan, Code code) {
        return plan.notices().stream()
                .filter(notice -> notice.code() == code)
                .map(notice -> notice.detail())
                .toList();
    }

    /** Whatever one of them may say, nothing of it opens, copies, changes or drops what is retained. */
    private void outOfReach(Accomplices accomplices) {
        String database = retained();
        for (String login : Accomplices.LOGINS) {
            for (String sql : List.of(
                    "ALTER DATABASE %s ALLOW_CONNECTIONS true",
                    "ALTER DATABASE %s CONNECTION LIMIT 9",
                    "ALTER DATABASE %s IS_TEMPLATE true",
                    "ALTER DATABASE %s RENAME TO ally_mine",
                    "GRANT CONNECT ON DATABASE %s TO PUBLIC; SELECT 1/(has_database_privilege('public', '%1$s', 'CONNECT'))::int",
                    "DROP DATABASE %s",
                    "CREATE DATABASE ally_copy TEMPLATE %s",
                    "SET ROLE %s_owner",
                    "SET ROLE %s_rw",
                    "GRANT %s_owner TO ally_guest",
                    "ALTER ROLE %s_owner LOGIN")) {
                assertThatThrownBy(() -> accomplices.run(login, "postgres", sql.formatted(database)))
                        .as("%s: %s", login, sql)
                        .isInstanceOf(Installation.SqlRefused.class);
            }
            assertThatThrownBy(() -> accomplices.run(login, database, "SELECT a FROM t"))
                    .isInstanceOf(Installation.SqlRefused.class);
        }
    }

    /** Before 16 what a member granted does not hang on its own membership, and is no membership of the branch's roles. */
    private String ofGuest(String grantor) {
        return version >= 16 ? "" : Accomplices.TEAM + " to " + Accomplices.GUEST + " by " + grantor + " f";
    }

    @Test
    void members_of_its_roles_reach_nothing_of_it_and_are_members_again_when_it_comes_back() {
        try (Accomplices accomplices = made(ADDITIVE)) {
            String before = accomplices.memberships();
            assertThat(before.lines()).hasSize(7);
            Plan removal = installation.plan(with("")).plan();
            assertThat(removal.changes().getFirst().fields())
                    .extracting(FieldChange::name, FieldChange::before, FieldChange::after)
                    .contains(
                            org.assertj.core.groups.Tuple.tuple("has member", Accomplices.MEMBER, ""),
                            org.assertj.core.groups.Tuple.tuple("has member", Accomplices.FRIEND, ""),
                            org.assertj.core.groups.Tuple.tuple("member of", Accomplices.TEAM, ""));

            done(with(""));

            assertThat(accomplices.memberships()).isEqualTo(ofGuest(retained() + "_owner"));
            outOfReach(accomplices);
            assertThat(drift()).isEmpty();

            assertThat(notices(installation.plan(with(ADDITIVE)).plan(), Code.MEMBERSHIP_NOT_BACK))
                    .isEmpty();
            done(with(ADDITIVE));
            assertThat(accomplices.memberships()).isEqualTo(before);
            assertThat(accomplices.run(Accomplices.FRIEND, DATABASE, "SELECT a FROM t"))
                    .isEqualTo("7");
        }
    }

    @Test
    void a_member_or_grantor_that_is_gone_is_named_and_the_others_come_back() {
        try (Accomplices accomplices = made(ADDITIVE)) {
            done(with(""));
            installation.admin("postgres", "DROP ROLE " + Accomplices.DEPUTY);
            List<String> told = notices(installation.plan(with(ADDITIVE)).plan(), Code.MEMBERSHIP_NOT_BACK);
            assertThat(told)
                    .anySatisfy(words -> assertThat(words)
                            .startsWith(Accomplices.DEPUTY + " was a member of")
                            .endsWith(Accomplices.DEPUTY + " is gone"))
                    .anySatisfy(words -> assertThat(words)
                            .startsWith(Accomplices.FRIEND + " was a member of")
                            .endsWith(Accomplices.DEPUTY + " is gone"));
            done(with(ADDITIVE));
            assertThat(accomplices.run(Accomplices.MEMBER, DATABASE, "SELECT a FROM t"))
                    .isEqualTo("7");
        }
    }

    @Test
    void a_branch_with_no_rights_of_others_comes_back_without_members_and_says_so() {
        try (Accomplices accomplices = made(EXACT)) {
            done(with(""));
            outOfReach(accomplices);
            assertThat(notices(installation.plan(with(EXACT)).plan(), Code.MEMBERSHIP_NOT_BACK))
                    .anyMatch(words -> words.startsWith(Accomplices.MEMBER));
            done(with(EXACT));
            assertThat(accomplices.memberships()).isEqualTo(ofGuest(OWNER));
        }
    }

    @Test
    void what_was_granted_while_it_was_retained_is_drift_and_does_not_come_back_with_it() {
        try (Accomplices accomplices = made(ADDITIVE)) {
            String before = accomplices.memberships();
            done(with(""));
            installation.admin("postgres", "GRANT " + retained() + "_rw TO " + Accomplices.GUEST);
            assertThat(drift()).anyMatch(words -> words.contains("has member " + Accomplices.GUEST));
            done(with(ADDITIVE));
            assertThat(accomplices.memberships()).isEqualTo(before);
        }
    }

    @Test
    void a_removal_that_is_taken_back_before_its_end_gives_them_back() {
        try (Accomplices accomplices = made(ADDITIVE)) {
            String before = accomplices.memberships();
            owner(DATABASE, "BEGIN; INSERT INTO t VALUES (8); PREPARE TRANSACTION 'ally waits'");
            try {
                assertThat(installation.apply(with("")).converged()).isFalse();
                assertThat(accomplices.memberships()).isEqualTo(ofGuest(OWNER));
                assertThatThrownBy(() -> accomplices.run(Accomplices.MEMBER, DATABASE, "SELECT 1"))
                        .isInstanceOf(Installation.SqlRefused.class);
                assertThat(installation.apply(with("")).converged()).as("again").isFalse();
                done(with(ADDITIVE));
                assertThat(accomplices.memberships()).isEqualTo(before);
            } finally {
                installation.admin(DATABASE, "ROLLBACK PREPARED 'ally waits'");
            }
        }
    }

    @Test
    void whatever_is_done_to_it_is_drift_of_its_own_kind() {
        made(EXACT).close();
        done(with(""));
        String database = retained();
        assertThat(drift()).isEmpty();
        for (List<String> way : List.of(
                List.of("ALTER DATABASE %s ALLOW_CONNECTIONS true", "ALTER DATABASE %s ALLOW_CONNECTIONS false"),
                List.of("ALTER DATABASE %s IS_TEMPLATE true", "ALTER DATABASE %s IS_TEMPLATE false"),
                List.of("ALTER DATABASE %s OWNER TO %1$s_owner", "ALTER DATABASE %s OWNER TO CURRENT_USER"),
                List.of("ALTER DATABASE %s RENAME TO ally_mine", "ALTER DATABASE ally_mine RENAME TO %s"),
                List.of("ALTER ROLE %s_rw LOGIN", "ALTER ROLE %s_rw NOLOGIN"),
                List.of("GRANT %s_ro TO %1$s_rw", "REVOKE %s_ro FROM %1$s_rw"),
                List.of("ALTER DATABASE %s CONNECTION LIMIT -1", "ALTER DATABASE %s CONNECTION LIMIT 0"))) {
            installation.admin("postgres", way.getFirst().formatted(database));
            assertThat(drift()).as(way.getFirst()).hasSize(1);
            installation.admin("postgres", way.getLast().formatted(database));
            assertThat(drift()).as(way.getLast()).isEmpty();
        }
        installation.admin("postgres", "DROP DATABASE " + database);
        assertThat(drift()).singleElement().asString().contains("is gone");
    }

    @Test
    void what_its_roles_hold_elsewhere_is_named_before_they_go() {
        done(with(EXACT));
        owner("postgres", "CREATE DATABASE ally_own");
        try {
            assertThat(notices(installation.plan(with("")).plan(), Code.LEFT_BEHIND))
                    .singleElement()
                    .asString()
                    .startsWith("role " + OWNER + " on host db1 owns something, or has rights, in database ally_own");
        } finally {
            installation.admin("postgres", "DROP DATABASE ally_own");
        }
    }

    @Test
    void a_reset_takes_the_old_data_from_the_owner_and_leaves_its_roles_their_members() {
        done(with(" main: {}, dev: { from: main, data: full, rights: additive } "));
        owner(DATABASE, "CREATE TABLE t AS SELECT 7 a");
        try (Accomplices accomplices = new Accomplices(
                installation.host,
                version >= 16,
                List.of(OWNER, "ally_main_br_dev_rw", "ally_main_br_dev_ro"),
                installation.password("ally", "dev", RoleKind.OWNER))) {
            String before = accomplices.memberships();
            ApplyReport report = Copying.reset(
                    installation, with(" main: {}, dev: { from: main, data: full, rights: additive } "), "ally", "dev");
            assertThat(report.converged()).isTrue();
            assertThat(accomplices.memberships()).isEqualTo(before);
            String database = retained();
            for (String sql : List.of(
                    "ALTER DATABASE %s ALLOW_CONNECTIONS true",
                    "ALTER DATABASE %s CONNECTION LIMIT 9",
                    "ALTER DATABASE %s RENAME TO ally_mine",
                    "CREATE DATABASE ally_copy TEMPLATE %s",
                    "DROP DATABASE %s")) {
                assertThatThrownBy(() -> owner("postgres", sql.formatted(database)))
                        .as(sql)
                        .isInstanceOf(Installation.SqlRefused.class);
                assertThatThrownBy(() -> accomplices.run(Accomplices.MEMBER, "postgres", sql.formatted(database)))
                        .as(sql)
                        .isInstanceOf(Installation.SqlRefused.class);
            }
            assertThatThrownBy(() -> owner(database, "SELECT a FROM t")).isInstanceOf(Installation.SqlRefused.class);
        }
    }
}
