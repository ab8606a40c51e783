package io.axiomdb.core;

import java.util.regex.Pattern;

/**
 * Where the trail ended at some moment: kept outside of its database it proves later that nothing before it was changed or
 * taken out. Says nothing of what is in the trail.
 *
 * @param sequence of its last row; 0 for an empty trail
 * @param hash of that row
 */
public record Anchor(long sequence, String hash) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    public Anchor {
        if (sequence < 0 || !HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("not an anchor of the audit trail");
        }
    }
}
