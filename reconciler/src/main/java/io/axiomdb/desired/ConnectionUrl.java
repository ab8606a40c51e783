package io.axiomdb.desired;

import io.axiomdb.core.Secret;
import java.nio.charset.StandardCharsets;

/**
 * A connection URL by the specification's contract:
 * {@code postgresql://<role>:<password>@<endpoint>:<port>/<database>?sslmode=require}. Pure.
 *
 * @param role unquoted
 * @param endpoint name or address, an IPv6 address without brackets
 * @param database unquoted
 */
public record ConnectionUrl(String role, String endpoint, int port, String database, Host.Tls tls) {
    private static final String MASK = "****";

    /** With the password in it: for the one who asked for it. */
    public String reveal(Secret password) {
        return text(encode(password.reveal()));
    }

    /** With four stars in place of the password. */
    @Override
    public String toString() {
        return text(MASK);
    }

    private String text(String password) {
        String host = endpoint.indexOf(':') < 0 ? endpoint : "[" + endpoint + "]";
        return "postgresql://" + encode(role) + ":" + password + "@" + host + ":" + port + "/" + encode(database)
                + "?sslmode=" + sslmode();
    }

    private String sslmode() {
        return switch (tls) {
            case REQUIRED -> "require";
            case VERIFY_FULL -> "verify-full";
            case DISABLE -> "disable";
        };
    }

    /** Everything but RFC 3986's unreserved characters becomes {@code %XX} of its UTF-8. */
    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
