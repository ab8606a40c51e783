package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.EventNames;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts keep where the audit trail ended: who owns the control plane's database can't write it anew unseen. */
@ParameterizedClass
@ValueSource(ints = {14, 18})
class AnchorsOnHostsTest {
    private static final SortedMap<String, Anchor> NONE = Collections.emptySortedMap();
    private static final SortedSet<String> NOBODY = Collections.emptySortedSet();
    private static final String FAR = "{ postgres: { url: \"postgresql://db1.acme.example:5432/postgres\" } }";
    private static final String ON_MACHINE = """
            { postgres: { url: "postgresql://127.0.0.1:5432/postgres" }, ssh: { address: db1.acme.example, key: "file:key",
              host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"] } }""";
    private static final String EMPTIED = """
            ALTER TABLE axiomdb.audit_events DISABLE TRIGGER ALL; ALTER TABLE axiomdb.audit_head DISABLE TRIGGER ALL;
            TRUNCATE axiomdb.audit_events, axiomdb.unfinished_mutations;
            UPDATE axiomdb.audit_head SET sequence = 0, hash = repeat('0', 64);
            """;
    private static final String CUT_SHORT = """
            ALTER TABLE axiomdb.audit_events DISABLE TRIGGER ALL; ALTER TABLE axiomdb.audit_head DISABLE TRIGGER ALL;
            DELETE FROM axiomdb.audit_events WHERE sequence > 2;
            UPDATE axiomdb.audit_head SET sequence = 2, hash = (SELECT hash FROM axiomdb.audit_events WHERE sequence = 2);
            """;

    private final Installation installation;

    AnchorsOnHostsTest(int version) {
        installation = Installation.of(version);
    }

    @BeforeEach
    void apply() {
        assertThat(installation.apply(desired(10)).converged()).isTrue();
    }

    @AfterEach
    void drop() {
        installation.drop("anchored");
        installation.admin("axiomdb_lock", "DELETE FROM axiomdb.mark WHERE organization ~ '^(anchored|beside)$'");
        installation.close();
    }

    private static Desired desired(int limit) {
        return desired("anchored", limit);
    }

    private static Desired desired(String organization, int limit) {
        return desired(organization, limit, FAR);
    }

    private static Desired desired(String organization, int limit, String host) {
        return Installation.desired("""
                version: 1
                organization: %s
                hosts:
                  db1: %s
                projects:
                  anchored: { host: db1, branches: { main: { connection_limits: { rw: %d } } } }
                """.formatted(organization, host, limit));
    }

    private List<Diagnostic> findings(Installation of) {
        return of.engine.trail(desired(10), NONE, Installation.HOSTS).findings();
    }

    @Test
    void a_trail_that_goes_on_from_what_a_host_keeps_is_whole() {
        ApplyReport second = installation.apply(desired(11));
        TrailLook look = installation.engine.trail(desired(11), NONE, NOBODY);
        assertThat(second.notices()).isEmpty();
        assertThat(look.findings()).isEmpty();
        assertThat(look.notices()).isEmpty();
        assertThat(look.end()).isEqualTo(second.anchor());
    }

    @Test
    void a_trail_that_was_emptied_or_cut_short_with_its_head_is_a_finding_that_names_the_host() {
        for (String tampering : List.of(CUT_SHORT, EMPTIED)) {
            installation.control(tampering);
            List<Diagnostic> findings = findings(installation);
            assertThat(findings)
                    .extracting(Diagnostic::code)
                    .containsExactly(Code.CONTROL_PLANE_OLD, Code.AUDIT_BROKEN);
            assertThat(findings.getLast().detail()).startsWith("host db1 says that there was a row ");
        }
    }

    @Test
    void a_trail_that_was_written_anew_and_is_longer_by_now_is_found_by_its_hash() {
        Anchor before = installation.controlPlane.mark("anchored").anchor();
        installation.control(EMPTIED);
        for (long row = 0; row <= before.sequence(); row++) {
            installation.controlPlane.record("anchored", revealed());
        }
        assertThat(findings(installation))
                .extracting(Diagnostic::detail)
                .last()
                .asString()
                .contains("is another one than host db1 says: the trail was written anew");
    }

    private static AuditEntry revealed() {
        return new AuditEntry(
                "m",
                AuditEntry.Phase.DONE,
                EventNames.CREDENTIALS_REVEALED,
                Installation.request().actor(),
                null,
                ResourceKey.branch("anchored", "main"),
                "",
                new TreeMap<>(),
                new TreeMap<>(),
                "manual",
                "");
    }

    @Test
    void a_control_plane_that_was_made_anew_is_found_by_the_other_ones_mark() {
        try (Installation anew = Installation.of(installation.host.version())) {
            assertThat(findings(anew)).singleElement().satisfies(found -> {
                assertThat(found.code()).isEqualTo(Code.OTHER_CONTROL_PLANE);
                assertThat(found.detail())
                        .contains("host db1", installation.controlPlane.mark("").controlPlane());
            });
        }
    }

    @Test
    void an_organization_sees_nothing_of_another_and_a_host_without_an_anchor_is_told() {
        TrailLook beside = installation.engine.trail(desired("beside", 10), NONE, NOBODY);
        assertThat(beside.findings()).isEmpty();
        assertThat(beside.notices()).singleElement().satisfies(told -> {
            assertThat(told.code()).isEqualTo(Code.NO_ANCHOR);
            assertThat(told.detail()).startsWith("host db1: ");
        });
        installation.admin("axiomdb_lock", "DELETE FROM axiomdb.mark WHERE organization = 'anchored'");
        assertThat(installation.engine.trail(desired(10), NONE, NOBODY).notices())
                .extracting(Diagnostic::detail)
                .containsExactly("host db1: it keeps none of this control plane");
    }

    @Test
    void anchors_that_were_kept_elsewhere_are_compared_as_well() {
        Anchor ahead = new Anchor(1000, "ab".repeat(32));
        assertThat(installation
                        .engine
                        .trail(desired(10), new TreeMap<>(Map.of("last-apply.json", ahead)), NOBODY)
                        .findings())
                .extracting(Diagnostic::detail)
                .singleElement()
                .asString()
                .startsWith("last-apply.json says");
    }

    @Test
    void a_host_that_knows_a_later_apply_is_a_finding_as_it_is_in_a_plan() {
        installation.admin("axiomdb_lock", "UPDATE axiomdb.mark SET apply = 9 WHERE organization = 'anchored'");
        assertThat(findings(installation)).singleElement().satisfies(found -> {
            assertThat(found.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
            assertThat(found.detail()).startsWith("host db1 knows apply 9 ");
        });
    }

    @Test
    void each_place_of_a_host_is_compared_and_not_the_farthest_alone() {
        Mark mark = installation.controlPlane.mark("anchored");
        installation.files.keep("db1", "anchored", new Mark(mark.controlPlane(), 1, new Anchor(2, "ab".repeat(32))));
        assertThat(installation
                        .engine
                        .trail(desired("anchored", 10, ON_MACHINE), NONE, Installation.HOSTS)
                        .findings())
                .last()
                .satisfies(found -> {
                    assertThat(found.code()).isEqualTo(Code.AUDIT_BROKEN);
                    assertThat(found.detail()).startsWith("row 2 is another one than host db1, in its files, says");
                });
    }
}
