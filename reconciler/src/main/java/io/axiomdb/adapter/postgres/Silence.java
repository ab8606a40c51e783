package io.axiomdb.adapter.postgres;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a host fell silent while its databases are looked at. One that does not answer may be alone in that, for its
 * owner can make others wait; so after the first, a new login asks the host itself, and when that gets no answer either no
 * further database is waited for. Thread-safe.
 */
final class Silence {
    /** Logs in anew. */
    interface Question {
        void ask() throws SQLException;
    }

    /** Looks into one database. */
    interface Look<T> {
        T look() throws SQLException;
    }

    private final Question question;
    private volatile @Nullable SQLException silent;

    Silence(Question question) {
        this.question = question;
    }

    /** Looks, unless the host is known to be silent. */
    <T> T unless(Look<T> look) throws SQLException {
        check();
        try {
            return look.look();
        } catch (SQLException e) {
            if (isTimeout(e)) {
                askHost();
            }
            throw e;
        }
    }

    /** @throws SQLException when the host is silent */
    void check() throws SQLException {
        SQLException why = silent;
        if (why != null) {
            throw new SQLException("the host answers nothing: " + Refusal.words(why), "08006", why);
        }
    }

    private synchronized void askHost() throws SQLException {
        check();
        try {
            question.ask();
        } catch (SQLException e) {
            silent = e;
        }
    }

    private static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
