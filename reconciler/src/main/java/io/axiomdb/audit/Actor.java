package io.axiomdb.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who did it.
 *
 * @param name e-mail address where one is known
 * @param verified whether the identity was proved; never on the command line
 * @param ip where known
 * @param userAgent where known, such as {@code axm/0.1}
 */
public record Actor(
        String name,
        boolean verified,
        @Nullable String ip,
        @Nullable String userAgent) {
    public Actor {
        name = Storable.text(name);
        ip = ip == null ? null : Storable.text(ip);
        userAgent = userAgent == null ? null : Storable.text(userAgent);
    }
}
