package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.testing.Patience;
import io.axiomdb.testing.Servers.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Access ends for sessions, too, that no catalogue shows as what they are. */
@ParameterizedClass
@ValueSource(ints = {14, 18})
class SessionsUnderWayTest {
    private static final String DATABASE = "sq_late_main_br_dev";
    private static final String OWNER = "late_main_br_dev_owner";
    private static final String BEGINNING =
            "SELECT count(*) FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
                    + " WHERE l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND a.usesysid IS NULL";

    private final Installation installation;
    private String password = "";

    SessionsUnderWayTest(int version) {
        installation = Installation.of(version);
    }

    @BeforeEach
    void make() {
        assertThat(installation.apply(with(" dev: {} ")).converged()).isTrue();
        password = installation.password("late", "dev", RoleKind.OWNER);
        as(DATABASE, "CREATE TABLE t AS SELECT 7 a");
    }

    @AfterEach
    void drop() {
        installation.drop("late");
        installation.close();
    }

    private static Desired with(String branches) {
        return Installation.project("late", branches);
    }

    private String as(String database, String sql) {
        return Installation.sql(installation.host, database, OWNER, password, sql);
    }

    /** Logs in, has the server wait for half an hour before anything else, and reads then. */
    private CompletableFuture<String> beginning(String database) {
        Server server = installation.host;
        Properties properties = new Properties();
        properties.setProperty("user", OWNER);
        properties.setProperty("password", password);
        properties.setProperty("options", "-c post_auth_delay=1800");
        CompletableFuture<String> session = CompletableFuture.supplyAsync(
                () -> {
                    try (Connection connection = DriverManager.getConnection(
                                    "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/" + database,
                                    properties);
                            Statement statement = connection.createStatement();
                            ResultSet row = statement.executeQuery("SELECT current_user")) {
                        row.next();
                        return row.getString(1);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Executors.newVirtualThreadPerTaskExecutor());
        long start = System.nanoTime();
        while (installation.ask("postgres", BEGINNING).equals("0")) {
            assertThat(Patience.isOver(start, Duration.ofSeconds(30)))
                    .as("it does not log in")
                    .isFalse();
        }
        return session;
    }

    @Test
    void a_session_that_has_the_server_wait_before_it_begins_is_ended_with_the_others() {
        for (String database : List.of(DATABASE, "postgres")) {
            CompletableFuture<String> session = beginning(database);
            ApplyReport report = installation.apply(with(""));
            assertThat(report.results())
                    .allSatisfy(result -> assertThat(result.why()).isNull());
            assertThat(report.converged()).isTrue();
            assertThatThrownBy(session::get).as("in %s", database).isInstanceOf(ExecutionException.class);
            assertThat(installation.apply(with(" dev: {} ")).converged()).isTrue();
        }
    }

    @Test
    void sessions_of_others_go_on() throws SQLException {
        Server server = installation.host;
        try (Connection other = DriverManager.getConnection(
                        "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/postgres",
                        server.user(),
                        server.password().reveal());
                Statement statement = other.createStatement()) {
            assertThat(installation.apply(with("")).converged()).isTrue();
            assertThat(statement.execute("SELECT 1")).isTrue();
        }
    }

    @Test
    void a_session_whose_role_was_dropped_holds_no_end_of_access_up() throws SQLException {
        installation.admin("postgres", "CREATE ROLE late_ghost LOGIN SUPERUSER PASSWORD 'boo'");
        Server server = installation.host;
        try (Connection ghost = DriverManager.getConnection(
                        "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/postgres",
                        "late_ghost",
                        "boo");
                Statement statement = ghost.createStatement()) {
            ghost.setAutoCommit(false);
            statement.execute("ALTER ROLE late_main_br_dev_ro PASSWORD 'held'");
            installation.admin("postgres", "DROP ROLE late_ghost");
            assertThat(installation.apply(with("")).converged()).isTrue();
        }
    }

    @Test
    void a_transaction_about_the_database_that_was_prepared_elsewhere_is_named_before_and_after() {
        as("postgres", "BEGIN; COMMENT ON DATABASE " + DATABASE + " IS 'mine'; PREPARE TRANSACTION 'late comment'");
        try {
            assertThat(installation.plan(with("")).plan().notices()).anySatisfy(notice -> {
                assertThat(notice.code()).isEqualTo(Code.DATABASE_HELD);
                assertThat(notice.help()).startsWith("in database postgres").contains("'late comment'");
            });
            assertThat(installation.apply(with("")).results())
                    .filteredOn(result -> result.why() != null)
                    .extracting(result -> Objects.requireNonNull(result.why()).detail())
                    .anySatisfy(why -> assertThat(why).contains("prepared transaction 'late comment'"));
        } finally {
            installation.admin("postgres", "ROLLBACK PREPARED 'late comment'");
        }
        assertThat(installation.apply(with("")).converged()).isTrue();
    }
}
