package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Pinned;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parameters that a control connection holds fast from its start. The owner of a database can give almost any
 * parameter to all who connect, superusers too, by ALTER DATABASE SET; what comes with the connection itself wins.
 */
enum Pins {
    /** Looks and can't write. */
    LOOK(Duration.ofSeconds(30), Duration.ofSeconds(5), "on"),
    /** Changes. */
    CHANGE(Duration.ofMinutes(10), Duration.ofSeconds(30), "off"),
    /** Copies a database of any size. */
    COPY(Duration.ofHours(24), Duration.ofSeconds(30), "off");

    /** The first version that knows transaction_timeout and event_triggers; older ones refuse connections that name them. */
    private static final int NEWER = 17;

    private static final Map<String, String> ALWAYS = Map.ofEntries(
            Map.entry("search_path", "pg_catalog,pg_temp"),
            Map.entry("role", "none"),
            Map.entry("row_security", "off"),
            Map.entry("local_preload_libraries", ""),
            Map.entry("default_transaction_isolation", "read committed"),
            Map.entry("default_transaction_deferrable", "off"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("idle_session_timeout", "0"),
            Map.entry("idle_in_transaction_session_timeout", "60s"),
            Map.entry("tcp_user_timeout", "0"),
            Map.entry("exit_on_error", "off"),
            Map.entry("standard_conforming_strings", "on"),
            Map.entry("transform_null_equals", "off"),
            Map.entry("array_nulls", "on"),
            Map.entry("quote_all_identifiers", "off"),
            Map.entry("DateStyle", "ISO"),
            Map.entry("IntervalStyle", "postgres"),
            Map.entry("bytea_output", "hex"),
            Map.entry("extra_float_digits", "1"),
            Map.entry("client_min_messages", "warning"),
            Map.entry("enable_indexscan", "on"),
            Map.entry("enable_hashjoin", "on"),
            Map.entry("max_parallel_workers_per_gather", "0"),
            Map.entry("jit", "off"));

    private final Duration statementTimeout;
    private final Duration lockTimeout;
    private final String readOnly;

    Pins(Duration statementTimeout, Duration lockTimeout, String readOnly) {
        this.statementTimeout = statementTimeout;
        this.lockTimeout = lockTimeout;
        this.readOnly = readOnly;
    }

    /**
     * All of them.
     *
     * @param majorVersion 0 when it is not known yet
     */
    Pinned pinned(int majorVersion) {
        SortedMap<String, String> parameters = new TreeMap<>(ALWAYS);
        parameters.put("statement_timeout", Long.toString(statementTimeout.toMillis()));
        parameters.put("lock_timeout", Long.toString(lockTimeout.toMillis()));
        parameters.put("default_transaction_read_only", readOnly);
        return with(parameters, majorVersion);
    }

    /**
     * The same in a session that fires no event triggers, whose functions would run as a superuser.
     *
     * @param own whether the database is one in which nobody but AxiomDB has any
     */
    Pinned quiet(int majorVersion, boolean own) {
        SortedMap<String, String> parameters =
                new TreeMap<>(pinned(majorVersion).values());
        if (majorVersion >= NEWER || majorVersion == 0 && !own) {
            parameters.put("event_triggers", "off");
        } else if (majorVersion > 0 && this != LOOK) {
            // Before there was that parameter; EventTriggers refuses those that fire all the same.
            parameters.put("session_replication_role", "replica");
        }
        return new Pinned(parameters);
    }

    /**
     * For pg_restore, as a login that only may what the owner may. It takes limits off itself, but only by its first
     * statements. The commit that gives the copy its name makes all of the restored durable; before, none is waited for.
     */
    static String restoring(int majorVersion) {
        SortedMap<String, String> parameters = new TreeMap<>(Map.of(
                "synchronous_commit", "off",
                "default_transaction_read_only", "off",
                "statement_timeout", "0",
                "lock_timeout", "0",
                "idle_session_timeout", "0",
                "idle_in_transaction_session_timeout", "0"));
        return with(parameters, majorVersion).options();
    }

    private static Pinned with(SortedMap<String, String> parameters, int majorVersion) {
        if (majorVersion >= NEWER) {
            parameters.put("transaction_timeout", "0");
        }
        return new Pinned(parameters);
    }

    /** How long to wait for an answer: longer than the server itself lets a statement run. */
    Duration answerTimeout() {
        return statementTimeout.plusSeconds(15);
    }
}
