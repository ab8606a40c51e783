/**
 * PostgreSQL's own programs on this machine: finding them ({@link io.axiomdb.adapter.postgres.tools.ClientTools}) and
 * copying a database with them ({@link io.axiomdb.adapter.postgres.tools.PipedCopy}). No secret is an argument of theirs,
 * in their environment, or in a file that has a name.
 */
@NullMarked
package io.axiomdb.adapter.postgres.tools;

import org.jspecify.annotations.NullMarked;
