package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import java.util.function.Consumer;

/** A server that asks for no password gets none, and has to be proved by something else. */
final class HostPasswords {
    private HostPasswords() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        for (Host host : desired.hosts().values()) {
            if (host.postgres() instanceof Host.Server server && server.auth() == Host.Auth.NONE) {
                check(host, server, problems);
            }
        }
    }

    private static void check(Host host, Host.Server server, Consumer<Diagnostic> problems) {
        if (server.password() != null) {
            problems.accept(Diagnostic.of(
                    Code.PASSWORD_UNUSED,
                    host.origin().of("postgres.password"),
                    "host " + host.name() + " has auth: none, which sends no password",
                    "take out password, or take out auth: a server that has the password proves itself by SCRAM"));
        }
        boolean verified = host.ssh() == null && host.tls() == Host.Tls.VERIFY_FULL;
        if (!verified && !server.isLoopback()) {
            problems.accept(
                    Diagnostic.of(
                            Code.AUTH_NONE_FAR,
                            host.origin().of("postgres.auth"),
                            host.ssh() == null
                                    ? "host " + host.name()
                                            + " is reached over a network, and auth: none leaves it to TLS to prove it"
                                    : "from the machine on, the PostgreSQL of " + host.name()
                                            + " is reached over a network, where SSH proves nothing",
                            host.ssh() == null
                                    ? "write tls: verify-full, add ssh, or give it a password and take out auth"
                                    : "log in to the machine that PostgreSQL runs on, or give it a password and take out auth"));
        }
    }
}
