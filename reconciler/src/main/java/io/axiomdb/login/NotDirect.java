package io.axiomdb.login;

import io.axiomdb.core.Pinned;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.jdbc.PgConnection;

/** A connection does not lead to PostgreSQL itself, or does not hold what it was begun with. */
public final class NotDirect extends SQLException {
    private static final long serialVersionUID = 1L;

    /** PgBouncer's, of a parameter that it neither passes on nor was told to drop. */
    private static final String UNSUPPORTED = "unsupported startup parameter";

    private NotDirect(String words) {
        super(words);
    }

    /**
     * Asks on the connection itself. PostgreSQL gives a connection the id of the process that serves it, as the key for
     * cancelling; a pooler makes one up.
     */
    public static void check(PgConnection connection, Pinned pinned) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(pinned.query())) {
            row.next();
            int process = row.getInt(1);
            if (process != connection.getBackendPID()) {
                throw new NotDirect("it is a pooler, such as PgBouncer: process " + connection.getBackendPID()
                        + " answered the login and process " + process + " serves it");
            }
            List<String> shown = new ArrayList<>();
            for (int i = 0; i < pinned.values().size(); i++) {
                shown.add(row.getString(i + 2));
            }
            Optional<String> difference = pinned.difference(shown);
            if (difference.isPresent()) {
                throw new NotDirect("something on the way, such as a pooler, drops what the connection begins with: "
                        + difference.get());
            }
        }
    }

    /**
     * Whether a failure says that there is a pooler.
     *
     * @param words of the server or the driver
     */
    public static boolean isToldBy(SQLException failure, String words) {
        return failure instanceof NotDirect || words.contains(UNSUPPORTED);
    }
}
