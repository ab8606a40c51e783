package io.axiomdb.host;

import java.util.Locale;

/**
 * One thing about a host that was looked at, for people.
 *
 * @param what was found, in one line
 * @param mend how to mend it; empty when there is nothing to mend
 */
public record Check(String subject, Status status, String what, String mend) {
    /** How it stands. */
    public enum Status {
        OK,
        /** To be known, and no obstacle. */
        NOTE,
        /** To be mended. */
        BAD;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Check ok(String subject, String what) {
        return new Check(subject, Status.OK, what, "");
    }

    public static Check note(String subject, String what, String mend) {
        return new Check(subject, Status.NOTE, what, mend);
    }

    public static Check bad(String subject, String what, String mend) {
        return new Check(subject, Status.BAD, what, mend);
    }
}
