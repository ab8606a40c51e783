package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.login.Login;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a program connects.
 *
 * @param login to a server; its database is the program's argument
 * @param name shown as application_name
 * @param options parameters of the session, as the startup packet carries them
 */
public record ToolLogin(Login login, String name, String options) {
    /** The first libpq that can be told what a server may ask for. */
    private static final int REQUIRES_AUTH_SINCE = 16;

    /** Whether a program of this version would answer whatever it is asked, and nothing in TLS keeps it from that. */
    boolean isGullible(int major) {
        return major < REQUIRES_AUTH_SINCE && login.password() != null && !isEncrypted();
    }

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
        variables.put("PGHOST", login.address());
        variables.put("PGPORT", Integer.toString(login.port()));
        variables.put("PGUSER", login.user());
        variables.put("PGPASSFILE", passwords);
        variables.put("PGSSLMODE", login.sslMode());
        variables.put("PGGSSENCMODE", "disable");
        variables.put("PGREQUIREAUTH", login.requiredAuth());
        boolean old = major < REQUIRES_AUTH_SINCE && login.password() != null && isEncrypted();
        if (old || login.bindsChannel()) {
            // Older ones give it to whoever asks, unless it has to be bound to the channel, which SCRAM alone does.
            variables.put("PGCHANNELBINDING", "require");
        }
        variables.put("PGCONNECT_TIMEOUT", "10");
        variables.put("PGAPPNAME", name);
        variables.put("PGOPTIONS", options);
        return variables;
    }

    private boolean isEncrypted() {
        return !login.sslMode().equals("disable");
    }
}
