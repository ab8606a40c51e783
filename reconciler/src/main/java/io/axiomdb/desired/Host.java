package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.SecretRef;
import io.axiomdb.core.Sorted;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server and how clients reach it.
 *
 * @param ssh how the machine itself is reached; null when AxiomDB manages PostgreSQL alone, and then no network policy is
 *     enforced there
 * @param firewall which firewall of the machine carries the rules
 * @param certificate what the server shows to clients; without {@code ssh} nobody's business
 * @param publicEndpoint the host name in printed URLs; the server's own address when none is declared
 * @param directPort the port of PostgreSQL in printed URLs
 * @param runtimePort the port of the pooler; null without a pooler, and then runtime URLs use the direct port
 */
public record Host(
        String name,
        Postgres postgres,
        @Nullable Ssh ssh,
        Firewall firewall,
        Certificate certificate,
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
     * @param password where its password is; null for servers that ask for none
     * @param auth how the server may ask for it
     */
    public record Server(
            String address,
            int port,
            String database,
            String user,
            @Nullable SecretRef password,
            Auth auth) implements Postgres {
        /** One that may ask by SCRAM alone. */
        public Server(String address, int port, String database, String user, @Nullable SecretRef password) {
            this(address, port, database, user, password, Auth.SCRAM);
        }

        /** The address is canonical. A name other than localhost may resolve to anything. */
        public boolean isLoopback() {
            return address.equals("localhost") || address.equals("::1") || address.matches("127(\\.[0-9]{1,3}){3}");
        }
    }

    /** How a server may ask for the administrator's password. Whoever asks otherwise is not that server. */
    public enum Auth {
        /** It has to prove that it knows the password, and learns nothing that helps to guess it. */
        SCRAM,
        /** It gets what a weak password can be guessed from. */
        MD5,
        /** No password is sent: trust, cert or ident. */
        NONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A login on a machine.
     *
     * @param address name or address, an IPv6 address without brackets
     * @param key where the private key is
     * @param hostKeys the machine's public keys as in known_hosts, such as {@code ssh-ed25519 AAAA...}; no other is accepted
     * @param jump the machine to go through; null for none
     */
    public record Ssh(
            String address,
            int port,
            String user,
            SecretRef key,
            SortedSet<String> hostKeys,
            @Nullable Ssh jump) {
        public Ssh {
            hostKeys = Sorted.set(hostKeys);
        }
    }

    /** What filters packets on the machine. */
    public enum Firewall {
        UFW,
        /** Someone else does, or nobody: PostgreSQL and the pooler alone decide. */
        NONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where the server's certificate comes from. */
    public sealed interface Certificate {
        /** AxiomDB's own authority signs one for a key that is made on the machine, and renews it. */
        record Issued() implements Certificate {}

        /** Files that are on the machine and that somebody else renews. */
        record Files(String certificate, String key) implements Certificate {}
    }

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
                ssh("ssh.", fields),
                Firewall.valueOf(fields.text("firewall", "ufw").toUpperCase(Locale.ROOT)),
                certificate(fields),
                fields.text("public_endpoint"),
                fields.number("ports.direct"),
                fields.number("ports.runtime"),
                Tls.of(fields.text("tls", embedded || fields.text("ssh.address") != null ? "disable" : "required")),
                fields.origin());
    }

    /** Of the server that AxiomDB keeps by itself nothing is chosen by a file. */
    public Auth auth() {
        return switch (postgres) {
            case Embedded() -> Auth.SCRAM;
            case Server server -> server.auth();
        };
    }

    private static Server server(Fields fields) {
        String password = fields.text("postgres.password");
        return new Server(
                fields.text("postgres.address", "localhost"),
                fields.number("postgres.port", 5432),
                fields.text("postgres.database", "postgres"),
                fields.text("postgres.user", "postgres"),
                password == null ? null : SecretRef.parse(password).orElseThrow(),
                Auth.valueOf(fields.text("postgres.auth", "scram").toUpperCase(Locale.ROOT)));
    }

    /** Null also when a part of it was refused. */
    private static @Nullable Ssh ssh(String prefix, Fields fields) {
        String address = fields.text(prefix + "address");
        String key = fields.text(prefix + "key");
        return address == null || key == null
                ? null
                : new Ssh(
                        address,
                        fields.number(prefix + "port", 22),
                        fields.text(prefix + "user", "axiomdb"),
                        SecretRef.parse(key).orElseThrow(),
                        fields.list(prefix + "host_keys"),
                        ssh(prefix + "jump.", fields));
    }

    private static Certificate certificate(Fields fields) {
        String file = fields.text("certificate.file");
        return file == null
                ? new Certificate.Issued()
                : new Certificate.Files(file, fields.text("certificate.key_file", ""));
    }

    public SortedMap<String, String> fields() {
        Fields.Writer writer = new Fields.Writer()
                .put("public_endpoint", publicEndpoint)
                .put("ports.direct", directPort)
                .put("ports.runtime", runtimePort)
                .put("tls", tls.word());
        put("ssh.", ssh, writer);
        if (ssh != null) {
            writer.put("firewall", firewall.word());
        }
        switch (certificate) {
            case Certificate.Issued() -> {}
            case Certificate.Files(String file, String key) ->
                writer.put("certificate.file", file).put("certificate.key_file", key);
        }
        switch (postgres) {
            case Embedded() -> writer.put("postgres", "embedded");
            case Server server ->
                writer.put("postgres.address", server.address())
                        .put("postgres.port", server.port())
                        .put("postgres.database", server.database())
                        .put("postgres.user", server.user())
                        .put("postgres.password", server.password())
                        .put(
                                "postgres.auth",
                                server.auth() == Auth.SCRAM
                                        ? null
                                        : server.auth().word());
        }
        return writer.done();
    }

    private static void put(String prefix, @Nullable Ssh ssh, Fields.Writer writer) {
        if (ssh != null) {
            writer.put(prefix + "address", ssh.address())
                    .put(prefix + "port", ssh.port())
                    .put(prefix + "user", ssh.user())
                    .put(prefix + "key", ssh.key())
                    .list(prefix + "host_keys", ssh.hostKeys());
            put(prefix + "jump.", ssh.jump(), writer);
        }
    }
}
