package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import java.util.function.Consumer;

/** Encryption may be off only where nothing leaves the machine. */
final class HostEncryption {
    private HostEncryption() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        for (Host host : desired.hosts().values()) {
            boolean far = switch (host.postgres()) {
                case Host.Embedded() -> false;
                case Host.Server server -> !server.isLoopback();
            };
            if (far && host.tls() == Host.Tls.DISABLE) {
                problems.accept(Diagnostic.of(
                        Code.TLS_DISABLED,
                        host.origin().of("tls"),
                        host.ssh() == null
                                ? host.name() + " is reached over a network"
                                : "from the machine on, the PostgreSQL of " + host.name()
                                        + " is reached over a network",
                        host.ssh() == null
                                ? "write tls: required or tls: verify-full, or leave it out"
                                : "write tls: required, or log in to the machine that PostgreSQL runs on"));
            }
        }
    }
}
