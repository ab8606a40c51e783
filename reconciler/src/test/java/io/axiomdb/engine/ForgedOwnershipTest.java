package io.axiomdb.engine;

import org.junit.jupiter.api.Nested;

/** {@link ForgedOwnershipContract} on servers where whoever may create roles may comment on any of them, and on the newest. */
class ForgedOwnershipTest {
    @Nested
    class OnPostgres14 extends ForgedOwnershipContract {
        OnPostgres14() {
            super(14);
        }
    }

    @Nested
    class OnPostgres15 extends ForgedOwnershipContract {
        OnPostgres15() {
            super(15);
        }
    }

    @Nested
    class OnPostgres18 extends ForgedOwnershipContract {
        OnPostgres18() {
            super(18);
        }
    }
}
