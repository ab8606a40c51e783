package io.axiomdb.desired;

import io.axiomdb.core.Digest;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An SQL script that runs inside a copy before anyone may connect to it: one that masks what is in it, or one that looks
 * whether that was done.
 *
 * @param file its path relative to the root file's directory
 * @param text null where only the registry knows of it
 * @param sha256 of the text as UTF-8, in hex
 */
public record Script(String file, @Nullable String text, String sha256) {
    /** The field that names the one that masks. */
    public static final String TRANSFORM = "transform";

    /** The field that names those that look. */
    public static final String ASSERT = "assert";

    /** After the field's name: where the loader puts the text, which the registry never stores. */
    private static final String TEXT = "_text";

    /** After the field's name: the hash of the text, which the registry stores in the place of it. */
    private static final String SHA256 = "_sha256";

    /** The field of the text of a file that {@code field} names. */
    public static String textField(String field, String file) {
        return of(field, file, TEXT);
    }

    /** Whether a field is the hash of a script's text. */
    public static boolean isHash(String field) {
        return field.equals(TRANSFORM + SHA256) || field.startsWith(ASSERT + SHA256 + ".");
    }

    /** Whether a field says what runs in a copy. */
    public static boolean isOfScript(String field) {
        return field.equals(TRANSFORM) || field.equals(ASSERT) || isHash(field);
    }

    /** There is one to transform and there may be many to assert. */
    private static String of(String field, String file, String what) {
        return field.equals(TRANSFORM) ? field + what : field + what + "." + file;
    }

    static @Nullable Script transform(Fields fields) {
        String file = fields.text(TRANSFORM);
        return file == null ? null : of(TRANSFORM, file, fields);
    }

    static SortedMap<String, Script> asserts(Fields fields) {
        SortedMap<String, Script> asserts = new TreeMap<>();
        fields.list(ASSERT).forEach(file -> asserts.put(file, of(ASSERT, file, fields)));
        return asserts;
    }

    private static Script of(String field, String file, Fields fields) {
        String text = fields.text(of(field, file, TEXT));
        return new Script(
                file,
                text,
                text == null
                        ? fields.text(of(field, file, SHA256), "")
                        : Digest.of(text).hex());
    }

    static void write(Fields.Writer writer, @Nullable Script transform, SortedMap<String, Script> asserts) {
        if (transform != null) {
            writer.put(TRANSFORM, transform.file()).put(TRANSFORM + SHA256, transform.sha256());
        }
        writer.list(ASSERT, new TreeSet<>(asserts.keySet()));
        asserts.forEach((file, script) -> writer.put(of(ASSERT, file, SHA256), script.sha256()));
    }
}
