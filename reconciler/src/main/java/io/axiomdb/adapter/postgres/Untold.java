package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells why something that users wrote failed in a copy, and no value of a row, which are not masked yet. The server's message,
 * detail, context and hint can quote any: what a cast refuses, what RAISE is given, an identifier that is made of one. What is
 * told is the SQLSTATE, if it is PostgreSQL's own, with its name; where in the script it was; and of the names that come with it,
 * which RAISE can choose as well, those that were in the catalogs before.
 *
 * @param administrator opens its connections
 * @param database the copy
 * @param since the first transaction that may have been the users'
 */
record Untold(SessionPool.Opener administrator, String database, String since) {
    /** The function of the server that refuses; its message is in the server's language. */
    private static final String NARROWED = "check_enable_rls";

    private static final String HELP =
            "the server's own words can quote rows and are not kept: find them in its log, or run the script by hand in a"
                    + " transaction that is rolled back";

    private static final String FORCE =
            "the owner sees only a part of a table (SELECT oid::regclass FROM pg_class WHERE relforcerowsecurity), and could mask no"
                    + " more: begin the script with ALTER TABLE ... NO FORCE ROW LEVEL SECURITY and end it with ALTER TABLE ..."
                    + " FORCE ROW LEVEL SECURITY";

    private static final String NOW = "SELECT pg_snapshot_xmax(pg_current_snapshot())::xid::text";

    private static final String KNOWN = """
            SELECT DISTINCT n.name
              FROM (SELECT nspname, xmin FROM pg_namespace
                     UNION ALL SELECT relname, xmin FROM pg_class
                     UNION ALL SELECT attname, xmin FROM pg_attribute
                     UNION ALL SELECT conname, xmin FROM pg_constraint
                     UNION ALL SELECT typname, xmin FROM pg_type) n (name, made)
             WHERE n.name = ANY (?::name[]) AND age(n.made) > age(?::xid)""";

    /** Before anything of the users' runs. */
    static Untold from(SessionPool.Opener administrator, String database) throws SQLException {
        try (Connection connection = administrator.open(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(NOW)) {
            row.next();
            return new Untold(administrator, database, row.getString(1));
        }
    }

    /** @param part what failed; null for what is no statement of a script */
    HostFailure failed(SQLException failure, @Nullable ScriptPart part) {
        String state = Failures.state(failure);
        ServerErrorMessage said = said(failure);
        String words = words(failure, part);
        boolean known = said == null || Conditions.isKnown(state);
        SQLException cause = new SQLException(words, known ? state : "");
        if (!known) {
            return HostFailure.refused(words, HELP, cause);
        }
        return new HostFailure(state, words, said == null ? "" : isNarrowed(said) ? FORCE : HELP, cause);
    }

    /** In one line, with the SQLSTATE. */
    String line(SQLException failure) {
        String state = Failures.state(failure);
        return words(failure, null)
                + (said(failure) == null || !Conditions.isKnown(state) ? "" : " (SQLSTATE " + state + ")");
    }

    private String words(SQLException failure, @Nullable ScriptPart part) {
        ServerErrorMessage said = said(failure);
        if (said == null) {
            return Refusal.words(failure); // the driver's, or our own
        }
        List<String> words = new ArrayList<>();
        words.add(Conditions.name(Failures.state(failure))
                + (isNarrowed(said) ? ", for a policy of row-level security narrows it" : "")
                + (part == null ? "" : " " + part.where(said.getPosition())));
        words.addAll(names(said));
        return String.join("; ", words);
    }

    private List<String> names(ServerErrorMessage said) {
        String schema = said.getSchema();
        Set<String> known =
                known(Stream.of(schema, said.getTable(), said.getColumn(), said.getConstraint(), said.getDatatype())
                        .filter(Objects::nonNull)
                        .toList());
        List<String> names = new ArrayList<>();
        String in = known.contains(schema) ? schema + "." : "";
        add("table " + in, said.getTable(), known, names);
        add("column ", said.getColumn(), known, names);
        add("constraint ", said.getConstraint(), known, names);
        add("type " + in, said.getDatatype(), known, names);
        return names;
    }

    private static void add(String what, @Nullable String name, Set<String> known, List<String> names) {
        if (known.contains(name)) {
            names.add(what + name);
        }
    }

    /** None where they can't be asked for: then the host has gone, or the copy. */
    private Set<String> known(Collection<String> names) {
        Set<String> known = new HashSet<>();
        if (names.isEmpty()) {
            return known;
        }
        try (Connection connection = administrator.open(database);
                PreparedStatement statement = connection.prepareStatement(KNOWN)) {
            Array array = connection.createArrayOf("text", names.toArray());
            statement.setArray(1, array);
            statement.setString(2, since);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    known.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            known.clear();
        }
        return known;
    }

    private static boolean isNarrowed(ServerErrorMessage said) {
        return NARROWED.equals(said.getRoutine());
    }

    private static @Nullable ServerErrorMessage said(SQLException failure) {
        return failure instanceof PSQLException known ? known.getServerErrorMessage() : null;
    }
}
