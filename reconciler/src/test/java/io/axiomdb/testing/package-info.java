/** Throw-away PostgreSQL servers for tests. Start at {@link io.axiomdb.testing.Servers}. */
@NullMarked
package io.axiomdb.testing;

import org.jspecify.annotations.NullMarked;
