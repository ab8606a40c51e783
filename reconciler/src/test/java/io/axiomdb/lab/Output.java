package io.axiomdb.lab;

/** What a program said on its two streams, and its exit code. */
public record Output(int code, String out, String error) {
    /**
     * The standard output of a program that went well.
     *
     * @throws AssertionError with all it said, when it did not
     */
    public String ok() {
        if (code != 0) {
            throw new AssertionError("exit code " + code + ":\n" + text());
        }
        return out;
    }

    /** Both streams, standard output first. */
    public String text() {
        return out + error;
    }
}
