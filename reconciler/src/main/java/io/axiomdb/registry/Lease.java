package io.axiomdb.registry;

/**
 * The right to change a host, held by one process at a time.
 *
 * @param epoch grows with each new holder; a host refuses lower ones
 * @param holder who holds it, for people: user, machine, process
 */
public record Lease(String host, long epoch, String holder) {}
