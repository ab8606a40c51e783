package io.axiomdb.desired;

import io.axiomdb.core.Digest;
import org.jspecify.annotations.Nullable;

/**
 * An SQL script that runs inside a copy before anyone may connect to it, to mask what nobody may see there.
 *
 * @param file its path relative to the root file's directory
 * @param text null where only the registry tells of it
 * @param sha256 of the text as UTF-8, in hex
 */
public record Transform(String file, @Nullable String text, String sha256) {
    /** Fields in which a branch carries it. */
    public static final String FILE = "transform";

    /** The hash of its text, which the registry stores in the place of it. */
    public static final String SHA256 = "transform_sha256";

    /** Where the loader puts the text; the registry never stores it. */
    public static final String TEXT = "transform_text";

    static @Nullable Transform of(Fields fields) {
        String file = fields.text(FILE);
        String text = fields.text(TEXT);
        if (file == null) {
            return null;
        }
        return new Transform(
                file,
                text,
                text == null ? fields.text(SHA256, "") : Digest.of(text).hex());
    }
}
