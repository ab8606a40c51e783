package io.axiomdb.adapter.controlplane;

import java.util.Map;

/** A statement and its values. */
record Write(String sql, Map<String, Object> values) {}
