package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Anchor;
import io.axiomdb.core.Mark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Marks in axiomdb_lock. */
final class Marks {
    private static final String READ =
            "SELECT control_plane, apply, sequence, head FROM axiomdb.mark WHERE organization = ?";

    /** One statement, and so all of it or nothing. */
    private static final String REPLACE = "WITH forgotten AS (DELETE FROM axiomdb.mark"
            + " WHERE organization = ? AND control_plane <> ?)"
            + " INSERT INTO axiomdb.mark (organization, control_plane, apply, sequence, head) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (organization, control_plane) DO UPDATE SET apply = EXCLUDED.apply,"
            + " sequence = EXCLUDED.sequence, head = EXCLUDED.head, written = now()";

    private Marks() {}

    /**
     * Keeps a mark in place of all others of the organization. To be called under the host's lock, so that nobody writes between
     * the comparison and this.
     *
     * @param connection to axiomdb_lock
     * @param before all that a look saw of the organization
     * @return false, and nothing is written, when something else is there
     */
    static boolean replace(Connection connection, String organization, Collection<Mark> before, Mark mark)
            throws SQLException {
        if (!read(connection, organization).equals(Set.copyOf(before))) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(REPLACE)) {
            statement.setString(1, organization);
            statement.setString(2, mark.controlPlane());
            statement.setString(3, organization);
            statement.setString(4, mark.controlPlane());
            statement.setLong(5, mark.apply());
            statement.setLong(6, mark.anchor().sequence());
            statement.setString(7, mark.anchor().hash());
            statement.execute();
        }
        return true;
    }

    private static Set<Mark> read(Connection connection, String organization) throws SQLException {
        Set<Mark> marks = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, organization);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Anchor anchor = new Anchor(row.getLong(3), row.getString(4));
                    marks.add(new Mark(row.getString(1), row.getLong(2), anchor));
                }
            }
        }
        return marks;
    }
}
