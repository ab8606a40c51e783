package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Shared;
import io.axiomdb.host.Grant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SELECTs of one .sql file, sent in one round trip.
 *
 * @param sql with question marks
 * @param parameters names in the order of the question marks
 */
record Query(String sql, List<String> parameters) {
    private static final Pattern COMMENT = Pattern.compile("(?m)^--.*$");
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):([a-z]+)");

    /** What to do with one row. */
    interface Row {
        void read(ResultSet row) throws SQLException;
    }

    static Query load(String file) {
        try (InputStream in = Objects.requireNonNull(Query.class.getResourceAsStream(file), file)) {
            String text = COMMENT.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .replaceAll("");
            List<String> names = new ArrayList<>();
            Matcher matcher = PARAMETER.matcher(text);
            String sql = matcher.replaceAll(match -> {
                names.add(match.group(1));
                return "?";
            });
            return new Query(sql, List.copyOf(names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With another text in the place of one that the file has. */
    Query with(String text, String other) {
        return new Query(sql.replace(text, other), parameters);
    }

    /** Both in one round trip; what fails in the first keeps the second from being run. */
    Query then(Query next) {
        List<String> all = new ArrayList<>(parameters);
        all.addAll(next.parameters);
        return new Query(sql + ";\n" + next.sql, List.copyOf(all));
    }

    /**
     * Runs the statements and hands each one's rows to its reader.
     *
     * @param values text, or a collection of text for {@code = ANY}
     */
    void run(Connection connection, SortedMap<String, Object> values, List<Row> readers) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
                bind(statement, i + 1, Objects.requireNonNull(values.get(parameters.get(i))));
            }
            boolean more = statement.execute();
            for (Row reader : readers) {
                if (!more) {
                    throw new IllegalStateException("more readers than statements");
                }
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        reader.read(rows);
                    }
                }
                more = statement.getMoreResults();
            }
        }
    }

    /** An array of text. */
    static List<String> texts(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return List.of((String[]) array.getArray());
    }

    /** Grants as the statements write them: {@code SELECT*=role}. */
    static SortedSet<Grant> grants(ResultSet row, int column, Shared shared) throws SQLException {
        SortedSet<Grant> grants = new TreeSet<>();
        for (String text : texts(row, column)) {
            int equals = text.indexOf('=');
            boolean grantable = text.charAt(equals - 1) == '*';
            String privilege = text.substring(0, grantable ? equals - 1 : equals);
            grants.add(shared.of(new Grant(shared.of(text.substring(equals + 1)), shared.of(privilege), grantable)));
        }
        return grants;
    }

    private static void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        if (value instanceof Collection<?> texts) {
            statement.setArray(index, statement.getConnection().createArrayOf("text", texts.toArray()));
        } else {
            statement.setString(index, (String) value);
        }
    }
}
