package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ReservedNames;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the control plane's PostgreSQL is and how to log in. Goes to the driver as properties, never as one text.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param password null for servers that ask for none
 * @param sslMode as libpq has it
 * @param sslRootCert path of the certificate to trust; null for the driver's own default
 */
public record JdbcTarget(
        String host,
        int port,
        String database,
        String user,
        @Nullable Secret password,
        String sslMode,
        @Nullable String sslRootCert) {
    private static final Pattern FORM = Pattern.compile("(?:jdbc:)?postgres(?:ql)?://(?:(?<user>[^@/?#\\s]*)@)?"
            + "(?<host>\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::(?<port>[0-9]{1,5}))?"
            + "/(?<database>[^/?#\\s]+)(?:\\?(?<query>[^#\\s]*))?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1");
    private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final SortedSet<String> PARAMETERS = new TreeSet<>(List.of("sslmode", "sslrootcert"));
    private static final String VERIFIED = "verify-full";
    private static final SortedSet<String> MODES =
            new TreeSet<>(List.of("allow", "disable", "prefer", "require", "verify-ca", VERIFIED));
    private static final String HELP =
            "write postgresql://user@host:port/database?sslmode=verify-full, and AXM_CONTROL_PLANE_PASSWORD=env:NAME or file:path";

    /**
     * Reads {@code postgresql://user@host:port/database?sslmode=...}; {@code jdbc:} in front is accepted. Servers elsewhere
     * have to prove by their certificate who they are.
     *
     * @throws AxiomException with BAD_URL or TLS_DISABLED; never quotes what may hold a password
     */
    public static JdbcTarget parse(String url, @Nullable Secret password) {
        Matcher parts = FORM.matcher(url);
        if (!parts.matches()) {
            throw refused("it does not have the form of one");
        }
        String user = parts.group("user");
        if (user == null || user.isEmpty()) {
            throw refused("it names no user");
        }
        if (user.contains(":")) {
            throw refused("it holds a password; AxiomDB takes secrets by reference only");
        }
        SortedMap<String, String> parameters = parameters(parts.group("query"));
        String database = decoded(parts.group("database"));
        if (database.equals(ReservedNames.LOCK_DATABASE)) {
            throw refused("database " + database + " is for what each server knows of itself");
        }
        String host = parts.group("host").replaceAll("[\\[\\]]", "");
        return new JdbcTarget(
                host,
                port(parts.group("port")),
                database,
                decoded(user),
                password,
                sslMode(host, parameters.get("sslmode")),
                parameters.get("sslrootcert"));
    }

    private static int port(@Nullable String text) {
        int port = text == null ? 5432 : Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw refused("its port is not between 1 and 65535");
        }
        return port;
    }

    private static SortedMap<String, String> parameters(@Nullable String query) {
        SortedMap<String, String> parameters = new TreeMap<>();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!PARAMETERS.contains(name)) {
                throw refused("it has a parameter that is not accepted; accepted are " + String.join(", ", PARAMETERS));
            }
            if (equals < 0 || equals == pair.length() - 1) {
                throw refused(name + " has no value");
            }
            if (parameters.put(name, decoded(pair.substring(equals + 1))) != null) {
                throw refused(name + " is there twice");
            }
        }
        return parameters;
    }

    private static String sslMode(String host, @Nullable String mode) {
        boolean loopback = LOOPBACK.matcher(host).matches();
        if (mode == null) {
            return loopback ? "prefer" : VERIFIED;
        }
        if (!MODES.contains(mode)) {
            throw refused("its sslmode is none of " + String.join(", ", MODES));
        }
        if (!loopback && !mode.equals(VERIFIED)) {
            throw new AxiomException(Diagnostic.of(
                    Code.TLS_DISABLED,
                    "AXM_CONTROL_PLANE_URL: sslmode=" + mode + " to " + host + ", where nothing else proves the server",
                    "use sslmode=" + VERIFIED + ", and sslrootcert=PATH where its authority is not in"
                            + " ~/.postgresql/root.crt"));
        }
        return mode;
    }

    private static String decoded(String text) {
        if (BROKEN_ESCAPE.matcher(text).find()) {
            throw refused("it has a % that is not followed by two hexadecimal digits");
        }
        // Byte by byte, a char for each, so that what is no UTF-8 is refused and not replaced.
        String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String all = URLDecoder.decode(bytes.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(all.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
            if (decoded.indexOf('\0') < 0) {
                return decoded;
            }
        } catch (CharacterCodingException e) {
            throw refused("what its % stand for is no UTF-8");
        }
        throw refused("it holds a zero byte");
    }

    private static AxiomException refused(String why) {
        return new AxiomException(Diagnostic.of(Code.BAD_URL, "AXM_CONTROL_PLANE_URL: " + why, HELP));
    }

    /** {@code user@host:port/database}, for people. */
    @Override
    public String toString() {
        return user + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + database;
    }
}
