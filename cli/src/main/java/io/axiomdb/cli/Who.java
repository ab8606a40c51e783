package io.axiomdb.cli;

import io.axiomdb.adapter.git.GitProgram;
import io.axiomdb.core.AxiomException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Who sits at the keyboard, as far as that can be known without proof. */
final class Who {
    private Who() {}

    /** AXM_ACTOR, Git's user.email, the user of the operating system. */
    static String actor(Map<String, String> environment) {
        String said = environment.getOrDefault("AXM_ACTOR", "");
        return said.isBlank() ? gitEmail(environment).orElseGet(Who::user) : said.strip();
    }

    private static Optional<String> gitEmail(Map<String, String> environment) {
        try {
            return new GitProgram(environment, new TreeSet<>()).email(Path.of(""));
        } catch (AxiomException e) {
            // No Git on this machine: the next best answer will do.
            return Optional.empty();
        }
    }

    /** User, machine and process, for those who find a lease taken. */
    static String holder() {
        return user() + "@" + machine() + ", process " + ProcessHandle.current().pid();
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown machine";
        }
    }

    private static String user() {
        return System.getProperty("user.name", "unknown");
    }
}
