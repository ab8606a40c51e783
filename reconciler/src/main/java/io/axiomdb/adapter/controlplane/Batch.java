package io.axiomdb.adapter.controlplane;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Performs writes in order. Neighbours with the same statement become one statement with one parameter, so that a
 * hundred rows cost one round trip and one plan.
 */
final class Batch {
    private final Handle handle;
    private final List<Map<String, ?>> rows = new ArrayList<>();
    private final Set<Object> targets = new HashSet<>();
    private String sql = "";
    private int touched;

    private Batch(Handle handle) {
        this.handle = handle;
    }

    /** Performs them all and counts the rows that were touched. */
    static int run(Handle handle, Iterable<Write> writes) {
        Batch batch = new Batch(handle);
        writes.forEach(batch::add);
        batch.flush();
        return batch.touched;
    }

    private void add(Write write) {
        if (!sql.equals(write.sql()) || targets.contains(write.target())) {
            flush();
        }
        sql = write.sql();
        rows.add(write.row());
        targets.add(write.target());
    }

    private void flush() {
        if (!rows.isEmpty()) {
            touched += handle.createUpdate(sql).bind("rows", Json.rows(rows)).execute();
            rows.clear();
            targets.clear();
        }
    }
}
