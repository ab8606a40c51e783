package io.axiomdb.host;

/** Kinds of objects that the roles of a branch hold rights on. */
public enum ObjectKind {
    /** Tables, partitioned tables, views, materialized views, foreign tables. */
    TABLE,
    SEQUENCE,
    /** Functions, procedures, aggregates. */
    ROUTINE,
    /** A single column of a table: wanted rights are always on the whole table. */
    COLUMN
}
