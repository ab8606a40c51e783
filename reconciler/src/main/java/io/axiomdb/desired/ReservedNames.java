package io.axiomdb.desired;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Words that PostgreSQL, pg_hba.conf, PgBouncer or AxiomDB take for something else than a database, a role or a schema. */
public final class ReservedNames {
    /** The role with which the pooler looks passwords up. */
    public static final String POOLER_ROLE = "axm_pooler";

    /** AxiomDB's own database on each server. */
    public static final String LOCK_DATABASE = "axiomdb_lock";

    /** In lower case. */
    public static final SortedSet<String> ALL = Collections.unmodifiableSortedSet(new TreeSet<>(List.of(
            "all",
            "sameuser",
            "samerole",
            "samegroup",
            "replication",
            "public",
            "none",
            "postgres",
            "template0",
            "template1",
            "information_schema",
            "pgbouncer",
            LOCK_DATABASE,
            POOLER_ROLE)));

    private ReservedNames() {}
}
