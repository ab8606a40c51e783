package io.axiomdb.adapter.postgres;

import io.axiomdb.audit.Anchor;
import io.axiomdb.audit.Mark;
import io.axiomdb.desired.Host;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The marks in axiomdb_lock. */
final class Marks {
    private static final String FORGET = "DELETE FROM axiomdb.mark WHERE organization = ? AND control_plane <> ?";

    /** Only forward: a control plane whose trail was cut short does not take back what was written of it. */
    private static final String WRITE =
            "INSERT INTO axiomdb.mark AS m (organization, control_plane, apply, sequence, head) VALUES (?, ?, ?, ?, ?)"
                    + " ON CONFLICT (organization, control_plane) DO UPDATE SET apply = greatest(m.apply, EXCLUDED.apply),"
                    + " sequence = EXCLUDED.sequence, head = EXCLUDED.head, written = now() WHERE m.sequence < EXCLUDED.sequence";

    private static final String READ =
            "SELECT control_plane, apply, sequence, head FROM axiomdb.mark WHERE organization = ? ORDER BY control_plane";

    private Marks() {}

    /** @param connection to axiomdb_lock */
    static void write(Connection connection, String organization, Mark mark, boolean alone) throws SQLException {
        if (alone) {
            try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
                statement.setString(1, organization);
                statement.setString(2, mark.controlPlane());
                statement.execute();
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, organization);
            statement.setString(2, mark.controlPlane());
            statement.setLong(3, mark.apply());
            statement.setLong(4, mark.anchor().sequence());
            statement.setString(5, mark.anchor().hash());
            statement.execute();
        }
    }

    /**
     * None where no apply was yet.
     *
     * @param connection from {@link LockDatabase#enter}
     */
    static List<Mark> read(Host host, Connection connection, String organization) throws SQLException {
        return LockDatabase.isIn(connection) && LockDatabase.isFinished(host, connection)
                ? read(connection, organization)
                : List.of();
    }

    /** @param connection to axiomdb_lock */
    static List<Mark> read(Connection connection, String organization) throws SQLException {
        List<Mark> marks = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, organization);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    marks.add(new Mark(row.getString(1), row.getLong(2), new Anchor(row.getLong(3), row.getString(4))));
                }
            }
        }
        return marks;
    }
}
