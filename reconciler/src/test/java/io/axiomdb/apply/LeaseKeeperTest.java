package io.axiomdb.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.port.Leases;
import io.axiomdb.registry.Lease;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How leases are given back. */
class LeaseKeeperTest {
    private final List<String> released = new ArrayList<>();

    /** A control plane that goes away at a moment. */
    private Leases leases(String away) {
        return new Leases() {
            @Override
            public Lease acquire(String host, String holder) {
                return new Lease(host, 1, holder, "line");
            }

            @Override
            public void renew(Lease lease) {}

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
}
