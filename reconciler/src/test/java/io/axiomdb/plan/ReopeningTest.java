package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.engine.Installation;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is let in again, on a real server, by names that have to be quoted. */
class ReopeningTest {
    private static final String OLD = "Re \"o'pen\\";
    private static final String NEW = "re open'd";

    private final Server server = Servers.of(18);

    /** What lets the database and the role in again that have a name now. */
    private Step.Sql undoFor(String name) {
        return (Step.Sql) new Reopening(
                        new TreeMap<>(Map.of(OLD, NEW)),
                        new TreeMap<>(Map.of(OLD, NEW)),
                        List.of(number("pg_database", "datname", name), number("pg_authid", "rolname", name)))
                .undo(new Step.Sql("closing", "", List.of()))
                .getFirst()
                .step();
    }

    private TreeSet<Long> number(String catalog, String column, String name) {
        return new TreeSet<>(List.of(Long.parseLong(
                admin("SELECT oid FROM " + catalog + " WHERE " + column + " = " + SqlText.literal(name)))));
    }

    private String admin(String sql) {
        return Installation.sql(
                server, "postgres", server.user(), server.password().reveal(), sql);
    }

    private void closed(String name, String marker) {
        String quoted = SqlText.identifier(name);
        admin("CREATE ROLE " + quoted);
        admin("COMMENT ON ROLE " + quoted + " IS " + SqlText.literal(marker));
        admin("CREATE DATABASE " + quoted + " ALLOW_CONNECTIONS false");
        admin("COMMENT ON DATABASE " + quoted + " IS " + SqlText.literal(marker));
    }

    private String open() {
        return admin(
                "SELECT coalesce(string_agg(n, ',' ORDER BY n), '') FROM (SELECT rolname || ' in' FROM pg_roles WHERE"
                        + " rolcanlogin UNION ALL SELECT datname || ' open' FROM pg_database WHERE datallowconn) x (n) WHERE n ~* '^re.*o.?pen'");
    }

    @BeforeEach
    @AfterEach
    void drop() {
        for (String name : List.of(OLD, NEW)) {
            admin("DROP DATABASE IF EXISTS " + SqlText.identifier(name));
            admin("DROP ROLE IF EXISTS " + SqlText.identifier(name));
        }
    }

    @Test
    void what_was_not_renamed_is_open_and_what_another_made_stays_closed() {
        closed(OLD, "");
        closed(NEW, "axm:o'rg/p/new");
        undoFor(OLD).statements().forEach(this::admin);
        assertThat(open()).isEqualTo(OLD + " in," + OLD + " open");
    }

    @Test
    void what_was_renamed_is_open_under_its_new_name() {
        closed(OLD, "axm:o'rg/p/old");
        closed(NEW, "");
        undoFor(NEW).statements().forEach(this::admin);
        assertThat(open()).isEqualTo(NEW + " in," + NEW + " open");
    }
}
