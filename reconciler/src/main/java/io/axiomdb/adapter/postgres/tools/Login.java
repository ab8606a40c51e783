package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a program connects.
 *
 * @param address name or address, an IPv6 address without brackets
 * @param password null for servers that ask for none
 * @param name shown as application_name
 * @param options parameters of the session, as the startup packet carries them
 */
public record Login(
        String address, int port, String user, @Nullable Secret password, Host.Tls tls, String name, String options) {
    /** The first libpq that can be told not to give a password away in clear. */
    private static final int REQUIRES_AUTH_SINCE = 16;

    /**
     * Everything that libpq is told, by variables of its own; nothing of our own environment reaches it.
     *
     * @param major version of the program
     * @param passwords the path of a file
     */
    SortedMap<String, String> environment(int major, String passwords) {
        SortedMap<String, String> variables = new TreeMap<>();
        variables.put("HOME", System.getProperty("user.home"));
        variables.put("LC_ALL", "C");
        variables.put("PGHOST", address);
        variables.put("PGPORT", Integer.toString(port));
        variables.put("PGUSER", user);
        variables.put("PGPASSFILE", passwords);
        variables.put("PGSSLMODE", mode());
        variables.put("PGGSSENCMODE", "disable");
        variables.put("PGREQUIREAUTH", "!password");
        if (major < REQUIRES_AUTH_SINCE && tls == Host.Tls.REQUIRED && password != null) {
            // Older ones give it to whoever asks, and here nothing else proves the server.
            variables.put("PGCHANNELBINDING", "require");
        }
        variables.put("PGCONNECT_TIMEOUT", "10");
        variables.put("PGAPPNAME", name);
        variables.put("PGOPTIONS", options);
        return variables;
    }

    private String mode() {
        return switch (tls) {
            case REQUIRED -> "require";
            case VERIFY_FULL -> "verify-full";
            case DISABLE -> "disable";
        };
    }
}
