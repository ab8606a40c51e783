package io.axiomdb.registry;

import io.axiomdb.core.Digest;

/**
 * The right to change a host, held by one process at a time.
 *
 * @param epoch grows with each new holder; a host refuses lower ones
 * @param holder who holds it, for people: user, machine, process
 * @param line one random text for all epochs of this lease in this control plane; epochs of different lines can't be
 *     compared, for control planes count on their own
 */
public record Lease(String host, long epoch, String holder, String line) {
    /** The line as hosts know it: 16 hex digits, which fit into a connection's name. */
    public String lineDigits() {
        return Digest.of(line).abbreviated();
    }
}
