package io.axiomdb.testing.adversary;

import io.axiomdb.engine.Installation;
import io.axiomdb.testing.Servers.Server;
import java.util.Arrays;

/**
 * A login that may make databases, as the owner of any branch may, and what it does with that: it makes one that looks like
 * AxiomDB's, with a trap in it. Nothing of the server's administrator is used but to make the login and to look.
 */
public final class Tenant implements AutoCloseable {
    private static final String PASSWORD = "of the tenant";

    private final Server server;
    private final String name;

    /**
     * Makes the login.
     *
     * @param attributes beside LOGIN, such as {@code CREATEDB}
     */
    public Tenant(Server server, String name, String attributes) {
        this.server = server;
        this.name = name;
        admin("postgres", "CREATE ROLE " + name + " LOGIN " + attributes + " PASSWORD '" + PASSWORD + "'");
    }

    public String name() {
        return name;
    }

    /** Runs SQL as the tenant, and gives its first value. */
    public String run(String database, String sql) {
        return Installation.sql(server, database, name, PASSWORD, sql);
    }

    /** What the comment says proves nothing, nor what is in it; all of this any owner of a database may do. */
    public void forge(String database, String comment) {
        String own = name + "_own";
        run("postgres", "CREATE DATABASE " + own);
        run("postgres", "COMMENT ON DATABASE " + own + " IS '" + comment + "'");
        run(own, """
                CREATE TABLE fired (who text);
                CREATE TABLE people (id int);
                CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN INSERT INTO fired VALUES (current_user); RETURN NEW; END $$;
                CREATE TRIGGER trap BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION trap();
                GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC""");
        run("postgres", "ALTER DATABASE " + own + " RENAME TO \"" + database + "\"");
    }

    /** Whether a database is still exactly what the tenant made: its own, open to everybody, and nobody fell into the trap. */
    public boolean isUntouched(String database) {
        return admin(
                                "postgres",
                                "SELECT o.rolname = '" + name
                                        + "' AND d.datacl IS NULL AND d.datallowconn AND d.datconnlimit = -1"
                                        + " FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE datname = '"
                                        + database + "'")
                        .equals("t")
                && admin(database, "SELECT count(*) FROM fired").equals("0");
    }

    private String admin(String database, String sql) {
        return Installation.sql(
                server, database, server.user(), server.password().reveal(), sql);
    }

    /** Drops everything that it made. */
    @Override
    public void close() {
        admin(
                        "postgres",
                        "SELECT string_agg(format('DROP DATABASE %I', d.datname), ';') FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba"
                                + " WHERE o.rolname = '" + name + "'")
                .lines()
                .flatMap(all -> Arrays.stream(all.split(";")))
                .filter(drop -> !drop.isEmpty())
                .forEach(drop -> admin("postgres", drop));
        admin("postgres", "DROP OWNED BY " + name);
        admin("postgres", "DROP ROLE " + name);
    }
}
