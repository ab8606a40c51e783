package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.login.Door;
import io.axiomdb.login.NotDirect;
import io.axiomdb.login.StartupError;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;

/** Why a host can't be looked at or changed, told so that it can be mended. */
final class Refusal {
    static final String NEEDS_POSTGRESQL =
            "give PostgreSQL's own address and port (5432 as a rule): an administrator's connection needs"
                    + " parameters and locks that a pooler does not keep";

    private static final int OLDEST = 14;

    /** It starts, stops, or recovers; or what leads to it says that there is none. */
    private static final Set<String> NOT_THERE = Set.of("57P03", StartupError.STATE);

    private Refusal() {}

    static Diagnostic of(Host host, SQLException failure) {
        String where = "host " + host.name() + " (" + address(host) + "): " + said(failure);
        if (failure instanceof Door.Impostor) {
            return Diagnostic.of(Code.HOST_IMPOSTOR, host.origin().of("postgres"), where, impostor(host));
        }
        if (NotDirect.isToldBy(failure, words(failure))) {
            return Diagnostic.of(Code.HOST_POOLER, host.origin().of("postgres"), where, NEEDS_POSTGRESQL);
        }
        if (!isServers(failure) || NOT_THERE.contains(Failures.state(failure))) {
            return Diagnostic.of(Code.HOST_UNREACHABLE, host.origin().of("postgres"), where, help(host, failure));
        }
        boolean refused = isAboutUs(failure.getSQLState());
        return Diagnostic.of(
                refused ? Code.HOST_REFUSES : Code.HOST_FAILED,
                host.origin().of("postgres"),
                where,
                refused
                        ? "check user, password and database of the host, and its pg_hba.conf"
                        : help(Failures.state(failure)));
    }

    /** The server's or the driver's words; with the SQLSTATE, where the server itself gave it. */
    static String said(SQLException failure) {
        return words(failure) + (isServers(failure) ? " (SQLSTATE " + Failures.state(failure) + ")" : "");
    }

    private static String help(String state) {
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "53" -> "free what that server lacks (disk, memory, connections), then plan again";
            case "58", "XX" -> "that server's files or its disk are damaged or missing; its log says more";
            case "40", "55", "57" -> "another session, or its administrator, was in the way; plan again";
            default ->
                "this comes from that PostgreSQL server; its log, and PostgreSQL's list of error codes, say more";
        };
    }

    private static String impostor(Host host) {
        return switch (host.auth()) {
            case SCRAM ->
                "check that the address is right; the server's pg_hba.conf has to say scram-sha-256 and the password has to be"
                        + " stored so; a server that can't: auth: md5, or auth: none where it asks for no password";
            case MD5 -> "check that the address is right; the server's pg_hba.conf has to say md5 or scram-sha-256";
            case NONE ->
                "check that the address is right; the file says auth: none, and the server asks for a password all the same";
        };
    }

    /** A server that answered, but not with the encryption that the host asks for, is not a matter of the network. */
    private static String help(Host host, SQLException failure) {
        if (host.tls() == Host.Tls.DISABLE || isServers(failure) || isNetworks(failure)) {
            return "check that PostgreSQL runs there and that nothing on the way blocks the port";
        }
        if (words(failure).contains("Channel Binding")) {
            return "either somebody sits in the middle, or the server's certificate is signed by a kind of key that SCRAM can't be"
                    + " bound to (Ed25519): sign it with RSA or ECDSA, or write tls: verify-full";
        }
        return host.tls() == Host.Tls.VERIFY_FULL
                ? "the server's certificate has to name this address and to be signed by an authority in"
                        + " ~/.postgresql/root.crt of the user that runs axm"
                : "switch ssl on at the server: axm speaks to it encrypted or not at all";
    }

    private static boolean isServers(SQLException failure) {
        return failure instanceof PSQLException known && known.getServerErrorMessage() != null;
    }

    private static boolean isNetworks(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof UnknownHostException
                    || cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Why a server that let us in can't be managed; empty when it can. */
    static Optional<Diagnostic> unfit(Host host, Target target, PgConnection connection) {
        int version = ServerFacts.version(connection);
        if (ServerFacts.major(version) < OLDEST) {
            String text = connection.getParameterStatus("server_version");
            return Optional.of(diagnostic(
                    host, Code.HOST_VERSION, "runs PostgreSQL " + text, "PostgreSQL 14 to 18 are supported"));
        }
        if (!ServerFacts.superuser(connection)) {
            return Optional.of(diagnostic(
                    host,
                    Code.HOST_NOT_SUPERUSER,
                    "\"" + target.user()
                            + "\" can't read stored passwords (pg_authid), act for the owners of branches, or"
                            + " set their roles' attributes",
                    "connect as a superuser, or run there as one: ALTER ROLE \""
                            + target.user().replace("\"", "\"\"") + "\" SUPERUSER"));
        }
        if (ServerFacts.standby(connection)) {
            return Optional.of(diagnostic(
                    host, Code.HOST_STANDBY, "is in recovery and can't be changed", "give the address of the primary"));
        }
        return Optional.empty();
    }

    /** The server's message, or the driver's; never a statement. */
    static String words(SQLException failure) {
        if (failure instanceof PSQLException known && known.getServerErrorMessage() != null) {
            return orEmpty(known.getServerErrorMessage().getMessage());
        }
        String message = orEmpty(failure.getMessage());
        Throwable cause = failure.getCause();
        return cause == null || cause.getMessage() == null || message.contains(cause.getMessage())
                ? message
                : message + " (" + cause.getMessage() + ")";
    }

    /** Whether the server itself turned this user or database away. */
    private static boolean isAboutUs(@Nullable String state) {
        return state != null && (state.startsWith("28") || state.startsWith("3D") || state.startsWith("42"));
    }

    private static Diagnostic diagnostic(Host host, Code code, String what, String help) {
        return Diagnostic.of(code, host.origin().of("postgres"), "host " + host.name() + " " + what, help);
    }

    private static String address(Host host) {
        return switch (host.postgres()) {
            case Host.Embedded() -> "embedded";
            case Host.Server server ->
                (server.address().contains(":") ? "[" + server.address() + "]" : server.address()) + ":"
                        + server.port();
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
