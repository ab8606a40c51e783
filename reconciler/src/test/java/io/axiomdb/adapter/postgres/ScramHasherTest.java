package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Secret;
import org.junit.jupiter.api.Test;

class ScramHasherTest {
    @Test
    void a_verifier_has_the_form_that_postgresql_stores_and_never_the_same_salt() {
        Secret first = new ScramHasher().verifier(Secret.of("pencil"));
        Secret second = new ScramHasher().verifier(Secret.of("pencil"));

        assertThat(first.reveal())
                .matches("SCRAM-SHA-256\\$4096:[A-Za-z0-9+/]{22}==\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");
        assertThat(first.reveal()).isNotEqualTo(second.reveal());
    }
}
