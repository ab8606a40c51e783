package io.axiomdb.adapter.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencesTest {
    @TempDir
    Path directory = Path.of("");

    private Secret resolve(String reference) {
        return new References(Map.of("DB1_ADMIN", "from the environment", "EMPTY", ""), directory, directory)
                .resolve(SecretRef.parse(reference).orElseThrow());
    }

    @Test
    void a_variable_is_read_as_it_is() {
        assertThat(resolve("env:DB1_ADMIN")).isEqualTo(Secret.of("from the environment"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"p w\u00e9", "p w\u00e9\n", "p w\u00e9\r\n"})
    void a_file_is_read_without_its_last_line_end(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("admin"), content);

        assertThat(resolve("file:admin")).isEqualTo(Secret.of("p w\u00e9"));
        assertThat(resolve("file:" + file)).isEqualTo(Secret.of("p w\u00e9"));
    }

    @Test
    void only_one_line_end_is_left_out() throws IOException {
        Files.writeString(directory.resolve("admin"), " a\n\n");

        assertThat(resolve("file:admin")).isEqualTo(Secret.of(" a\n"));
    }

    @Test
    void what_can_not_be_found_says_where_it_was_looked_for() throws IOException {
        Files.write(directory.resolve("latin"), new byte[] {(byte) 0xe9});
        Files.writeString(directory.resolve("empty"), "\n");

        refuses("env:OTHER", "no variable OTHER");
        refuses("env:EMPTY", "env:EMPTY: it is empty");
        refuses("file:nowhere", directory.resolve("nowhere") + " can't be read");
        refuses("file:latin", "not UTF-8");
        refuses("file:empty", "it is empty");
        refuses("secret:db1", "keeps no secrets under names of their own");
    }

    private void refuses(String reference, String words) {
        assertThatThrownBy(() -> resolve(reference))
                .hasMessageContaining(words)
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.SECRET_UNRESOLVED));
    }
}
