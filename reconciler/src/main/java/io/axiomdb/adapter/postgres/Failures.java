package io.axiomdb.adapter.postgres;

import io.axiomdb.login.NotDirect;
import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Turns the driver's exceptions into failures that say what the server said, and hold no statement. */
final class Failures {
    private Failures() {}

    /** Keeps message, detail and hint. Context and internal query stay behind: they can quote statements. */
    static HostFailure of(SQLException failure) {
        String words = Refusal.words(failure);
        if (NotDirect.isToldBy(failure, words)) {
            return HostFailure.refused(words, Refusal.NEEDS_POSTGRESQL, failure);
        }
        if (failure instanceof PSQLException known) {
            ServerErrorMessage said = known.getServerErrorMessage();
            if (said != null) {
                words = join(words, said.getDetail(), said.getHint());
            }
        }
        SQLException cause = new SQLException(words, state(failure));
        cause.setStackTrace(failure.getStackTrace());
        return new HostFailure(state(failure), words, cause);
    }

    static String state(SQLException failure) {
        String state = failure.getSQLState();
        return state == null ? "" : state;
    }

    private static String join(String message, @Nullable String detail, @Nullable String hint) {
        StringBuilder words = new StringBuilder(message);
        for (String more : new @Nullable String[] {detail, hint}) {
            if (more != null) {
                words.append("; ").append(more);
            }
        }
        return words.toString();
    }
}
