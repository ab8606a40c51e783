package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConditionsTest {
    @Test
    void a_condition_has_its_name_and_what_is_none_its_class_at_most() {
        assertThat(Conditions.name("22P02")).isEqualTo("invalid_text_representation");
        assertThat(Conditions.name("57014")).isEqualTo("query_canceled");
        assertThat(Conditions.name("22BOB")).isEqualTo("class 22, data_exception");
        assertThat(Conditions.name("P0BOB")).isEqualTo("class P0, plpgsql_error");
        for (String none : new String[] {"BOBBY", "10BOB", "", "2"}) {
            assertThat(Conditions.isKnown(none)).isFalse();
            assertThat(Conditions.name(none)).isEqualTo("an SQLSTATE that is not PostgreSQL's");
        }
    }
}
