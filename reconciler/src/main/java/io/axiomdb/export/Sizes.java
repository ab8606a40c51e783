package io.axiomdb.export;

/** Sizes for people. */
final class Sizes {
    private static final long STEP = 1024;
    private static final String UNITS = "kMGTP";

    private Sizes() {}

    /** {@code 7 MiB}, rounded down. */
    static String words(long bytes) {
        long rest = bytes / STEP;
        int unit = 0;
        while (rest >= STEP && unit < UNITS.length() - 1) {
            rest /= STEP;
            unit++;
        }
        return rest + " " + (unit == 0 ? "K" : UNITS.substring(unit, unit + 1)) + "iB";
    }
}
