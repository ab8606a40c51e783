package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.testing.Corpus;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.Texts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** The server itself says what a quoted name or text stands for. */
class SqlTextTest {
    private static final int BATCH = 25;
    private static @Nullable Connection open;

    @BeforeContainer
    static void open() throws SQLException {
        Server server = Servers.of(18);
        open = DriverManager.getConnection(
                "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/postgres",
                server.user(),
                server.password().reveal());
    }

    @AfterContainer
    static void close() throws SQLException {
        server().close();
    }

    private static Connection server() {
        return Objects.requireNonNull(open);
    }

    @Property(seed = "42")
    void the_server_reads_what_was_quoted(@ForAll Random random) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            texts.add(Texts.any(random, 15));
        }
        read_back(texts);
    }

    @Example
    void the_server_reads_every_naughty_string_as_it_is() throws SQLException {
        read_back(Corpus.naughtyStrings().stream()
                .filter(t -> t.indexOf('\0') < 0)
                .toList());
    }

    private static void read_back(List<String> texts) throws SQLException {
        List<String> columns = texts.stream()
                .map(t -> SqlText.literal(t) + " AS " + SqlText.identifier(named(t)))
                .toList();
        try (Statement statement = server().createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet row = statement.executeQuery("SELECT " + String.join(", ", columns))) {
                assertThat(row.next()).isTrue();
                for (int i = 0; i < texts.size(); i++) {
                    assertThat(row.getString(i + 1)).isEqualTo(texts.get(i));
                    assertThat(row.getMetaData().getColumnLabel(i + 1)).isEqualTo(named(texts.get(i)));
                }
            }
        }
        as_the_server_quotes(texts);
    }

    /** It leaves plain names bare, and doubles backslashes behind an E; else its words and ours are the same. */
    private static void as_the_server_quotes(List<String> texts) throws SQLException {
        try (PreparedStatement statement = server().prepareStatement(
                        "SELECT t, quote_ident(t), quote_literal(t) FROM unnest(?) WITH ORDINALITY u (t, n) ORDER BY n")) {
            statement.setArray(1, server().createArrayOf("text", texts.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                for (String text : texts) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1)).isEqualTo(text);
                    if (!text.isEmpty()) {
                        assertThat(rows.getString(2)).isIn(text, SqlText.identifier(text));
                    }
                    String literal = SqlText.literal(text);
                    boolean escaped = text.indexOf('\\') >= 0;
                    assertThat(rows.getString(3)).isEqualTo(escaped ? "E" + literal.replace("\\", "\\\\") : literal);
                }
            }
        }
    }

    /** As a name: not empty, and at most 63 bytes, which is all that a server keeps. */
    private static String named(String text) {
        StringBuilder name = new StringBuilder("n");
        int bytes = 1;
        for (int c : text.codePoints().toArray()) {
            bytes += Character.toString(c).getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            if (bytes > 63) {
                break;
            }
            name.appendCodePoint(c);
        }
        return name.toString();
    }

    @Example
    void what_no_server_can_hold_is_refused() {
        for (String bad : List.of("\0", "a\0b", "a\0")) {
            assertThatThrownBy(() -> SqlText.identifier(bad)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> SqlText.literal(bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> SqlText.identifier("")).isInstanceOf(IllegalArgumentException.class);
    }
}
