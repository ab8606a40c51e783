package io.axiomdb.adapter.controlplane;

import java.util.Arrays;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Sends writes in order, those with the same statement together, so that a hundred rows take one round trip. */
final class Batch {
    private final Handle handle;
    private String sql = "";
    private @Nullable PreparedBatch open;
    private int rows;

    private Batch(Handle handle) {
        this.handle = handle;
    }

    /** Runs them all and counts the rows that were touched. */
    static int run(Handle handle, Iterable<Write> writes) {
        Batch batch = new Batch(handle);
        writes.forEach(batch::add);
        batch.flush();
        return batch.rows;
    }

    private void add(Write write) {
        if (open == null || !sql.equals(write.sql())) {
            flush();
            sql = write.sql();
            open = handle.prepareBatch(sql);
        }
        open.add(write.values());
    }

    private void flush() {
        if (open != null) {
            rows += Arrays.stream(open.execute()).sum();
            open.close();
            open = null;
        }
    }
}
