package io.axiomdb.adapter.controlplane;

import javax.sql.DataSource;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/** Runs work in a transaction and tells failures so that they can be mended. */
final class Transactions {
    private final Jdbi jdbi;
    private final JdbcTarget target;

    Transactions(DataSource source, JdbcTarget target) {
        this.jdbi = Jdbi.create(source);
        this.target = target;
    }

    /** All or nothing, and durable before it returns. */
    <T> T write(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (RuntimeException e) {
            throw Failures.told(e, target);
        }
    }

    /** Everything as it was at one moment. */
    <T> T snapshot(HandleCallback<T, RuntimeException> work) {
        return write(handle -> {
            handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            return work.withHandle(handle);
        });
    }
}
