package io.axiomdb.adapter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void data_outlives_the_process_and_the_port_stays() throws Exception {
        Path home = directory.resolve("home");
        int port;
        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            port = server.port();
            ask(server, "CREATE TABLE t AS SELECT 42 AS answer", true);
        }
        try (EmbeddedServer again = EmbeddedServer.start(home)) {
            assertThat(ask(again, "SELECT answer FROM t", false)).isEqualTo("42");
            assertThat(again.port()).isEqualTo(port);
        }
        assertThat(new Cluster(home, home.resolve("postgres"), home.resolve("log")).running())
                .isEmpty();
    }

    @Test
    void it_is_durable_and_closed_to_everyone_without_the_password() throws Exception {
        Path home = directory.resolve("home");
        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            assertThat(ask(server, "SHOW fsync", false)).isEqualTo("on");
            assertThat(ask(server, "SHOW synchronous_commit", false)).isEqualTo("on");
            assertThat(ask(server, "SHOW listen_addresses", false)).isEqualTo("127.0.0.1");
            assertThat(ask(server, "SHOW unix_socket_directories", false)).isEmpty();
            assertThat(ask(server, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules", false))
                    .isEqualTo("scram-sha-256");
            assertThat(ask(server, "SHOW scram_iterations", false)).isEqualTo("4096");
            assertThatThrownBy(() -> connect(server.port(), "wrong").close())
                    .hasMessageContaining("password authentication failed");
            assertThat(permissions(home)).isEqualTo("rwx------");
            assertThat(permissions(home.resolve("postgres.password"))).isEqualTo("rw-------");
            assertThat(Files.readString(home.resolve("postgres.log")))
                    .doesNotContain(server.password().reveal());
            assertThat(everyCommandLine()).doesNotContain(server.password().reveal());
        }
    }

    @Test
    void whether_it_was_made_is_found_out_without_making_it() throws Exception {
        Path home = directory.resolve("home");
        assertThat(EmbeddedServer.exists(home)).isFalse();
        assertThat(home).doesNotExist();
        try (HomeLock making = HomeLock.take(Files.createDirectory(home).resolve("lock"))) {
            assertThat(making.channel().isOpen()).isTrue();
            assertThat(catchThrowableOfType(AxiomException.class, () -> EmbeddedServer.exists(home))
                            .code())
                    .isEqualTo(Code.CONTROL_PLANE_BUSY);
        }
        assertThat(EmbeddedServer.exists(home)).isFalse();
        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            assertThat(EmbeddedServer.exists(home)).isTrue();
            assertThat(ask(server, "SHOW server_version_num", false))
                    .isEqualTo(Integer.toString(EmbeddedServer.VERSION));
        }
        assertThat(EmbeddedServer.exists(home)).isTrue();
    }

    @Test
    void a_second_user_of_the_directory_is_told_who_has_it() {
        Path home = directory.resolve("home");
        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            AxiomException busy = catchThrowableOfType(AxiomException.class, () -> EmbeddedServer.start(home));

            assertThat(busy.code()).isEqualTo(Code.CONTROL_PLANE_BUSY);
            assertThat(busy)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(server.port()).isPositive();
        }
    }

    @Test
    void the_server_that_a_killed_process_left_is_stopped_and_nothing_is_lost() throws Exception {
        Path home = directory.resolve("home");
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = owner.inputReader()) {
            assertThat(out.readLine()).isEqualTo("started");
            AxiomException busy = catchThrowableOfType(AxiomException.class, () -> EmbeddedServer.start(home));
            assertThat(busy).hasMessageContaining("process " + owner.pid());
        }
        owner.destroyForcibly().waitFor();
        Cluster left = new Cluster(home, home.resolve("postgres"), home.resolve("log"));
        long orphan = left.running().orElseThrow().pid();

        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            assertThat(ask(server, "SELECT answer FROM t", false)).isEqualTo("42");
            assertThat(left.running().orElseThrow().pid()).isNotEqualTo(orphan);
        }
    }

    @Test
    void a_process_that_exits_takes_its_server_along() throws Exception {
        Path home = directory.resolve("home");
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        home.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = owner.inputReader()) {
            assertThat(out.readLine()).isEqualTo("started");
        }
        owner.destroy();
        owner.waitFor();

        assertThat(new Cluster(home, home.resolve("postgres"), home.resolve("log")).running())
                .isEmpty();
    }

    @Test
    void a_process_number_that_someone_else_has_now_is_not_taken_for_the_server() throws Exception {
        Path home = directory.resolve("home");
        EmbeddedServer.start(home).close();
        Files.writeString(
                home.resolve("postgres/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + home.resolve("postgres") + "\n1\n5432\n\n127.0.0.1\n");

        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            assertThat(ask(server, "SELECT 1", false)).isEqualTo("1");
        }
    }

    @Test
    void a_server_that_does_not_start_says_why() throws Exception {
        Path home = directory.resolve("home");
        EmbeddedServer.start(home).close();
        Files.writeString(home.resolve("postgres/postgresql.conf"), "this is no setting\n");

        AxiomException failed = catchThrowableOfType(AxiomException.class, () -> EmbeddedServer.start(home));

        assertThat(failed.code()).isEqualTo(Code.EMBEDDED_FAILED);
        assertThat(failed).hasMessageContaining("syntax error").hasMessageContaining("postgresql.conf");
    }

    @Test
    void a_home_that_is_a_file_is_refused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        AxiomException failed = catchThrowableOfType(AxiomException.class, () -> EmbeddedServer.start(file));

        assertThat(failed.code()).isEqualTo(Code.HOME);
    }

    /** A process that starts the server, writes something and waits to be killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            EmbeddedServer server = EmbeddedServer.start(Path.of(arguments[0]));
            ask(server, "CREATE TABLE t AS SELECT 42 AS answer", true);
            System.out.println("started");
            Thread.currentThread().join();
        }
    }

    private static String ask(EmbeddedServer server, String sql, boolean update) throws SQLException {
        try (Connection connection = connect(server.port(), server.password().reveal());
                Statement statement = connection.createStatement()) {
            if (update) {
                statement.execute(sql);
                return "";
            }
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return String.valueOf(row.getString(1));
            }
        }
    }

    private static Connection connect(int port, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedServer.USER);
        properties.setProperty("password", password);
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String everyCommandLine() {
        StringBuilder all = new StringBuilder();
        ProcessHandle.allProcesses()
                .forEach(process -> all.append(process.info().commandLine().orElse("")));
        return all.toString();
    }
}
