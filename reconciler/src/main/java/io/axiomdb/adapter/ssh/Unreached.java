package io.axiomdb.adapter.ssh;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Host.Ssh;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.KeyPair;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.userauth.UserAuthException;
import org.jspecify.annotations.Nullable;

/** Why there is no connection, told so that it can be mended. Pure. */
final class Unreached {
    private Unreached() {}

    /**
     * Of a connection that did not come about.
     *
     * @param seen the host key that was shown, as in known_hosts; null when it did not come so far
     */
    static Diagnostic of(Host host, Ssh ssh, @Nullable String seen, KeyPair key, IOException failure) {
        if (seen != null && !ssh.hostKeys().contains(seen)) {
            return otherKey(host, ssh, seen);
        }
        if (seen != null && isAbout(failure, UserAuthException.class)) {
            String ours = PinnedKeys.fingerprint(PinnedKeys.text(key.getPublic()));
            return diagnostic(
                    host,
                    ssh,
                    Code.HOST_REFUSES,
                    "sshd does not let in \"" + ssh.user() + "\" with the key " + ours + " (" + ssh.key() + ")",
                    "put the public half of that key into authorized_keys of " + ssh.user()
                            + " there; sshd's log on the machine says more");
        }
        return diagnostic(host, ssh, Code.HOST_UNREACHABLE, words(failure), help(host, ssh, failure));
    }

    /** Of a connection that was there. */
    static Diagnostic lost(Host host, Ssh ssh, Throwable failure) {
        return diagnostic(
                host,
                ssh,
                Code.HOST_UNREACHABLE,
                words(failure),
                "check the machine and the network between, then try again");
    }

    private static Diagnostic otherKey(Host host, Ssh ssh, String seen) {
        return diagnostic(
                host,
                ssh,
                Code.HOST_KEY,
                "it shows " + seen.substring(0, seen.indexOf(' ')) + " " + PinnedKeys.fingerprint(seen),
                "somebody may be in between. On the machine's own console, ssh-keygen -lf"
                        + " /etc/ssh/ssh_host_ed25519_key.pub says whether this is its key; only if it is, add it to"
                        + " host_keys: \"" + seen + "\"");
    }

    private static String help(Host host, Ssh ssh, IOException failure) {
        if (isAbout(failure, UnknownHostException.class)) {
            return "check the address; the name is not known here";
        }
        if (isAbout(failure, ConnectException.class) || isAbout(failure, OpenFailException.class)) {
            return "check that sshd runs there and listens on port " + ssh.port();
        }
        if (isAbout(failure, SocketTimeoutException.class)) {
            return "check that the machine is up and that no firewall on the way drops port " + ssh.port();
        }
        boolean jump = isJump(host, ssh);
        return "check sshd on the " + (jump ? "jump host" : "machine") + "; its log says why it hung up";
    }

    private static Diagnostic diagnostic(Host host, Ssh ssh, Code code, String what, String help) {
        boolean jump = isJump(host, ssh);
        Source source = host.origin().of(jump ? "ssh.jump" : "ssh");
        String where = (jump ? "jump host of " : "") + "host " + host.name() + " (" + address(ssh) + "): ";
        return Diagnostic.of(code, source, (jump ? "the " : "") + where + what, help);
    }

    private static boolean isJump(Host host, Ssh ssh) {
        for (Ssh next = host.ssh(); next != null; next = next.jump()) {
            if (ssh.equals(next.jump())) {
                return true;
            }
        }
        return false;
    }

    private static String address(Ssh ssh) {
        return (ssh.address().contains(":") ? "[" + ssh.address() + "]" : ssh.address()) + ":" + ssh.port();
    }

    /** The words of the first cause that has any: the library wraps the network's own. */
    static String words(Throwable failure) {
        String words = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "the name can't be resolved";
            }
            String message = cause.getMessage();
            words = message == null || message.isBlank() ? words : message;
        }
        return words.isEmpty() ? failure.getClass().getSimpleName() : words;
    }

    private static boolean isAbout(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
