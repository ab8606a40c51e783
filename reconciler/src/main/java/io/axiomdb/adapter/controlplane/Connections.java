package io.axiomdb.adapter.controlplane;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.axiomdb.core.Pinned;
import io.axiomdb.desired.Host;
import io.axiomdb.login.Login;
import io.axiomdb.login.LoginSource;
import io.axiomdb.login.NotDirect;
import io.axiomdb.login.Session;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections with everything pinned that the server's or the role's own settings could bend. */
final class Connections {
    /** For a query of ours; no query takes anywhere near as long. */
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Beyond what a statement may take, which the server itself ends: a server that is stopped acknowledges and never answers. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final int POOL_SIZE = 4;
    private static final Map<String, String> PINNED = Map.of(
            "search_path", "pg_catalog,pg_temp",
            "role", "none",
            "default_transaction_isolation", "read committed",
            "standard_conforming_strings", "on",
            "row_security", "off",
            "synchronous_commit", "on",
            "lock_timeout", "10s",
            "idle_in_transaction_session_timeout", "60s");

    /** Kept, for a logger that nobody holds forgets its level. */
    private static final Logger HIKARI = Logger.getLogger("com.zaxxer.hikari");

    static {
        HIKARI.setLevel(Level.WARNING);
    }

    private Connections() {}

    /**
     * A small pool; opens its first connection at once.
     *
     * @param readOnly whether the server refuses to write
     */
    static HikariDataSource pool(JdbcTarget target, boolean readOnly) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("axm");
        config.setDataSource(source(target, STATEMENT_TIMEOUT, readOnly));
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        return new HikariDataSource(config);
    }

    /** Without a pool and without a limit on statements: for migrations. */
    static DataSource single(JdbcTarget target) {
        return source(target, Duration.ZERO, false);
    }

    private static DataSource source(JdbcTarget target, Duration statementTimeout, boolean readOnly) {
        Login login = new Login(
                target.host(),
                target.port(),
                target.database(),
                target.user(),
                target.password(),
                target.password() == null ? Host.Auth.NONE : Host.Auth.SCRAM,
                target.sslMode(),
                target.sslRootCert());
        SortedMap<String, String> parameters = new TreeMap<>(PINNED);
        parameters.put("statement_timeout", Long.toString(statementTimeout.toMillis()));
        parameters.put("default_transaction_read_only", readOnly ? "on" : "off");
        Pinned pinned = new Pinned(parameters);
        Duration answer = statementTimeout.isPositive() ? statementTimeout.plus(SILENCE) : Duration.ZERO;
        return new LoginSource(
                login,
                new Session("axm", pinned.options(), answer, true),
                connection -> NotDirect.check(connection, pinned));
    }
}
