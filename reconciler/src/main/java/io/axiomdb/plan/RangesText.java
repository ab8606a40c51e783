package io.axiomdb.plan;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Digest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Ranges of addresses in one line. Long lists are cut to what differs, so that a small change stays a short one. Pure. */
final class RangesText {
    private static final int SHORT = 8;
    private static final int HASH_DIGITS = 8;

    private RangesText() {}

    static String range(Cidr cidr, @Nullable Instant until) {
        return cidr + (until == null ? "" : " until " + until);
    }

    /** One side of a difference. What is left out is hashed, so that no two lists have the same text. */
    static <T> String of(Collection<T> side, Collection<T> other, Function<T, String> text) {
        if (side.size() <= SHORT) {
            return joined(side, text);
        }
        List<T> only = side.stream().filter(one -> !other.contains(one)).toList();
        String number = side.size() + " ranges";
        if (only.size() <= SHORT) {
            return number + (only.isEmpty() ? "" : ", among them " + joined(only, text)) + hash(side, text);
        }
        return number + ", among them " + joined(only.subList(0, SHORT), text) + hash(side, text);
    }

    private static <T> String hash(Collection<T> side, Function<T, String> text) {
        return " (#" + Digest.of(joined(side, text)).hex().substring(0, HASH_DIGITS) + ")";
    }

    private static <T> String joined(Collection<T> all, Function<T, String> text) {
        return all.stream().map(text).collect(Collectors.joining(", "));
    }
}
