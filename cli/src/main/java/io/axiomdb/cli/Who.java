package io.axiomdb.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Who sits at the keyboard, as far as that can be known without proof. */
final class Who {
    private static final long PATIENCE_SECONDS = 5;

    private Who() {}

    /** AXM_ACTOR, Git's user.email, the user of the operating system. */
    static String actor(Map<String, String> environment) {
        String said = environment.getOrDefault("AXM_ACTOR", "");
        return said.isBlank() ? gitEmail().orElseGet(Who::user) : said.strip();
    }

    private static Optional<String> gitEmail() {
        try {
            Process git = new ProcessBuilder("git", "config", "--get", "user.email")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            git.getOutputStream().close();
            String email = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = git.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return ended && git.exitValue() == 0 && !email.isEmpty() ? Optional.of(email) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (IOException e) {
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
