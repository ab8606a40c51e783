package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.login.Login;
import io.axiomdb.port.SecretResolver;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect, and as whom.
 *
 * @param address name or address, an IPv6 address without brackets
 * @param database the maintenance database
 * @param password null for servers that ask for none
 * @param auth how the server may ask for the password
 */
public record Target(
        String address,
        int port,
        String database,
        String user,
        @Nullable Secret password,
        Host.Auth auth,
        Host.Tls tls) {

    /** A server that may ask by SCRAM alone. */
    public Target(String address, int port, String database, String user, @Nullable Secret password, Host.Tls tls) {
        this(address, port, database, user, password, Host.Auth.SCRAM, tls);
    }

    /**
     * How declared hosts are reached.
     *
     * @param embedded the server that AxiomDB brings along; asked for only when a host is one
     * @param tunnels the port on 127.0.0.1 that leads to a server; asked for only when its host has {@code ssh}
     */
    public static Function<Host, Target> of(
            SecretResolver secrets, Supplier<Target> embedded, ToIntBiFunction<Host, Host.Server> tunnels) {
        return host -> switch (host.postgres()) {
            case Host.Embedded() -> embedded.get();
            case Host.Server server ->
                new Target(
                        host.ssh() == null ? server.address() : "127.0.0.1",
                        host.ssh() == null ? server.port() : tunnels.applyAsInt(host, server),
                        server.database(),
                        server.user(),
                        server.password() == null ? null : secrets.resolve(server.password()),
                        server.auth(),
                        host.ssh() == null ? host.tls() : throughTunnel(host.tls()));
        };
    }

    /** The same server, as a login that we gave a verifier: no md5 is needed for it. */
    Target as(String login, Secret secret) {
        Host.Auth proof = auth == Host.Auth.NONE ? auth : Host.Auth.SCRAM;
        return new Target(address, port, database, login, secret, proof, tls);
    }

    /** To one of its databases, through the door. */
    Login login(String into) {
        String mode = switch (tls) {
            case REQUIRED -> "require";
            case VERIFY_FULL -> "verify-full";
            case DISABLE -> "disable";
        };
        return new Login(address, port, into, user, password, auth, mode, null);
    }

    /** The machine is proved by its SSH key; its certificate names the machine, not this end of the tunnel. */
    private static Host.Tls throughTunnel(Host.Tls tls) {
        return switch (tls) {
            case DISABLE -> Host.Tls.DISABLE;
            case REQUIRED, VERIFY_FULL -> Host.Tls.REQUIRED;
        };
    }
}
