package io.axiomdb.core;

import java.util.Locale;
import java.util.Optional;

/**
 * Where a secret is to be found; the file holds references, never secrets.
 *
 * @param kind where to look
 * @param name the variable, the path, or the name in the secret store
 */
public record SecretRef(Kind kind, String name) {
    /** The three places a secret may come from. */
    public enum Kind {
        ENV,
        FILE,
        SECRET
    }

    /** Reads {@code env:NAME}, {@code file:path} or {@code secret:name}; empty when the text is none of them. */
    public static Optional<SecretRef> parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || colon == text.length() - 1) {
            return Optional.empty();
        }
        String name = text.substring(colon + 1);
        return switch (text.substring(0, colon)) {
            case "env" -> Optional.of(new SecretRef(Kind.ENV, name));
            case "file" -> Optional.of(new SecretRef(Kind.FILE, name));
            case "secret" -> Optional.of(new SecretRef(Kind.SECRET, name));
            default -> Optional.empty();
        };
    }

    /** As written in the file. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + name;
    }
}
