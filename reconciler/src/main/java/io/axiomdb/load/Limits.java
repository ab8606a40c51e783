package io.axiomdb.load;

/** How much of a file is read before it is refused. Far above what people write, far below what hurts. */
final class Limits {
    static final int FILE_BYTES = 256 * 1024;
    static final long ALL_BYTES = 64L * 1024 * 1024;
    static final int DEPTH = 20;
    static final int SCALAR_BYTES = 4 * 1024;
    static final int INTEGER_DIGITS = 10;

    /** Of one kind of problem in one file, where one cause makes thousands. */
    static final int REPEATED = 20;

    private Limits() {}
}
