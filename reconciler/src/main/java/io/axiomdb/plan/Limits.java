package io.axiomdb.plan;

/** Connection limits in words. */
final class Limits {
    private Limits() {}

    static String words(int limit) {
        return limit < 0 ? "unlimited" : Integer.toString(limit);
    }
}
