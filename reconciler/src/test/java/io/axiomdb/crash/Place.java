package io.axiomdb.crash;

/**
 * A call of an apply to the outside: a step of a change, or something it asks of the control plane or of a host.
 *
 * @param kind the step's class, or the port's method
 * @param last whether it is the last step of its change: with it the change is made
 * @param label what tells it from all others of the same apply, and is the same in each run
 */
public record Place(String kind, boolean last, String label) implements Comparable<Place> {
    /** What is no step. */
    static Place of(String kind, String label) {
        return new Place(kind, false, label);
    }

    @Override
    public int compareTo(Place other) {
        return label.compareTo(other.label);
    }

    @Override
    public String toString() {
        return label;
    }
}
