package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.literal;
import static io.axiomdb.plan.SqlText.literals;

import java.util.Collection;

/**
 * A statement that ends sessions, also those that are only beginning: a client may have the server wait for minutes between the
 * login and the first statement (post_auth_delay), and all that time pg_stat_activity does not say whose session it is. What is
 * past the login by then holds a lock on its database. Whom it ends is settled before anybody is: a planner may ask a function of
 * a WHERE before everything else that stands there. Pure.
 */
final class Disconnect {
    /** How long a session that is told to end may take, in milliseconds. */
    private static final int END_MS = 5000;

    /** How long a session may be beginning that nobody knows to be one of those, in seconds. */
    private static final String MOMENT = "0.5";

    private static final String SESSIONS = """
            DECLARE
              stuck int[];
              words text;
              beginning int[] := ARRAY (SELECT l.pid
                FROM pg_catalog.pg_locks l
                LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
               WHERE l.locktype = 'object' AND l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass AND l.pid IS NOT NULL
                 AND a.usesysid IS NULL);
            BEGIN
            IF beginning <> '{}' THEN
              PERFORM pg_catalog.pg_sleep(%1$s);
              PERFORM pg_catalog.pg_stat_clear_snapshot();
            END IF;
            WITH those AS MATERIALIZED (
              SELECT a.pid FROM pg_catalog.pg_stat_activity a WHERE a.datname IN (%3$s) OR a.usename IN (%4$s)
               UNION
              SELECT l.pid
                FROM pg_catalog.pg_locks l
                JOIN pg_catalog.pg_database d ON d.oid = l.objid
                LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
               WHERE l.locktype = 'object' AND l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
                 AND (d.datname IN (%3$s) OR l.pid = ANY (beginning)) AND a.usesysid IS NULL),
            ended AS MATERIALIZED (
              SELECT t.pid, pg_catalog.pg_terminate_backend(t.pid, %2$d) AS gone FROM those t WHERE t.pid <> pg_catalog.pg_backend_pid())
            SELECT pg_catalog.array_agg(e.pid) INTO stuck FROM ended e WHERE NOT e.gone;
            IF stuck IS NOT NULL THEN
              PERFORM pg_catalog.pg_stat_clear_snapshot();
              SELECT pg_catalog.string_agg(pg_catalog.format('process %%s of role %%I in database %%I', a.pid, a.usename, a.datname), ', ')
                INTO words FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (stuck) AND a.backend_type = 'client backend';
              IF words IS NOT NULL THEN
                RAISE EXCEPTION USING MESSAGE = 'told to end and still there: ' || words;
              END IF;
            END IF;
            END""";

    private Disconnect() {}

    /** Ends every session of databases and of roles, and waits for them to be gone. */
    static String all(Collection<String> databases, Collection<String> roles) {
        return "DO " + literal(SESSIONS.formatted(MOMENT, END_MS, names(databases), names(roles)));
    }

    private static String names(Collection<String> names) {
        return names.isEmpty() ? "NULL" : literals(names);
    }
}
