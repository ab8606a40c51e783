package io.axiomdb.registry;

/**
 * A database that an apply makes, or made and did not live to give its branch's name.
 *
 * @param name the random name under which it is made, written down before it is
 * @param mutation of which intent it is part
 * @param system the server's system identifier; empty until the number is known
 * @param oid its number; 0 until it was written down
 */
public record BeingMade(String name, String mutation, String system, long oid) {
    /** Digits of the name that nobody can guess. */
    public String digits() {
        return name.substring(name.lastIndexOf('_') + 1);
    }
}
