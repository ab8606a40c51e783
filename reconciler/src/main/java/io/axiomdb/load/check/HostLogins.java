package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/** What needs a login on a machine, and machines that can't be told from others. */
final class HostLogins {
    private static final List<String> OF_THE_MACHINE = List.of("firewall", "certificate.file", "certificate.key_file");

    private HostLogins() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        for (Host host : desired.hosts().values()) {
            // By what was written: a part that was refused is told of already.
            boolean ssh = host.origin().fields().keySet().stream().anyMatch(field -> field.startsWith("ssh."));
            if (!ssh) {
                needless(host, problems);
            } else if (host.postgres() instanceof Host.Embedded) {
                problems.accept(Diagnostic.of(
                        Code.EMBEDDED_SSH,
                        host.origin().of("ssh.address"),
                        "host " + host.name() + " runs beside axm",
                        "take ssh out, or give the address of a server"));
            }
            if (host.ssh() != null) {
                keys(host, "ssh.", host.ssh(), problems);
            }
        }
    }

    private static void needless(Host host, Consumer<Diagnostic> problems) {
        for (String field : OF_THE_MACHINE) {
            if (host.origin().fields().containsKey(field)) {
                problems.accept(Diagnostic.of(
                        Code.NEEDS_SSH,
                        host.origin().of(field),
                        field.replace('.', ' ') + " of host " + host.name(),
                        "add ssh, so that AxiomDB has a login on the machine, or take it out"));
            }
        }
    }

    private static void keys(Host host, String prefix, Host.Ssh ssh, Consumer<Diagnostic> problems) {
        for (String key : ssh.hostKeys()) {
            if (!saysItsType(key)) {
                problems.accept(
                        Diagnostic.of(
                                Code.BAD_HOST_KEY,
                                host.origin().of(prefix + "host_keys." + key),
                                "what follows the type is no such key, or a part of one",
                                "copy it whole from /etc/ssh/ssh_host_ed25519_key.pub of the machine, without the name at its end"));
            }
        }
        if (ssh.jump() != null) {
            keys(host, prefix + "jump.", ssh.jump(), problems);
        }
    }

    /** The key itself begins with the length of its type and the type (RFC 4253), and more follows. */
    private static boolean saysItsType(String key) {
        int blank = key.indexOf(' ');
        byte[] type = key.substring(0, blank).getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] blob = Base64.getDecoder().decode(key.substring(blank + 1));
            int length = Integer.BYTES + type.length;
            return blob.length > length + Integer.BYTES
                    && Arrays.equals(blob, 0, Integer.BYTES, new byte[] {0, 0, 0, (byte) type.length}, 0, Integer.BYTES)
                    && Arrays.equals(blob, Integer.BYTES, length, type, 0, type.length);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
