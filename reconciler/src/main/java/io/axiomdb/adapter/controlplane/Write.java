package io.axiomdb.adapter.controlplane;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen to one row.
 *
 * @param sql a statement for many rows, which it takes as the JSON array {@code :rows}
 * @param row its values
 * @param target two writes to the same target must not share a statement
 */
record Write(String sql, Map<String, @Nullable Object> row, Object target) {}
