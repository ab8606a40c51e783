package io.axiomdb.adapter.postgres;

import static io.axiomdb.adapter.postgres.Tenant.q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Check;
import io.axiomdb.host.Observation;
import io.axiomdb.port.HostWriter;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The database with the lock and the rows, among tenants that would like to have either. */
@ParameterizedClass
@MethodSource("versions")
class LockDatabaseTest {
    private static final AtomicLong EPOCH = new AtomicLong(100);
    private static final String MAKE = "CREATE DATABASE axiomdb_lock TEMPLATE template0 CONNECTION LIMIT 0";

    private final int version;
    private Server server;
    private Tenant tenant;

    LockDatabaseTest(int version) {
        this.version = version;
    }

    static List<Integer> versions() {
        return List.of(14, 15, 18);
    }

    @BeforeEach
    void begin_without_it() throws SQLException {
        server = Servers.of(version);
        drop();
        tenant = new Tenant(server);
    }

    @AfterEach
    void drop() throws SQLException {
        Tenant.run(Tenant.target(server), "postgres", "DROP DATABASE IF EXISTS axiomdb_lock WITH (FORCE)");
    }

    @Test
    void a_look_an_inventory_and_a_doctor_do_not_make_it() {
        assertThat(look()).isInstanceOf(Observation.Seen.class);
        reader().inventory(Tenant.host(server));
        assertThat(doctor()).anyMatch(check -> check.what().startsWith("not there yet"));

        assertThat(ask("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'axiomdb_lock'"))
                .isEqualTo("0");
    }

