package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.login.Gate;
import java.io.IOException;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A program's way in, open until closed. */
final class Entry implements AutoCloseable {
    private final PasswordFile passwords;
    private final @Nullable Gate gate;
    private final SortedMap<String, String> environment;

    private Entry(PasswordFile passwords, @Nullable Gate gate, SortedMap<String, String> environment) {
        this.passwords = passwords;
        this.gate = gate;
        this.environment = environment;
    }

    /** @param major version of the program */
    static Entry of(ToolLogin login, int major) throws IOException {
        PasswordFile passwords = PasswordFile.of(login.login().password());
        try {
            Gate gate = login.isGullible(major) ? Gate.to(login.login()) : null;
            ToolLogin way = gate == null ? login : new ToolLogin(gate.login(), login.name(), login.options());
            return new Entry(passwords, gate, way.environment(major, passwords.path()));
        } catch (IOException e) {
            passwords.close();
            throw e;
        }
    }

    SortedMap<String, String> environment() {
        return environment;
    }

    @Override
    public void close() throws IOException {
        try (passwords) {
            if (gate != null) {
                gate.close();
            }
        }
    }
}
