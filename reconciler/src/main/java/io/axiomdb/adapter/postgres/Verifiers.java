package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.host.PasswordMark;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.postgresql.core.Utils;

/** Sends password verifiers, keeps them out of logs and statistics, and makes sure that they were stored as sent. */
final class Verifiers {
    /** PostgreSQL takes anything else for a password in clear, and hashes it, without a word. */
    private static final Pattern SHAPE = Pattern.compile(
            "SCRAM-SHA-256\\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]{16,}={0,2}\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");

    private static final String QUIET = """
            BEGIN;
            SET LOCAL log_statement = none;
            SET LOCAL log_duration = off;
            SET LOCAL log_min_duration_statement = -1;
            SET LOCAL log_min_duration_sample = -1;
            SET LOCAL log_transaction_sample_rate = 0;
            SET LOCAL log_min_error_statement = panic;
            SET LOCAL track_activities = off;
            SET LOCAL pg_stat_statements.track = none
            """;

    private static final Query STORED = new Query(
            "SELECT rolname, left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16)"
                    + " FROM pg_authid WHERE rolname = ANY (?)",
            List.of("roles"));

    private Verifiers() {}

    /** @throws AxiomException with VERIFIER_MISMATCH for what PostgreSQL would not take for a verifier */
    static void check(SortedMap<String, Secret> verifiers) {
        verifiers.forEach((role, verifier) -> {
            if (!SHAPE.matcher(verifier.reveal()).matches()) {
                throw mismatch("what was to be sent for role " + role + " is not a SCRAM-SHA-256 verifier");
            }
        });
    }

    /**
     * One transaction; after a failure it is left open, and closing the connection undoes it.
     *
     * @throws AxiomException with VERIFIER_MISMATCH when the server holds something else than what was sent
     */
    static void set(Connection connection, SortedMap<String, Secret> verifiers) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(QUIET);
            send(statement, verifiers);
            compare(connection, verifiers);
            statement.execute("COMMIT");
        }
    }

    private static void send(Statement statement, SortedMap<String, Secret> verifiers) throws SQLException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Secret> entry : verifiers.entrySet()) {
            text.append("ALTER ROLE ");
            Utils.escapeIdentifier(text, entry.getKey());
            // Its alphabet, checked before, has nothing that could end a literal.
            text.append(" PASSWORD '").append(entry.getValue().reveal()).append("';\n");
        }
        try {
            statement.execute(text.toString());
        } catch (SQLException e) {
            throw withoutVerifiers(e, verifiers);
        }
    }

    static void compare(Connection connection, SortedMap<String, Secret> verifiers) throws SQLException {
        SortedMap<String, String> stored = new TreeMap<>();
        SortedMap<String, Object> values = new TreeMap<>(Map.of("roles", verifiers.keySet()));
        STORED.run(connection, values, List.of(row -> stored.put(row.getString(1), String.valueOf(row.getString(2)))));
        verifiers.forEach((role, verifier) -> {
            String mark = PasswordMark.ofVerifier(verifier.reveal()).text();
            if (!mark.equals(stored.get(role))) {
                throw mismatch("the server did not store the verifier of role " + role + " as it was sent");
            }
        });
    }

    /** The server quotes a piece of the statement in some messages; then nothing of the message is passed on. */
    private static SQLException withoutVerifiers(SQLException failure, SortedMap<String, Secret> verifiers) {
        String words = Refusal.words(failure);
        boolean quotes = words.contains("SCRAM-SHA-256")
                || verifiers.values().stream().anyMatch(verifier -> words.contains(verifier.reveal()));
        return new SQLException(quotes ? "the server refused a verifier" : words, failure.getSQLState());
    }

    private static AxiomException mismatch(String detail) {
        return new AxiomException(
                Diagnostic.of(Code.VERIFIER_MISMATCH, detail, "no password was changed; look at the server's log"));
    }
}
