/**
 * Logins on hosts by SSH: the host helper's two calls, and tunnels to PostgreSQL. sshj's only home.
 */
@NullMarked
package io.axiomdb.adapter.ssh;

import org.jspecify.annotations.NullMarked;
