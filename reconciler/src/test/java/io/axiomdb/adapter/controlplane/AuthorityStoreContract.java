package io.axiomdb.adapter.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.pki.Authority;
import io.axiomdb.core.Secret;
import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.AuthorityStore.Kept;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store of authorities promises. */
abstract class AuthorityStoreContract {
    private static final Kept FIRST = new Kept(1, "certificate 1", "", Secret.of("key 1\n\u00e9"));
    private static final Kept SECOND = new Kept(2, "certificate 2", "bridge 2", Secret.of("key 2"));

    abstract AuthorityStore store();

    /** The same authorities, seen from another process. */
    abstract AuthorityStore elsewhere();

    @Test
    void nothing_is_kept_before_it_is_made() {
        assertThat(store().kept()).isEmpty();
    }

    @Test
    void what_is_kept_is_read_back_newest_first() {
        assertThat(store().keep(FIRST)).containsExactly(FIRST);
        assertThat(elsewhere().keep(SECOND)).containsExactly(SECOND, FIRST);

        assertThat(store().kept()).containsExactly(SECOND, FIRST);
        assertThat(elsewhere().kept()).containsExactly(SECOND, FIRST);
    }

    @Test
    void the_first_of_a_number_stays() {
        store().keep(FIRST);

        assertThat(elsewhere().keep(new Kept(1, "late", "", Secret.of("late")))).containsExactly(FIRST);
    }

    @Test
    void no_number_is_left_out() {
        assertThatThrownBy(() -> store().keep(SECOND)).isInstanceOf(IllegalArgumentException.class);
        assertThat(store().kept()).isEmpty();
    }

    @Test
    void authorities_that_begin_at_once_make_one() throws Exception {
        List<Authority> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(new Authority(i % 2 == 0 ? store() : elsewhere(), Instant::now, new SecureRandom()));
        }
        CyclicBarrier start = new CyclicBarrier(all.size());
        List<String> certificates = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
            List<Future<String>> running = all.stream()
                    .map(authority -> threads.submit(() -> {
                        start.await();
                        return made(authority);
                    }))
                    .toList();
            for (Future<String> one : running) {
                certificates.add(one.get());
            }
        }

        assertThat(certificates).containsOnly(certificates.getFirst());
        assertThat(store().kept()).hasSize(1);
        assertThat(store().kept().getFirst().certificate()).isEqualTo(certificates.getFirst());
    }

    /** What clients trust, made if need be. */
    private static String made(Authority authority) {
        authority.ready();
        return authority.certificate();
    }
}