    @Test
    void the_first_apply_makes_it_closed_to_all_but_superusers() throws Exception {
        open().close();

        assertThat(ask("axiomdb_lock", """
                SELECT concat_ws('|', r.rolsuper, d.datconnlimit, d.datistemplate, d.datacl::text ~ '[{,]=', n.nspacl)
                  FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba, pg_namespace n
                 WHERE d.datname = 'axiomdb_lock' AND n.nspname = 'axiomdb'
                """)).isEqualTo("t|0|f|f");
        assertThatThrownBy(() -> asTenant("axiomdb_lock").close())
                .hasMessageContaining("permission denied for database");
        assertThat(doctor())
                .anyMatch(check -> check.subject().equals("axiomdb_lock") && check.status() == Check.Status.OK);
        try (HostWriter.Session again = open()) {
            assertThat(ask("axiomdb_lock", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"))
                    .isEqualTo("1");
            again.transaction("", List.of("SELECT 1 / (current_database() = 'axiomdb_lock')::int"));
        }
    }

    @Test
    void first_applies_at_once_make_it_once_and_one_of_them_gets_the_lock() throws Exception {
        int many = 6;
        CyclicBarrier start = new CyclicBarrier(many);
        List<Future<HostWriter.Session>> all = new ArrayList<>();
        int opened = 0;
        try (ExecutorService workers = Executors.newFixedThreadPool(many)) {
            for (int i = 0; i < many; i++) {
                String line = "line " + i;
                all.add(workers.submit(() -> {
                    start.await();
                    return open(1, line);
                }));
            }
            for (Future<HostWriter.Session> one : all) {
                try (HostWriter.Session session = one.get()) {
                    opened++;
                    session.transaction("", List.of("SELECT count(*) FROM axiomdb.branch"));
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    AxiomException.class,
                                    held -> assertThat(held.code()).isEqualTo(Code.LEASE_HELD));
                }
            }
        }
        assertThat(opened).isPositive();
        open().close();
    }

    @Test
    void one_that_an_apply_left_unfinished_is_finished_by_the_next_and_not_looked_into() throws Exception {
        for (List<String> before :
                List.of(List.of(MAKE), List.of(MAKE, "REVOKE ALL ON DATABASE axiomdb_lock FROM PUBLIC"))) {
            for (String statement : before) {
                tenant.admin(statement);
            }
            Observation.Seen seen = (Observation.Seen) look();
            assertThat(seen.ledger().branches()).isEmpty();
            assertThat(seen.state().databases()).containsKey(tenant.database);
            assertThat(ask("axiomdb_lock", "SELECT to_regnamespace('axiomdb') IS NULL"))
                    .isEqualTo("t");

            open().close();

            assertThat(ask("axiomdb_lock", "SELECT count(*) FROM axiomdb.branch"))
                    .isEqualTo("0");
            drop();
        }
    }

    @Test
    void one_that_a_tenant_made_blocks_with_its_owner_and_nothing_in_it_is_run() throws Exception {
        asOwner("CREATE DATABASE axiomdb_lock");
        try (Connection inside = asTenant("axiomdb_lock");
                Statement statement = inside.createStatement()) {
            statement.execute("""
                    CREATE SCHEMA axiomdb;
                    CREATE TABLE axiomdb.ran (who text);
                    CREATE FUNCTION axiomdb.trap() RETURNS text LANGUAGE plpgsql AS $$
                        BEGIN PERFORM pg_notify('trap', ''); RAISE EXCEPTION 'the trap ran'; END $$;
                    CREATE VIEW axiomdb.branch AS SELECT axiomdb.trap() AS system, ''::text AS organization, ''::text AS project,
                        ''::text AS branch, ''::text AS id, 1::oid AS database, 1::oid AS owner, 1::oid AS rw, 1::oid AS ro;
                    """);
        }
        blocked("its owner is " + q(tenant.owner) + ", who is not a superuser");
    }

    @Test
    void one_that_is_a_superusers_but_open_to_others_blocks() throws Exception {
        for (List<String> opening : List.of(
                List.of(
                        "GRANT CONNECT ON DATABASE axiomdb_lock TO PUBLIC",
                        "REVOKE ALL ON DATABASE axiomdb_lock FROM PUBLIC"),
                List.of(
                        "GRANT TEMPORARY ON DATABASE axiomdb_lock TO " + q(tenant.ro),
                        "REVOKE ALL ON DATABASE axiomdb_lock FROM " + q(tenant.ro)),
                List.of(
                        "ALTER DATABASE axiomdb_lock IS_TEMPLATE true",
                        "ALTER DATABASE axiomdb_lock IS_TEMPLATE false"),
                List.of(
                        "ALTER DATABASE axiomdb_lock OWNER TO " + q(tenant.owner),
                        "ALTER DATABASE axiomdb_lock OWNER TO " + q(server.user())))) {
            open().close();
            tenant.admin(opening.getFirst());
            blocked("");
            tenant.admin(opening.getLast());
            open().close();
        }
        for (List<String> opening : List.of(
                List.of("GRANT SELECT ON axiomdb.branch TO PUBLIC", "REVOKE SELECT ON axiomdb.branch FROM PUBLIC"),
                List.of(
                        "GRANT SELECT (id) ON axiomdb.mark TO PUBLIC",
                        "REVOKE SELECT (id) ON axiomdb.mark FROM PUBLIC"),
                List.of("GRANT USAGE ON SCHEMA axiomdb TO PUBLIC", "REVOKE USAGE ON SCHEMA axiomdb FROM PUBLIC"),
                List.of(
                        "ALTER TABLE axiomdb.retained OWNER TO " + q(tenant.owner),
                        "ALTER TABLE axiomdb.retained OWNER TO " + q(server.user())),
                List.of("ALTER TABLE axiomdb.mark RENAME TO other", "ALTER TABLE axiomdb.other RENAME TO mark"))) {
            Tenant.run(Tenant.target(server), "axiomdb_lock", opening.getFirst().replace("(id)", "(head)"));
            blocked("");
            Tenant.run(Tenant.target(server), "axiomdb_lock", opening.getLast().replace("(id)", "(head)"));
            open().close();
        }
    }

    @Test
    void a_superusers_database_of_that_name_with_something_else_in_it_blocks() throws Exception {
        tenant.admin(MAKE);
        Tenant.run(Tenant.target(server), "axiomdb_lock", "CREATE TABLE public.something ()");
        blocked("PUBLIC has the privilege");
    }

    @Test
    void a_tenant_that_holds_or_waits_for_the_lock_in_another_database_stops_nobody() throws Exception {
        try (Connection holder = asTenant("postgres");
                Connection waiter = asTenant("postgres");
                ExecutorService waiting = Executors.newSingleThreadExecutor()) {
            Tenant.one(holder, "SELECT pg_advisory_lock(1096305988, 1)");
            Future<String> waits = waiting.submit(() -> Tenant.one(waiter, "SELECT pg_advisory_lock(1096305988, 1)"));
            until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", "1");
            open().close();
            assertThat(Tenant.one(holder, "SELECT pg_advisory_unlock(1096305988, 1)"))
                    .isEqualTo("t");
            waits.get();
        }
    }

    @Test
    void a_session_of_a_tenant_in_it_is_ended_whether_it_holds_the_lock_waits_for_it_or_only_sits_there()
            throws Exception {
        open().close();
        tenant.admin("GRANT CONNECT ON DATABASE axiomdb_lock TO " + q(tenant.owner));
        tenant.admin("ALTER DATABASE axiomdb_lock CONNECTION LIMIT 9");
        Connection holder = asTenant("axiomdb_lock");
        Connection waiter = asTenant("axiomdb_lock");
        Connection sitter = asTenant("axiomdb_lock");
        tenant.admin("ALTER DATABASE axiomdb_lock CONNECTION LIMIT 0");
        tenant.admin("REVOKE ALL ON DATABASE axiomdb_lock FROM " + q(tenant.owner));
        try (ExecutorService waiting = Executors.newSingleThreadExecutor()) {
            Tenant.one(holder, "SELECT pg_advisory_lock(1096305988, 1)");
            Future<String> waits = waiting.submit(() -> Tenant.one(waiter, "SELECT pg_advisory_lock(1096305988, 1)"));
            until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", "1");

            open().close();

            for (Connection ended : List.of(holder, waiter, sitter)) {
                assertThatThrownBy(() -> Tenant.one(ended, "SELECT 1")).isInstanceOf(SQLException.class);
            }
            waits.cancel(true);
        }
    }

    @Test
    void a_tenant_that_sits_in_template1_does_not_stop_the_first_apply() throws Exception {
        try (Connection sitter = asTenant("template1")) {
            open().close();
            assertThat(Tenant.one(sitter, "SELECT current_database()")).isEqualTo("template1");
        }
    }

    @Test
    void a_host_whose_pg_hba_lets_the_administrator_in_elsewhere_only_is_refused_with_the_line() throws Exception {
        Path hba = server.cluster().data().resolve("pg_hba.conf");
        String before = Files.readString(hba);
        for (boolean there : List.of(false, true)) {
            if (there) {
                open().close();
            }
            Files.writeString(hba, "host axiomdb_lock all all reject\n" + before);
            reload();
            try {
                Observation seen = look();
                assertThat(seen).isInstanceOf(Observation.Unreachable.class);
                Diagnostic why = ((Observation.Unreachable) seen).why();
                assertThat(why.code()).isEqualTo(Code.LOCK_DATABASE_REFUSED);
                assertThat(why.help()).contains("host axiomdb_lock \"axm_admin\" 127.0.0.1/32 scram-sha-256");
                assertThat(doctor())
                        .singleElement()
                        .matches(check -> check.mend().contains("host axiomdb_lock"));
                assertThat(catchThrowableOfType(AxiomException.class, this::open)
                                .code())
                        .isEqualTo(Code.LOCK_DATABASE_REFUSED);
                Files.writeString(
                        hba,
                        "host axiomdb_lock \"axm_admin\" 127.0.0.1/32 scram-sha-256\nhost axiomdb_lock all all reject\n"
                                + before);
                reload();
                assertThat(look()).isInstanceOf(Observation.Seen.class);
            } finally {
                Files.writeString(hba, before);
                reload();
            }
        }
    }

    private void blocked(String words) {
        Observation seen = look();
        assertThat(seen).isInstanceOf(Observation.Unreachable.class);
        Diagnostic why = ((Observation.Unreachable) seen).why();
        assertThat(why.code()).isEqualTo(Code.LOCK_DATABASE_FOREIGN);
        assertThat(why.detail()).contains(words);
        assertThat(why.help()).doesNotContainIgnoringCase("owner to").doesNotContain("REASSIGN");
        AxiomException refused = catchThrowableOfType(AxiomException.class, this::open);
        assertThat(refused.code()).isEqualTo(Code.LOCK_DATABASE_FOREIGN);
        assertThat(catchThrowableOfType(AxiomException.class, () -> reader().inventory(Tenant.host(server)))
                        .code())
                .isEqualTo(Code.LOCK_DATABASE_FOREIGN);
        assertThat(doctor()).anyMatch(check -> check.status() == Check.Status.BAD);
    }

    private PostgresReader reader() {
        return new PostgresReader(host -> Tenant.target(server));
    }

    private Observation look() {
        return reader().look(Tenant.host(server), tenant.probe("public"));
    }

    private List<Check> doctor() {
        return ServerChecks.of(Tenant.host(server), host -> Tenant.target(server));
    }

    private HostWriter.Session open() {
        return open(EPOCH.incrementAndGet(), "ours");
    }

    private HostWriter.Session open(long epoch, String line) {
        return new PostgresWriter(host -> Tenant.target(server), ClientTools::none)
                .open(Tenant.host(server), new Lease("test", epoch, "tests", line));
    }

    private Connection asTenant(String database) throws SQLException {
        return AdminConnections.open(
                new Target(
                        Server.ADDRESS,
                        server.port(),
                        database,
                        tenant.owner,
                        Secret.of(Tenant.PASSWORD),
                        Host.Tls.DISABLE),
                database,
                "tenant",
                Pins.CHANGE,
                version);
    }

    private void asOwner(String sql) throws SQLException {
        try (Connection connection = asTenant("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String database, String sql) {
        try (Connection connection =
                AdminConnections.open(Tenant.target(server), database, "test", Pins.CHANGE, version)) {
            return Tenant.one(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void until(String sql, String answer) {
        while (!ask("postgres", sql).equals(answer)) {
            Thread.onSpinWait();
        }
    }

    /** Until the server has read its files again: a connection from then on is judged by them. */
    private void reload() throws IOException {
        String before = ask("postgres", "SELECT pg_conf_load_time()");
        ask("postgres", "SELECT pg_reload_conf()");
        while (ask("postgres", "SELECT pg_conf_load_time()").equals(before)) {
            Thread.onSpinWait();
        }
    }
}
