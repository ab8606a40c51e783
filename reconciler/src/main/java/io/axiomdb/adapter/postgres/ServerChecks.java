package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Check;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.postgresql.jdbc.PgConnection;

/** What a doctor looks at in a PostgreSQL server. Changes nothing. */
public final class ServerChecks {
    private static final String SUBJECT = "PostgreSQL";
    private static final String SETTINGS = "SELECT pg_catalog.current_setting('ssl'),"
            + " pg_catalog.current_setting('listen_addresses'), pg_catalog.current_setting('password_encryption')";

    private ServerChecks() {}

    /** Never throws for a host's sake. */
    public static List<Check> of(Host host, Function<Host, Target> targets) {
        try {
            return of(host, targets.apply(host));
        } catch (AxiomException e) {
            return List.of(bad(e.diagnostics().getFirst()));
        } catch (SQLException e) {
            return List.of(bad(Refusal.of(host, e)));
        }
    }

    private static List<Check> of(Host host, Target target) throws SQLException {
        try (PgConnection connection = LockDatabase.enter(
                host, target, database -> AdminConnections.open(target, database, "axm doctor", Pins.LOOK, 0))) {
            Optional<Diagnostic> unfit = Refusal.unfit(host, target, connection);
            if (unfit.isPresent()) {
                return List.of(bad(unfit.get()));
            }
            List<Check> checks = new ArrayList<>();
            checks.add(Check.ok(
                    SUBJECT,
                    connection.getParameterStatus("server_version") + ", \"" + target.user() + "\" is a superuser"));
            boolean there = LockDatabase.isIn(connection) && LockDatabase.isFinished(host, connection);
            checks.add(
                    there
                            ? Check.ok(LockDatabase.NAME, "there, and only superusers may enter it")
                            : Check.ok(
                                    LockDatabase.NAME,
                                    "not there yet; the administrator may enter it once apply makes it"));
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SETTINGS)) {
                row.next();
                checks.addAll(settings(host, row.getString(1), row.getString(2), row.getString(3)));
            }
            if (there) {
                checks.addAll(
                        EventTriggers.checks(target, connection, ServerFacts.major(ServerFacts.version(connection))));
            }
            return checks;
        }
    }

    /** Clients come over the network; only the server that comes along is for this machine alone. */
    private static List<Check> settings(Host host, String ssl, String listen, String encryption) {
        if (host.postgres() instanceof Host.Embedded) {
            return List.of();
        }
        boolean inside = listen.isBlank() || listen.equals("localhost") || listen.equals("127.0.0.1");
        return List.of(
                ssl.equals("on")
                        ? Check.ok("TLS", "on")
                        : Check.bad(
                                "TLS",
                                "off: passwords and data would cross the network readable",
                                "ssl = on in postgresql.conf"),
                inside
                        ? Check.note(
                                "listen_addresses",
                                "\"" + listen + "\": nobody reaches the direct port from elsewhere",
                                "listen_addresses = '*' and a restart, if clients are meant to")
                        : Check.ok("listen_addresses", "\"" + listen + "\""),
                encryption.equals("scram-sha-256")
                        ? Check.ok("passwords", "scram-sha-256")
                        : Check.note(
                                "passwords",
                                "password_encryption is " + encryption
                                        + "; AxiomDB's own are scram-sha-256 all the same",
                                "password_encryption = 'scram-sha-256' for those that others set"));
    }

    private static Check bad(Diagnostic why) {
        return Check.bad(SUBJECT, why.code().summary() + ": " + why.detail(), why.help());
    }
}
