package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.SecretRef;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server and how clients reach it.
 *
 * @param publicEndpoint the host name in printed URLs; the server's own address when none is declared
 * @param directPort the port of PostgreSQL in printed URLs
 * @param runtimePort the port of the pooler; null without a pooler, and then runtime URLs use the direct port
 */
public record Host(
        String name,
        Postgres postgres,
        @Nullable String publicEndpoint,
        @Nullable Integer directPort,
        @Nullable Integer runtimePort,
        Tls tls,
        Origin origin) {

    /** How AxiomDB itself reaches PostgreSQL. */
    public sealed interface Postgres {}

    /** The PostgreSQL that AxiomDB brings along and keeps in its own data directory. */
    public record Embedded() implements Postgres {}

    /**
     * A server that is already there.
     *
     * @param address name or address, an IPv6 address without brackets
     * @param database the database to connect to first
     * @param user a superuser
     * @param password where its password is; null for servers that ask for none (peer, certificate)
     */
    public record Server(
            String address,
            int port,
            String database,
            String user,
            @Nullable SecretRef password) implements Postgres {}

    /** How connections are encrypted. {@code DISABLE} is accepted for loopback addresses alone. */
    public enum Tls {
        REQUIRED,
        VERIFY_FULL,
        DISABLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Tls of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /** {@code postgres} is the word {@code embedded}, or the fields of a server below {@code postgres.}. */
    public static Host of(String name, Fields fields) {
        boolean embedded = "embedded".equals(fields.text("postgres"));
        return new Host(
                name,
                embedded ? new Embedded() : server(fields),
                fields.text("public_endpoint"),
                fields.number("ports.direct"),
                fields.number("ports.runtime"),
                Tls.of(fields.text("tls", embedded ? "disable" : "required")),
                fields.origin());
    }

    private static Server server(Fields fields) {
        String password = fields.text("postgres.password");
        return new Server(
                fields.text("postgres.address", "localhost"),
                fields.number("postgres.port", 5432),
                fields.text("postgres.database", "postgres"),
                fields.text("postgres.user", "postgres"),
                password == null ? null : SecretRef.parse(password).orElseThrow());
    }

    public SortedMap<String, String> fields() {
        Fields.Writer writer = new Fields.Writer()
                .put("public_endpoint", publicEndpoint)
                .put("ports.direct", directPort)
                .put("ports.runtime", runtimePort)
                .put("tls", tls.word());
        switch (postgres) {
            case Embedded() -> writer.put("postgres", "embedded");
            case Server server ->
                writer.put("postgres.address", server.address())
                        .put("postgres.port", server.port())
                        .put("postgres.database", server.database())
                        .put("postgres.user", server.user())
                        .put("postgres.password", server.password());
        }
        return writer.done();
    }
}
