package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.NameList;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.Texts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** The server itself says which names a list holds, and how it keeps what we set. All in a transaction that never ends well. */
class ParametersTest {
    private static final List<String> SCHEMAS = List.of("a", "b", "a,b", "a\"b", "ab", "aa", ",", "\"", "a ", "\"a\"");
    private static @Nullable Connection open;

    @BeforeContainer
    static void open() throws SQLException {
        Server server = Servers.of(18);
        open = DriverManager.getConnection(
                "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/postgres",
                server.user(),
                server.password().reveal());
        server().setAutoCommit(false);
        for (String schema : SCHEMAS) {
            execute("CREATE SCHEMA " + SqlText.identifier(schema));
        }
    }

    @AfterContainer
    static void close() throws SQLException {
        server().rollback();
        server().close();
    }

    @Example
    void a_comma_in_quotes_is_part_of_a_name() {
        assertThat(Parameters.assignment("search_path", "\"a,b\", c")).isEqualTo("\"search_path\" TO 'a,b', 'c'");
        assertThat(Parameters.assignment("search_path", "\"say \"\"x\"\"\" ,$user"))
                .isEqualTo("\"search_path\" TO 'say \"x\"', '$user'");
        assertThat(Parameters.assignment("search_path", "")).isEqualTo("\"search_path\" TO ''");
        assertThat(Parameters.assignment("app.x", "\"a,b\", c")).isEqualTo("\"app\".\"x\" TO '\"a,b\", c'");
        assertThat(Parameters.same("search_path", "\"a,b\", c", "\"a,b\",c")).isTrue();
        assertThat(Parameters.same("search_path", "a, b, c", "\"a,b\", c")).isFalse();
    }

    @Example
    void what_the_server_could_not_read_is_no_list() {
        for (String bad : List.of("\"a", "\"a\" b", "a,", ",a", "a,,b", "\"a\"\"", "\"", ",", "\"a\"x, b")) {
            assertThat(NameList.read(bad)).as(bad).isEmpty();
        }
        assertThat(NameList.read("a b, C").orElseThrow()).containsExactly("a b", "C");
        assertThat(NameList.read(" \"\" ").orElseThrow()).containsExactly("");
    }

    /** Read by us and set name by name, and read by the server as it stands, it is the same path. */
    @Property(seed = "42")
    void a_list_means_to_us_what_it_means_to_the_server(@ForAll Random random) throws SQLException {
        String list = Texts.near(random, "aab,,\"\"\"  \t", 14).replaceAll("[^ab,\" \t]", "");
        boolean read = NameList.read(list).isPresent();
        List<String> names = NameList.read(list).orElse(List.of());
        List<String> path = list.isBlank() ? List.of() : path("SELECT set_config('search_path', ?, true)", list);
        if (path == null) {
            boolean spaces = names.stream().anyMatch(name -> name.matches(".*[ab\"][ \t].*"));
            assertThat(read && !spaces).as("|%s| %s", list, names).isFalse();
            return;
        }
        assertThat(read).as("|%s|", list).isTrue();
        assertThat(names.stream().filter(SCHEMAS::contains).distinct()).containsExactlyElementsOf(path);
        execute("SET LOCAL " + Parameters.assignment("search_path", list));
        assertThat(path("SELECT ?", list)).isEqualTo(path);
    }

    /** Whatever was wanted is found again in what the server keeps. */
    @Property(seed = "42")
    void what_was_set_is_not_set_again(@ForAll Random random) throws SQLException {
        List<String> quoted = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            quoted.add(SqlText.identifier("n" + Texts.any(random, 8)));
        }
        String list = String.join(random.nextBoolean() ? "," : " , ", quoted);
        execute("SET LOCAL " + Parameters.assignment("search_path", list));
        try (Statement statement = server().createStatement();
                ResultSet row = statement.executeQuery("SHOW search_path")) {
            assertThat(row.next()).isTrue();
            assertThat(Parameters.same("search_path", row.getString(1), list))
                    .as(list)
                    .isTrue();
        }
    }

    /** Null when the server can't read it. */
    private static @Nullable List<String> path(String sql, String list) throws SQLException {
        Savepoint before = server().setSavepoint();
        try (PreparedStatement set = server().prepareStatement(sql)) {
            set.setString(1, list);
            set.execute();
            server().releaseSavepoint(before);
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("22023");
            server().rollback(before);
            return null;
        }
        try (Statement statement = server().createStatement();
                ResultSet row = statement.executeQuery("SELECT current_schemas(false)")) {
            assertThat(row.next()).isTrue();
            return Arrays.asList((String[]) row.getArray(1).getArray());
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Statement statement = server().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static Connection server() {
        return Objects.requireNonNull(open);
    }
}
