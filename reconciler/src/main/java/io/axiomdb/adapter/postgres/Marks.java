package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Mark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Marks in axiomdb_lock. */
final class Marks {
    private static final String FORGET = "DELETE FROM axiomdb.mark WHERE organization = ?";

    /** Only forward: a control plane that is older than what stands here does not take it back. */
    private static final String WRITE =
            "INSERT INTO axiomdb.mark AS m (organization, control_plane, apply, sequence, head) VALUES (?, ?, ?, ?, ?)"
                    + " ON CONFLICT (organization, control_plane) DO UPDATE SET apply = EXCLUDED.apply,"
                    + " sequence = EXCLUDED.sequence, head = EXCLUDED.head, written = now()"
                    + " WHERE m.apply <= EXCLUDED.apply AND m.sequence <= EXCLUDED.sequence";

    private Marks() {}

    /**
     * Writes one.
     *
     * @param connection to axiomdb_lock
     * @param anew whether all of the organization's are forgotten first
     */
    static void write(Connection connection, String organization, Mark mark, boolean anew) throws SQLException {
        if (anew) {
            try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
                statement.setString(1, organization);
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
}
