package io.axiomdb.engine;

import org.junit.jupiter.api.Nested;

/** {@link ConvergenceContract} on every supported version of PostgreSQL. */
class ConvergenceTest {
    @Nested
    class OnPostgres14 extends ConvergenceContract {
        OnPostgres14() {
            super(14);
        }
    }

    @Nested
    class OnPostgres15 extends ConvergenceContract {
        OnPostgres15() {
            super(15);
        }
    }

    @Nested
    class OnPostgres16 extends ConvergenceContract {
        OnPostgres16() {
            super(16);
        }
    }

    @Nested
    class OnPostgres17 extends ConvergenceContract {
        OnPostgres17() {
            super(17);
        }
    }

    @Nested
    class OnPostgres18 extends ConvergenceContract {
        OnPostgres18() {
            super(18);
        }
    }
}
