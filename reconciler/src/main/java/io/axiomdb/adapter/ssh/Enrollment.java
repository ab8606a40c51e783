package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.ssh.Command.Lost;
import io.axiomdb.adapter.ssh.Command.Reply;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Installs the host helper on a machine, or another version of it. May be repeated. */
public final class Enrollment {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern LOGIN = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

    /** Takes the program from standard input, and lets it install itself for the login, PostgreSQL's port and the pooler's, if there is to be one. */
    private static final String SCRIPT = "set -e; umask 077; new=$(mktemp /usr/local/sbin/.axm-host.XXXXXX);"
            + " trap \"rm -f $new\" EXIT; cat > $new; chmod 700 $new; $new install $*";

    private final Machines machines;

    public Enrollment(Machines machines) {
        this.machines = machines;
    }

    /**
     * Installs it for the login that the file names.
     *
     * @param as who logs in to do it: root, or a user that sudo lets do anything without a password; null for the
     *     login itself
     * @return what was done
     * @throws AxiomException HOST_NOT_ENROLLED with the machine's own words, or why it could not be reached
     */
    public List<Check> enroll(Host host, @Nullable String as) {
        if (!(host.postgres() instanceof Host.Server server)) {
            throw new IllegalArgumentException("host " + host.name() + " has no server of its own");
        }
        String login = Objects.requireNonNull(host.ssh(), host.name()).user();
        String by = as == null ? login : as;
        try (Link link = machines.fresh(host, checked(by))) {
            String pooler = host.runtimePort() == null ? "" : " " + host.runtimePort();
            String shell = "sh -c '" + SCRIPT + "' axm-host " + checked(login) + " " + server.port() + pooler;
            boolean root = Command.run(link, "id -u", new byte[0], PATIENCE)
                    .out()
                    .strip()
                    .equals("0");
            Reply reply = Command.run(link, root ? shell : "sudo -n " + shell, HelperProgram.packed(), PATIENCE);
            if (reply.exit() != 0) {
                throw new AxiomException(refused(host, by, reply));
            }
            List<Check> done = new ArrayList<>();
            reply.out().lines().forEach(line -> done.add(Check.ok("installed", HostCall.firstLine(line))));
            return done;
        } catch (Lost e) {
            throw new AxiomException(
                    HostCall.diagnostic(
                            host,
                            Code.HOST_UNREACHABLE,
                            "the connection ended while the host helper was installed: " + e.words(),
                            "enroll again: what is half there is made whole"),
                    e);
        }
    }

    /** The version that this axm brings. */
    public static String version() {
        return HelperProgram.version();
    }

    private static Diagnostic refused(Host host, String by, Reply reply) {
        List<String> lines = reply.err().lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty() || lines.getFirst().startsWith("sudo:")) {
            return HostCall.diagnostic(
                    host,
                    Code.HOST_NOT_ENROLLED,
                    "\"" + by + "\" can't become root there: "
                            + (lines.isEmpty() ? "exit code " + reply.exit() : HostCall.firstLine(lines.getFirst())),
                    "log in as root once: axm host enroll " + host.name()
                            + " --as root (or as anybody whom sudo asks for no password)");
        }
        boolean told = lines.size() > 1;
        return HostCall.diagnostic(
                host,
                Code.HOST_NOT_ENROLLED,
                HostCall.firstLine(told ? lines.get(lines.size() - 2) : lines.getLast()),
                told ? HostCall.firstLine(lines.getLast()) : "mend that, then enroll again");
    }

    /** It becomes a word of a shell's command. */
    private static String checked(String login) {
        if (!LOGIN.matcher(login).matches()) {
            throw new AxiomException(Diagnostic.of(
                    Code.BAD_VALUE,
                    "\"" + login + "\" is no user of a machine",
                    "lower-case letters, digits, _ and -, starting with a letter or _"));
        }
        return login;
    }
}
