package io.axiomdb.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.Leases;
import io.axiomdb.registry.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How leases are kept, lost, and given back. */
class LeaseKeeperTest {
    private final List<String> released = new ArrayList<>();
    private final List<String> renewed = new ArrayList<>();
    private Consumer<Lease> renewal = _ -> {};
    private long nanos;

    /** A control plane that goes away at a moment. */
    private Leases leases(String away) {
        return new Leases() {
            @Override
            public Lease acquire(String host, String holder) {
                return new Lease(host, 1, holder, "line");
            }

            @Override
            public Duration lasting() {
                return Duration.ofSeconds(30);
            }

            @Override
            public void renew(Lease lease) {
                renewed.add(lease.host());
                renewal.accept(lease);
            }

            @Override
            public Lease anew(Lease lease) {
                return new Lease(lease.host(), lease.epoch(), lease.holder(), "another line");
            }

            @Override
            public void release(Lease lease) {
                released.add(lease.host());
                if (lease.host().equals(away)) {
                    throw new IllegalStateException("no answer in 10 s");
                }
            }
        };
    }

    @Test
    void they_are_given_back_in_the_order_opposite_to_that_they_were_taken_in() {
        LeaseKeeper.acquire(leases(""), List.of("b", "a", "c"), "test").close();
        assertThat(released).containsExactly("c", "b", "a");
    }

    @Test
    void a_control_plane_that_is_away_is_waited_for_once_and_not_once_for_each_lease() {
        LeaseKeeper keeper = LeaseKeeper.acquire(leases("b"), List.of("a", "b", "c"), "test");
        assertThatThrownBy(keeper::close).hasMessageContaining("no answer");
        assertThat(released).containsExactly("c", "b");
    }

    private LeaseKeeper keeper() {
        return LeaseKeeper.taken(leases(""), List.of("a", "b"), "test", () -> nanos);
    }

    private void after(int seconds, LeaseKeeper keeper) {
        nanos += Duration.ofSeconds(seconds).toNanos();
        keeper.renewDue();
    }

    @Test
    void on_new_lines_they_are_kept_as_before() {
        try (LeaseKeeper keeper = keeper()) {
            keeper.anew();
            assertThat(keeper.lease("a")).isEqualTo(new Lease("a", 1, "test", "another line"));
            after(10, keeper);
            assertThat(renewed).containsExactly("a", "b");
        }
    }

    @Test
    void one_is_renewed_once_a_third_of_its_time_is_over() {
        try (LeaseKeeper keeper = keeper()) {
            after(9, keeper);
            assertThat(renewed).isEmpty();
            after(1, keeper);
            assertThat(renewed).containsExactly("a", "b");
        }
    }

    @Test
    void a_renewal_that_fails_is_tried_again_and_nothing_is_lost() {
        try (LeaseKeeper keeper = keeper()) {
            renewal = _ -> {
                throw new IllegalStateException("no answer");
            };
            after(10, keeper);
            after(18, keeper);
            assertThat(keeper.lost()).isEmpty();
            renewal = _ -> {};
            after(1, keeper);
            nanos += Duration.ofSeconds(29).toNanos();
            assertThat(keeper.lost()).isEmpty();
        }
    }

    @Test
    void it_is_lost_when_its_time_is_over_also_while_the_control_plane_is_silent() {
        try (LeaseKeeper keeper = keeper()) {
            renewal = _ -> {
                nanos += Duration.ofSeconds(20).toNanos();
                assertThat(keeper.lost())
                        .as("seen by those at work while the renewal waits")
                        .isPresent();
                throw new IllegalStateException("no answer");
            };
            after(10, keeper);
            assertThat(keeper.lost().orElseThrow()).hasMessageContaining("could not be renewed");
            nanos = 0;
            assertThat(keeper.lost()).as("for ever").isPresent();
        }
    }

    @Test
    void it_is_lost_at_once_when_another_holder_is_seen() {
        try (LeaseKeeper keeper = keeper()) {
            renewal = _ -> {
                throw new AxiomException(Diagnostic.of(Code.LEASE_LOST, "ann took it over", ""));
            };
            after(10, keeper);
            assertThat(keeper.lost().orElseThrow()).hasMessageContaining("ann took it over");
        }
    }
}
