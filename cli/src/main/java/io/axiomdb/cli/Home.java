package io.axiomdb.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where axm keeps what it keeps on this machine. */
final class Home {
    private Home() {}

    /** AXM_HOME, or axiomdb in the XDG data directory. */
    static Path of(Map<String, String> environment) {
        String said = environment.getOrDefault("AXM_HOME", "");
        if (!said.isBlank()) {
            return Path.of(said).toAbsolutePath();
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        // The XDG specification wants relative paths ignored.
        Path base = data.startsWith("/") ? Path.of(data) : Path.of(System.getProperty("user.home"), ".local", "share");
        return base.resolve("axiomdb");
    }
}
