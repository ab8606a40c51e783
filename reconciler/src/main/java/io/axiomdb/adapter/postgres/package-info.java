/**
 * PostgreSQL servers as hosts, through pgjdbc: looking ({@link io.axiomdb.adapter.postgres.PostgresReader}), changing
 * ({@link io.axiomdb.adapter.postgres.PostgresWriter}) and password verifiers. No decisions about what should be there.
 * Start at {@link io.axiomdb.adapter.postgres.AdminConnections}; what is read is in the .sql files beside the code.
 */
@NullMarked
package io.axiomdb.adapter.postgres;

import org.jspecify.annotations.NullMarked;
