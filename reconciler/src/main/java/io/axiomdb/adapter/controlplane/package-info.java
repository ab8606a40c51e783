/**
 * The control plane's PostgreSQL behind the ports ControlPlane, Leases and SecretStore. The only home of Jdbi, Flyway
 * and HikariCP; never sees a key. Start at {@link io.axiomdb.adapter.controlplane.ControlPlaneDatabase}; the tables are
 * in {@code io/axiomdb/controlplane/V1__control_plane.sql}.
 */
@NullMarked
package io.axiomdb.adapter.controlplane;

import org.jspecify.annotations.NullMarked;
