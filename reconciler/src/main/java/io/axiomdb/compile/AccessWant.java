package io.axiomdb.compile;

import io.axiomdb.core.Sorted;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * Who should reach the branches of one host, with its provenance.
 *
 * @param host name of the host
 * @param branches the branch that each database belongs to
 * @param reasons what asked for each entry, at least one: rules, or the policy whose mode lets the world in. A rule that
 *     others cover for as long asks for nothing.
 */
public record AccessWant(
        String host,
        Access access,
        SortedMap<String, ResourceKey> branches,
        SortedMap<Access.Entry, List<Reason>> reasons) {
    public AccessWant {
        branches = Sorted.map(branches);
        reasons = Sorted.map(reasons);
    }

    /** Nobody and nothing. */
    public static AccessWant none(String host) {
        return new AccessWant(host, Access.NONE, Collections.emptySortedMap(), Collections.emptySortedMap());
    }

    /**
     * A rule or policy.
     *
     * @param source where its range or its mode stands
     */
    public record Reason(ResourceKey resource, Source source) implements Comparable<Reason> {
        @Override
        public int compareTo(Reason other) {
            int byResource = resource.compareTo(other.resource);
            return byResource != 0 ? byResource : source.compareTo(other.source);
        }
    }
}
