/**
 * The PostgreSQL that AxiomDB brings along: unpacks its binaries, makes a cluster, starts and stops it. Nothing here
 * speaks SQL. Start at {@link io.axiomdb.adapter.embedded.EmbeddedServer}.
 */
@NullMarked
package io.axiomdb.adapter.embedded;

import org.jspecify.annotations.NullMarked;
