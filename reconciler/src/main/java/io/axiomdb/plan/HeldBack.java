package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.Locale;

/**
 * Drift that apply leaves alone until somebody names it: a password changed outside, a privilege that was taken away.
 *
 * @param flag what to say, such as {@code --repair password:shop/main}
 */
public record HeldBack(ResourceKey resource, String host, List<FieldChange> fields, Repair repair, String reason) {
    public HeldBack {
        fields = List.copyOf(fields);
    }

    public String flag() {
        return "--repair " + repair.word() + ":" + resource.path();
    }

    /**
     * A {@code --repair} flag.
     *
     * @param path of the branch, such as {@code shop/main}
     */
    public record Named(Repair repair, String path) {}

    /** Kinds of drift that are repaired only when named. */
    public enum Repair {
        PASSWORD,
        PRIVILEGES,
        /** A database is gone: a new one would be empty. */
        DATABASE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
