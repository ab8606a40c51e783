package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
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
 */
public record Target(
        String address,
        int port,
        String database,
        String user,
        @Nullable Secret password,
        Host.Tls tls) {

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
                        host.ssh() == null ? host.tls() : throughTunnel(host.tls()));
        };
    }

    /** The machine is proved by its SSH key; its certificate names the machine, not this end of the tunnel. */
    private static Host.Tls throughTunnel(Host.Tls tls) {
        return switch (tls) {
            case DISABLE -> Host.Tls.DISABLE;
            case REQUIRED, VERIFY_FULL -> Host.Tls.REQUIRED;
        };
    }
}
