/**
 * The one door through which a secret leaves for a PostgreSQL server, and the only home of the driver's properties. Start at
 * {@link io.axiomdb.login.Door}.
 */
@NullMarked
package io.axiomdb.login;

import org.jspecify.annotations.NullMarked;
