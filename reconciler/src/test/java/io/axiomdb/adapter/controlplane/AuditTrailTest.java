package io.axiomdb.adapter.controlplane;

import static io.axiomdb.adapter.controlplane.Samples.done;
import static io.axiomdb.adapter.controlplane.Samples.entry;
import static io.axiomdb.adapter.controlplane.Samples.intent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Intent;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTrailTest {
    private static final ResourceKey MAIN = ResourceKey.branch("shop", "main");

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final JdbcTarget target = TestServer.database();
    private final ControlPlaneDatabase database =
            ControlPlaneDatabase.open(target, TestKey.noKey(), ControlPlaneDatabase.LEASE);

    @AfterEach
    void close() {
        database.close();
        TestServer.giveBack(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE axiomdb.audit_events SET detail = 'x'",
                "DELETE FROM axiomdb.audit_events",
                "TRUNCATE axiomdb.audit_events",
                "TRUNCATE axiomdb.audit_events, axiomdb.projects CASCADE",
                "SET session_replication_role = replica; DELETE FROM axiomdb.audit_events",
                "UPDATE axiomdb.credential_events SET event = 'made'",
                "DELETE FROM axiomdb.credential_events",
                "TRUNCATE axiomdb.credential_events",
                "UPDATE axiomdb.audit_head SET sequence = 1",
                "DELETE FROM axiomdb.audit_head",
                "TRUNCATE axiomdb.audit_head",
                "INSERT INTO axiomdb.audit_head VALUES (true, 9, 'x')"
            })
    void even_a_superuser_can_not_rewrite_the_trail_in_passing(String statement) {
        write(3);

        assertThatThrownBy(() -> TestServer.execute(target, statement))
                .rootCause()
                .extracting(cause -> ((SQLException) cause).getSQLState())
                .isEqualTo(INSUFFICIENT_PRIVILEGE);
        assertThat(rows()).hasSize(3);
        assertThat(database.verifyAudit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "detail = 'nothing happened'",
                "actor = 'eve@acme.example'",
                "organization = 'beta'",
                "at = at + interval '1 microsecond'",
                "ip = NULL",
                "actor_verified = NOT actor_verified",
                "new_value = '{}'",
                "new_value = '{\"connection_limits.rw\": 20}'",
                "old_value = '[]'",
                "phase = 'NONSENSE'",
                "target_kind = ''",
                "project = 'sho', target = 'p' || target",
                "hash = repeat('0', 64)",
                "previous_hash = repeat('1', 64)"
            })
    void a_changed_row_is_found(String change) {
        write(5);

        tamper("UPDATE axiomdb.audit_events SET " + change + " WHERE sequence = 3");

        assertThat(verdict()).startsWith("row 3 ");
    }

    @Test
    void rows_dropped_from_the_middle_are_found() {
        write(6);

        tamper("DELETE FROM axiomdb.audit_events WHERE sequence IN (3, 4)");

        assertThat(verdict()).isEqualTo("rows 3 to 4 are missing");
    }

    @Test
    void a_gap_that_was_closed_by_renumbering_is_found() {
        write(6);

        tamper(
                "DELETE FROM axiomdb.audit_events WHERE sequence = 3",
                "UPDATE axiomdb.audit_events SET sequence = sequence - 1 WHERE sequence = 4");

        assertThat(verdict()).startsWith("row 3 ");
    }

    @Test
    void rows_dropped_from_the_beginning_are_found() {
        write(3);

        tamper("DELETE FROM axiomdb.audit_events WHERE sequence = 1");

        assertThat(verdict()).isEqualTo("rows 1 to 1 are missing");
    }

    @Test
    void rows_dropped_from_the_end_are_found() {
        write(6);

        tamper("DELETE FROM axiomdb.audit_events WHERE sequence > 4");

        assertThat(verdict()).isEqualTo("rows 5 to 6 are missing at the end");
    }

    @Test
    void a_trail_that_is_gone_altogether_is_found() {
        write(2);

        tamper("TRUNCATE axiomdb.audit_events");

        assertThat(verdict()).isEqualTo("rows 1 to 2 are missing at the end");
    }

    @Test
    void a_row_forged_after_the_end_is_found() {
        write(2);
        tamper("DELETE FROM axiomdb.audit_events WHERE sequence = 2");
        tamper("INSERT INTO axiomdb.audit_events SELECT 2, at, organization, mutation_id, phase, 'forged', actor,"
                + " actor_verified, ip, user_agent, commit_id, target_kind, project, target, host, old_value,"
                + " new_value, trigger, detail, hash, hash FROM axiomdb.audit_events WHERE sequence = 1");

        assertThat(verdict()).startsWith("row 2 (forged) was changed");
    }

    @Test
    void a_head_that_was_tampered_with_is_found() {
        write(2);

        tamper("UPDATE axiomdb.audit_head SET hash = repeat('0', 64)");
        assertThat(verdict()).contains("head of the trail");
        tamper("DELETE FROM axiomdb.audit_head");
        assertThat(verdict()).contains("head of the trail is missing");
    }

    private static SortedMap<String, Anchor> kept(Anchor anchor) {
        return new TreeMap<>(Map.of("last-apply.json", anchor));
    }

    private String verdict(Anchor anchor) {
        return database.verifyAudit(kept(anchor)).orElseThrow().detail();
    }

    @Test
    void an_anchor_of_the_trail_as_it_was_fits_as_long_as_rows_are_only_added() {
        assertThat(database.verifyAudit(kept(database.mark("acme").anchor()))).isEmpty();
        write(3);
        Anchor anchor = database.mark("acme").anchor();
        assertThat(anchor.sequence()).isEqualTo(3);
        assertThat(database.verifyAudit(kept(anchor))).isEmpty();
        write(2);
        assertThat(database.verifyAudit(kept(anchor))).isEmpty();
    }

    @Test
    void a_trail_that_was_cut_short_with_its_head_is_found_by_an_anchor() {
        write(6);
        Anchor anchor = database.mark("acme").anchor();

        tamper(
                "DELETE FROM axiomdb.audit_events WHERE sequence > 4",
                "UPDATE axiomdb.audit_head SET sequence = 4,"
                        + " hash = (SELECT hash FROM axiomdb.audit_events WHERE sequence = 4)");

        assertThat(database.verifyAudit()).as("it is whole in itself").isEmpty();
        assertThat(verdict(anchor))
                .startsWith("last-apply.json says that there was a row 6, but the trail ends at row 4");
    }

    @Test
    void a_trail_that_was_emptied_and_written_anew_is_found_by_an_anchor() {
        write(4);
        Anchor anchor = database.mark("acme").anchor();
        tamper(
                "TRUNCATE axiomdb.audit_events, axiomdb.unfinished_mutations",
                "UPDATE axiomdb.audit_head SET sequence = 0, hash = repeat('0', 64)");
        assertThat(verdict(anchor)).contains("the trail ends at row 0");

        write(5);

        assertThat(database.verifyAudit()).as("it is whole in itself").isEmpty();
        assertThat(verdict(anchor))
                .isEqualTo("row 4 is another one than last-apply.json says: the trail was written anew");
    }

    @Test
    void an_emptied_trail_is_found_by_what_is_registered() {
        database.begin("acme", List.of(intent("m1", MAIN, Samples.fields())));
        database.finish("acme", List.of(done("m1", MAIN, Samples.store(MAIN, "by", "m1"))));
        assertThat(database.verifyAudit()).isEmpty();

        tamper("TRUNCATE axiomdb.audit_events", "UPDATE axiomdb.audit_head SET sequence = 0, hash = repeat('0', 64)");

        assertThat(verdict()).startsWith("rows are missing: project branches of organization acme were registered at ");
    }

    @Test
    void rows_cut_off_are_found_by_what_was_registered_with_them() {
        database.begin("acme", List.of(intent("m1", MAIN, Samples.fields())));
        database.finish("acme", List.of(done("m1", MAIN, Samples.store(MAIN, "by", "m1"))));

        // Hours later something was registered, and its rows are gone.
        tamper("UPDATE axiomdb.project_branches SET updated_at = updated_at + INTERVAL '3 hours'");

        assertThat(verdict()).contains("the trail says nothing of that time");
    }

    @Test
    void several_writers_at_once_keep_one_chain_without_gaps() throws Exception {
        try (ControlPlaneDatabase second =
                        ControlPlaneDatabase.open(target, TestKey.noKey(), ControlPlaneDatabase.LEASE);
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Object>> work = IntStream.range(0, 60)
                    .<Callable<Object>>mapToObj(i -> () -> {
                        ControlPlaneDatabase writer = i % 2 == 0 ? database : second;
                        String id = "m" + i;
                        writer.begin("acme", List.of(intent(id, MAIN, Samples.fields()), intent(id + "b", MAIN, null)));
                        writer.finish("acme", List.of(done(id, MAIN, Samples.store(MAIN, "by", id))));
                        return id;
                    })
                    .toList();
            for (Future<Object> done : threads.invokeAll(work)) {
                done.get();
            }
        }

        assertThat(rows().reversed())
                .extracting(AuditRow::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 180).boxed().toList());
        assertThat(database.verifyAudit()).isEmpty();
        assertThat(database.unfinished("acme")).hasSize(60);
    }

    @Test
    void a_long_trail_is_verified_row_by_row() {
        write(2_500);

        assertThat(database.verifyAudit()).isEmpty();
        tamper("UPDATE axiomdb.audit_events SET detail = 'x' WHERE sequence = 2400");
        assertThat(verdict()).startsWith("row 2400 ");
    }

    @Test
    void an_intent_and_its_claim_are_written_together_or_not_at_all() {
        ResourceKey unstorable = ResourceKey.branch("shop", "a\0b");

        assertThatThrownBy(() -> database.begin(
                        "acme",
                        List.of(
                                intent("m1", MAIN, Samples.fields()),
                                new Intent(entry("m2", MAIN), null),
                                intent("m3", MAIN, Samples.fields("x", "\0")),
                                intent("m4", unstorable, Samples.fields("x", "\0")))))
                .isInstanceOf(RuntimeException.class);

        assertThat(rows()).isEmpty();
        assertThat(database.read("acme").applied()).isEmpty();
        assertThat(database.verifyAudit()).isEmpty();
    }

    @Test
    void rows_of_what_was_removed_are_kept() {
        database.finish("acme", List.of(done("m1", MAIN, Samples.store(MAIN, "from", "x"))));
        database.finish("acme", List.of(done("m2", MAIN, new Effect.Remove(MAIN))));
        database.finish("acme", List.of(done("m3", MAIN, Samples.store(MAIN, "from", "y"))));

        assertThat(TestServer.query(
                        target,
                        "SELECT declaration->>'from' || ' ' || (removed_at IS NULL) FROM axiomdb.project_branches"
                                + " ORDER BY created_at"))
                .containsExactly("x false", "y true");
    }

    private void write(int count) {
        database.begin(
                "acme",
                Stream.iterate(1, i -> i + 1)
                        .limit(count)
                        .map(i -> intent("m" + i, MAIN, null))
                        .toList());
    }

    private List<AuditRow> rows() {
        return database.audit("acme", new AuditQuery(10_000, null, null, null));
    }

    private String verdict() {
        Diagnostic problem = database.verifyAudit().orElseThrow();
        assertThat(problem.code()).isEqualTo(Code.AUDIT_BROKEN);
        return problem.detail();
    }

    /** As somebody who owns the database and takes the trouble. */
    private void tamper(String... statements) {
        TestServer.TRIGGERS_OFF.forEach(statement -> TestServer.execute(target, statement));
        TestServer.execute(target, statements);
    }
}
