package io.axiomdb.adapter.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ResourceKey;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the control plane's server answers is shown as that server's, with its SQLSTATE, and never as a fault of axm. */
class ServerErrorsTest {
    private static final String WORDS = "the words of the server";

    @ParameterizedTest
    @CsvSource({
        "58P01,files",
        "58030,files",
        "XX001,files",
        "XX000,files",
        "42501,own the schema axiomdb",
        "42P01,not as AxiomDB made it",
        "53100,free what",
        "53200,free what",
        "53300,free what",
        "55P03,another session",
        "55006,another session",
        "40001,another session",
        "57014,another session",
        "25006,takes no changes",
        "23505,comes from",
        "22000,comes from",
        "P0001,comes from",
        "ZZ999,comes from",
        "HV000,comes from"
    })
    void each_class_is_shown_with_its_state_and_words(String state, String help) {
        JdbcTarget target = TestServer.database();
        raising(target, state, WORDS);

        Diagnostic told = failure(target);

        assertThat(told.code()).isEqualTo(Code.CONTROL_PLANE_FAILED);
        assertThat(told.detail()).contains(WORDS).contains("SQLSTATE " + state).contains(target.toString());
        assertThat(told.help()).contains(help);
    }

    @ParameterizedTest
    @CsvSource({"08006", "28000", "57P01", "57P03", "3D000"})
    void what_says_that_the_server_is_away_is_told_as_that(String state) {
        JdbcTarget target = TestServer.database();
        raising(target, state, WORDS);
        assertThat(failure(target).code()).isEqualTo(Code.CONTROL_PLANE_UNREACHABLE);
    }

    @Test
    void a_file_that_is_gone() {
        JdbcTarget target = TestServer.database();
        failing(target, "PERFORM pg_read_file('/no/such/file')");

        Diagnostic told = failure(target);

        assertThat(told.code()).isEqualTo(Code.CONTROL_PLANE_FAILED);
        assertThat(told.detail()).contains("58P01").contains("could not open file");
    }

    @Test
    void a_privilege_that_is_missing() {
        JdbcTarget target = TestServer.database();
        String weak = "weak_" + target.database();
        TestServer.execute(
                target,
                "CREATE ROLE " + weak + " LOGIN PASSWORD '"
                        + Objects.requireNonNull(target.password()).reveal().replace("'", "''") + "'",
                "GRANT USAGE ON SCHEMA axiomdb TO " + weak,
                "GRANT SELECT ON axiomdb.flyway_schema_history TO " + weak);
        JdbcTarget theirs = new JdbcTarget(
                target.host(), target.port(), target.database(), weak, target.password(), "disable", null);

        Diagnostic told = failure(theirs);

        assertThat(told.detail()).contains("42501").contains("permission denied");
    }

    @Test
    void secrets_are_taken_out() {
        JdbcTarget target = TestServer.database();
        String password = Objects.requireNonNull(target.password()).reveal();
        raising(target, "P0001", "it repeats " + password + " and SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy");
        assertThat(failure(target).toString()).doesNotContain(password).doesNotContain("c3RvcmVk");

        JdbcTarget other = TestServer.database();
        raising(other, "22P02", "invalid input syntax for type json: \"what was sent\"");
        assertThat(failure(other).toString()).contains("invalid input syntax").doesNotContain("what was sent");
    }

    @Test
    void a_fault_of_ours_stays_one() {
        RuntimeException ours = new IllegalStateException("ours");
        JdbcTarget target = JdbcTarget.parse("postgresql://axm@127.0.0.1/axm", Secret.of("password"));
        assertThat(Failures.told(ours, target)).isSameAs(ours);
        RuntimeException drivers = new IllegalStateException(new SQLException("no such parameter", "22023"));
        assertThat(Failures.told(drivers, target)).isSameAs(drivers);
        assertThatThrownBy(() -> {
                    throw Failures.told(new AxiomException(Diagnostic.of(Code.NOT_FOUND, "x", "")), target);
                })
                .isInstanceOf(AxiomException.class);
    }

    /** Writing to the trail raises this. */
    private static void raising(JdbcTarget target, String state, String words) {
        failing(
                target,
                "RAISE EXCEPTION USING ERRCODE = '" + state + "', MESSAGE = '" + words.replace("'", "''")
                        + "', DETAIL = 'a row'");
    }

    private static void failing(JdbcTarget target, String statement) {
        TestServer.execute(
                target,
                "CREATE FUNCTION public.raise() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN " + statement
                        + "; END $f$",
                "CREATE TRIGGER raises BEFORE INSERT ON axiomdb.audit_events FOR EACH ROW EXECUTE FUNCTION public.raise()",
                "ALTER TABLE axiomdb.audit_events ENABLE ALWAYS TRIGGER raises");
    }

    private static Diagnostic failure(JdbcTarget target) {
        try (ControlPlaneDatabase database =
                ControlPlaneDatabase.open(target, TestKey.noKey(), ControlPlaneDatabase.LEASE)) {
            AxiomException told = catchThrowableOfType(
                    AxiomException.class, () -> database.record("acme", Samples.entry("m", ResourceKey.host("db1"))));
            assertThat(told).isNotNull();
            return told.diagnostics().getFirst();
        }
    }
}
