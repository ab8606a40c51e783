package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import io.axiomdb.load.Loader;
import io.axiomdb.registry.Registry;
import io.axiomdb.testing.TextSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A rule that has expired, and a host on which somebody has closed a door by hand. */
class DueTest {
    private static final ResourceKey OLD_RULE = ResourceKey.networkRule("shop", "old");
    private static final AccessObservation.Certificate NONE =
            new AccessObservation.Certificate("request", null, null, null);

    @Test
    void what_has_expired_goes_where_the_host_is_as_it_was_left() {
        assertThat(due(false, null).changes()).extracting(Change::resource).containsExactly(OLD_RULE);
    }

    @Test
    void a_door_that_was_closed_by_hand_is_not_opened_because_something_expired() {
        assertThat(all(true, null).changes())
                .as("otherwise the test says nothing")
                .extracting(Change::resource)
                .contains(ResourceKey.hostAccess("db1"), OLD_RULE);
        assertThat(due(true, null).changes()).isEmpty();
        assertThat(due(true, null).blocked())
                .as("and it is told")
                .extracting(Blocked::resource)
                .containsExactly(OLD_RULE);
    }

    @Test
    void nor_because_a_certificate_is_due() {
        Plan due = due(true, NONE);
        assertThat(due.changes()).singleElement().satisfies(change -> {
            assertThat(change.resource().kind()).isEqualTo(Kind.HOST_ACCESS);
            assertThat(change.steps()).singleElement().isInstanceOf(Step.SetCertificate.class);
            assertThat(change.fields()).extracting(FieldChange::subject).containsExactly("certificate");
        });
        assertThat(due.access()).isEmpty();
        assertThat(due.digest()).isNotEqualTo(all(true, NONE).digest());
    }

    private static Plan due(boolean closed, AccessObservation.@Nullable Certificate certificate) {
        return Due.of(all(closed, certificate), Unsure.NOTHING);
    }

    private static Plan all(boolean closed, AccessObservation.@Nullable Certificate certificate) {
        Registry registry = World.applied(shop());
        Desired applied = Planner.applied(registry);
        SortedMap<String, Observation> hosts = World.converged(applied);
        Observation.Seen host = (Observation.Seen) Objects.requireNonNull(hosts.get("db1"));
        AccessObservation.Seen seen = (AccessObservation.Seen) host.access();
        Access access = seen.access();
        Access there = closed
                ? new Access(access.branches(), Collections.emptySortedSet(), Collections.emptySortedSet())
                : access;
        hosts.put(
                "db1",
                host.with(new AccessObservation.Seen(
                        seen.facts(),
                        there,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        seen.endsPooled(),
                        certificate,
                        List.of())));
        return Planner.plan(World.input(applied, registry, hosts));
    }

    private static Desired shop() {
        String yaml = """
                version: 1
                organization: acme
                hosts:
                  db1:
                    postgres: { url: "postgresql://127.0.0.1:5432/postgres" }
                    ssh:
                      address: db1.acme.example
                      key: "file:key"
                      host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                projects:
                  shop:
                    host: db1
                    network:
                      mode: restricted
                      rules:
                        office: { label: O, cidr: 203.0.113.0/24, ports: direct }
                        old: { label: P, cidr: 198.51.100.0/24, ports: direct, expires_at: 2025-12-31T00:00:00Z }
                """;
        return Objects.requireNonNull(
                Loader.load(TextSource.of(yaml), World.NOW).desired());
    }
}
