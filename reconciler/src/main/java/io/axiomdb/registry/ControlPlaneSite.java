package io.axiomdb.registry;

/**
 * Where the control plane keeps its database, and as whom it gets there: nothing may cut it off.
 *
 * @param systemIdentifier of its PostgreSQL cluster, an unsigned 64-bit number as text; empty when it may not be read
 * @param loopback whether it is reached without a network that a firewall could close
 */
public record ControlPlaneSite(String systemIdentifier, String database, String user, boolean loopback) {}
