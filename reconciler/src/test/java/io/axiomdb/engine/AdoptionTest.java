package io.axiomdb.engine;

import org.junit.jupiter.api.Nested;

/** {@link AdoptionContract} on servers before and after public belonged to the database's owner, and on the newest. */
class AdoptionTest {
    @Nested
    class OnPostgres14 extends AdoptionContract {
        OnPostgres14() {
            super(14);
        }
    }

    @Nested
    class OnPostgres15 extends AdoptionContract {
        OnPostgres15() {
            super(15);
        }
    }

    @Nested
    class OnPostgres18 extends AdoptionContract {
        OnPostgres18() {
            super(18);
        }
    }
}
