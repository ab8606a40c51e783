package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.cli.view.Samples;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Digest;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Planned;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code axm status}; the fake control plane's clock stands at the beginning of 1970. */
class StatusTest {
    private final FakeWorld world = new FakeWorld();

    @BeforeEach
    void something_is_applied() {
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        put(applied, ResourceKey.host("db1"), "postgres", "embedded");
        put(applied, ResourceKey.host("db2"), "postgres", "embedded");
        put(applied, ResourceKey.project("shop"), "host", "db1");
        put(applied, ResourceKey.branch("shop", "main"), "data", "empty");
        put(applied, ResourceKey.branch("shop", "old"), "from", "main", "expires_at", "1969-12-31T00:00:00Z");
        put(applied, ResourceKey.networkPolicy("shop"), "mode", "restricted");
        put(
                applied,
                ResourceKey.networkRule("shop", "ci"),
                "cidr",
                "192.0.2.1/32",
                "expires_at",
                "1970-02-01T00:00:00Z");
        put(
                applied,
                ResourceKey.rotationPolicy("shop"),
                "interval_days",
                "30",
                "target",
                "runtime",
                "auto_rotate",
                "true");
        put(applied, ResourceKey.project("mail"), "host", "db2");
        put(applied, ResourceKey.branch("mail", "main"), "data", "empty");
        put(applied, ResourceKey.rotationPolicy("mail"), "interval_days", "10");
        world.registry = new Registry("acme", true, List.of(), applied, Samples.passwords(applied.keySet()));
        world.since.put(new CredentialKey("shop", "main", RoleKind.OWNER), Instant.parse("1960-01-01T00:00:00Z"));
        world.since.put(new CredentialKey("shop", "main", RoleKind.RW), Instant.parse("1969-12-20T00:00:00Z"));
        world.since.put(new CredentialKey("shop", "main", RoleKind.RO), Instant.parse("1969-12-05T00:00:00Z"));
        world.since.put(new CredentialKey("mail", "main", RoleKind.RW), Instant.parse("1969-12-05T00:00:00Z"));
        world.rows = List.of(
                row(4, "branch.credentials.revealed", Phase.DONE),
                row(3, "branch.created", Phase.FAILED),
                row(2, "branch.created", Phase.DONE),
                row(1, "branch.created", Phase.INTENT));
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"), Samples.seen("db2"));
    }

    @Test
    void it_shows_everything_that_was_applied() {
        assertThat(world.run("status")).as(world.err()).isEqualTo(Exit.OK);
        assertThat(world.out()).isEqualTo("""
                organization acme
                last change  1969-12-02T00:00:00Z by dba@acme.example at 4f2c1ab

                HOST  DRIFT
                db1   no
                db2   no

                BRANCH     PARENT  DATABASE             PROTECTED  EXPIRES               STATE
                mail/main          sq_mail_main         yes                              applied
                shop/main          sq_shop_main         yes                              applied
                shop/old   main    sq_shop_main_br_old             1969-12-31T00:00:00Z  expired

                PROJECT  PASSWORDS CHANGE
                mail     1969-12-15T00:00:00Z  overdue, by hand
                shop     1970-01-04T00:00:00Z  soon

                ENDS BY ITSELF        WHEN
                branch shop/old       1969-12-31T00:00:00Z  expired
                network rule shop/ci  1970-02-01T00:00:00Z
                """);
    }

    @Test
    void a_host_has_drifted_when_something_on_it_differs() {
        world.planned = Samples.planned(Samples.plan(Samples.created()), Samples.seen("db1"), Samples.seen("db2"));
        assertThat(world.run("status")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("db1   yes").contains("db2   no").contains("axm drift");
    }

    @Test
    void a_host_that_can_not_be_reached_is_unknown_and_no_success() {
        Diagnostic why = Diagnostic.of(Code.HOST_UNREACHABLE, "db2", "");
        world.planned = Samples.planned(
                Samples.plan(), Samples.seen("db1"), new Planned.HostLook("db2", 0, Duration.ZERO, why));
        assertThat(world.run("status")).isEqualTo(Exit.ERROR);
        assertThat(world.out())
                .contains("db2   unknown  a host can't be reached")
                .contains("db1   no");
    }

    @Test
    void programs_get_the_same() {
        assertThat(world.run("status", "--output", "json")).isEqualTo(Exit.OK);
        assertThat(world.out())
                .contains("\"format\" : \"axiomdb.status/1\"")
                .contains("\"drift\" : \"no\"")
                .contains("\"due\" : \"1970-01-04T00:00:00Z\"")
                .contains("\"what\" : \"network rule shop/ci\"")
                .contains("\"commit\" : \"4f2c1ab\"");
    }

    private static void put(TreeMap<ResourceKey, Applied> all, ResourceKey key, @Nullable String... fields) {
        TreeMap<String, String> values = new TreeMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            values.put(String.valueOf(fields[i]), String.valueOf(fields[i + 1]));
        }
        all.put(key, new Applied("id", new Fields(values, Origin.UNKNOWN), true, true));
    }

    private static AuditRow row(int sequence, String event, Phase phase) {
        AuditEntry entry = new AuditEntry(
                "m" + sequence,
                phase,
                event,
                new Actor("dba@acme.example", false, null, "axm/test"),
                "4f2c1ab",
                ResourceKey.branch("shop", "main"),
                "db1",
                new TreeMap<>(),
                new TreeMap<>(),
                "manual",
                "");
        Instant at = Instant.parse("1969-12-0" + sequence + "T00:00:00.5Z");
        return new AuditRow(
                sequence, at, "acme", entry, "0".repeat(64), Digest.of(event).hex());
    }
}
