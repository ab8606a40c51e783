package io.axiomdb.engine;

import io.axiomdb.plan.HeldBack.Repair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to break a branch by hand.
 *
 * @param database where the administrator does it
 * @param found words that the plan must say, as {@code subject name}
 * @param named what must be named before it is repaired; null when apply repairs it unasked
 */
record Break(
        String database, String sql, String found, @Nullable Repair named) {
    /** The branch {@code main} of {@code examples.Convergence}'s project, in every aspect that is observed. */
    static List<Break> all(String db, String owner, String rw, String ro, String stranger) {
        return List.of(
                role("ALTER ROLE " + rw + " SUPERUSER", "role " + rw + " attribute"),
                role("ALTER ROLE " + rw + " CREATEDB", "role " + rw + " attribute"),
                role("ALTER ROLE " + ro + " CREATEROLE", "role " + ro + " attribute"),
                role("ALTER ROLE " + rw + " NOLOGIN", "role " + rw + " attribute"),
                role("ALTER ROLE " + ro + " NOINHERIT", "role " + ro + " attribute"),
                role("ALTER ROLE " + ro + " REPLICATION", "role " + ro + " attribute"),
                role("ALTER ROLE " + rw + " BYPASSRLS", "role " + rw + " attribute"),
                role("ALTER ROLE " + owner + " NOCREATEDB", "role " + owner + " attribute"),
                role("ALTER ROLE " + rw + " VALID UNTIL '2001-02-03'", "role " + rw + " password valid until"),
                role("ALTER ROLE " + rw + " CONNECTION LIMIT 3", "role " + rw + " connection limit"),
                held(
                        "postgres",
                        "ALTER ROLE " + rw + " PASSWORD 'stolen'",
                        "role " + rw + " password",
                        Repair.PASSWORD),
                held("postgres", "ALTER ROLE " + ro + " PASSWORD NULL", "role " + ro + " password", Repair.PASSWORD),
                role("GRANT pg_read_all_data TO " + ro, "role " + ro + " member of"),
                role("GRANT " + owner + " TO " + stranger, "role " + owner + " has member"),
                role("GRANT " + rw + " TO " + ro + " WITH ADMIN OPTION", "role " + rw + " has member"),
                role("ALTER DATABASE " + db + " OWNER TO " + stranger, "database " + db + " owner"),
                role("ALTER DATABASE " + db + " OWNER TO " + rw, "database " + db + " owner"),
                role(
                        "GRANT CONNECT ON DATABASE " + db + " TO PUBLIC",
                        "database " + db + " not wanted: privileges of PUBLIC"),
                role(
                        "GRANT ALL ON DATABASE " + db + " TO " + stranger + " WITH GRANT OPTION",
                        "database " + db + " not wanted: privileges of " + stranger.replace("\"", "")),
                role(
                        "GRANT CREATE ON DATABASE " + db + " TO " + rw,
                        "database " + db + " not wanted: privileges of " + rw),
                held(
                        "postgres",
                        "REVOKE CONNECT ON DATABASE " + db + " FROM " + rw,
                        "database " + db + " privileges of " + rw,
                        Repair.PRIVILEGES),
                role("ALTER DATABASE " + db + " ALLOW_CONNECTIONS false", "database " + db + " allows connections"),
                role("ALTER DATABASE " + db + " CONNECTION LIMIT 3", "database " + db + " connection limit"),
                role("ALTER DATABASE " + db + " IS_TEMPLATE true", "database " + db + " template"),
                role(
                        "ALTER DATABASE " + db + " SET statement_timeout = '1s'",
                        "database " + db + " setting statement_timeout"),
                role("ALTER ROLE " + rw + " SET statement_timeout = '1s'", "role " + rw + " setting statement_timeout"),
                role(
                        "ALTER ROLE " + ro + " IN DATABASE " + db + " SET search_path = 'elsewhere'",
                        "role " + ro + " setting search_path"),
                role("ALTER DATABASE " + db + " RESET search_path", "database " + db + " setting search_path"),
                role("COMMENT ON DATABASE " + db + " IS 'ours now'", "database " + db + " comment"),
                in(db, "ALTER SCHEMA public OWNER TO " + stranger, "schema public owner"),
                in(db, "GRANT CREATE ON SCHEMA public TO PUBLIC", "schema public not wanted: privileges of PUBLIC"),
                in(db, "GRANT CREATE ON SCHEMA app TO " + rw, "schema app not wanted: privileges of " + rw),
                held(
                        db,
                        "REVOKE USAGE ON SCHEMA public FROM " + ro,
                        "schema public privileges of " + ro,
                        Repair.PRIVILEGES),
                in(db, "DROP SCHEMA app CASCADE", "schema app"),
                held(
                        db,
                        "ALTER DEFAULT PRIVILEGES FOR ROLE " + owner + " IN SCHEMA public REVOKE SELECT ON TABLES FROM "
                                + ro,
                        "future tables in schema public privileges of " + ro,
                        Repair.PRIVILEGES),
                in(
                        db,
                        "ALTER DEFAULT PRIVILEGES FOR ROLE " + owner
                                + " IN SCHEMA public GRANT ALL ON SEQUENCES TO PUBLIC",
                        "future sequences in schema public not wanted: privileges of PUBLIC"),
                in(
                        db,
                        "ALTER DEFAULT PRIVILEGES FOR ROLE " + owner + " GRANT SELECT ON TABLES TO " + stranger,
                        "future tables everywhere not wanted: privileges of " + stranger.replace("\"", "")),
                held(db, "REVOKE INSERT ON t FROM " + rw, "table public.t privileges of " + rw, Repair.PRIVILEGES),
                in(db, "GRANT TRUNCATE ON t TO " + rw, "table public.t not wanted: privileges of " + rw),
                in(db, "GRANT SELECT ON t TO PUBLIC", "table public.t not wanted: privileges of PUBLIC"),
                in(
                        db,
                        "GRANT SELECT ON t TO " + rw + " WITH GRANT OPTION; SET ROLE " + rw + "; GRANT SELECT ON t TO "
                                + stranger,
                        "table public.t may pass on: " + rw),
                in(db, "GRANT INSERT (v) ON t TO " + ro, "column public.t.v not wanted: privileges of " + ro),
                in(db, "GRANT UPDATE ON SEQUENCE s TO " + ro, "sequence public.s not wanted: privileges of " + ro),
                in(db, "ALTER TABLE t OWNER TO " + rw, "table public.t owner"),
                in(db, "ALTER FUNCTION f(integer) OWNER TO " + ro, "routine public.f(integer) owner"),
                in(
                        db,
                        "GRANT EXECUTE ON FUNCTION f(integer) TO " + stranger,
                        "routine public.f(integer) not wanted: privileges of " + stranger.replace("\"", "")),
                held(
                        db,
                        "REVOKE EXECUTE ON FUNCTION f(integer) FROM " + rw,
                        "routine public.f(integer) privileges of " + rw,
                        Repair.PRIVILEGES),
                role(
                        "REVOKE CONNECT ON DATABASE " + db + " FROM axm_pooler",
                        "database " + db + " privileges of axm_pooler"),
                role("GRANT axm_pooler TO " + stranger, "role axm_pooler has member"),
                role("GRANT " + stranger + " TO axm_pooler", "role axm_pooler member of"),
                role(
                        "GRANT TEMPORARY ON DATABASE " + db + " TO axm_pooler",
                        "database " + db + " not wanted: privileges of axm_pooler"),
                in(
                        db,
                        "REVOKE SELECT (rolpassword) ON pg_catalog.pg_authid FROM axm_pooler",
                        "table pg_catalog.pg_authid privileges of axm_pooler"),
                in(
                        db,
                        "GRANT SELECT (rolconnlimit) ON pg_catalog.pg_authid TO axm_pooler",
                        "table pg_catalog.pg_authid not wanted: privileges of axm_pooler"),
                in(db, "DROP OWNED BY " + ro + "; DROP ROLE " + ro, "role " + ro));
    }

    private static Break role(String sql, String found) {
        return new Break("postgres", sql, found, null);
    }

    private static Break in(String database, String sql, String found) {
        return new Break(database, sql, found, null);
    }

    private static Break held(String database, String sql, String found, Repair named) {
        return new Break(database, sql, found, named);
    }

    @Override
    public String toString() {
        return sql;
    }
}
