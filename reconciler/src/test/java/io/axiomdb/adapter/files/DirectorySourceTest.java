package io.axiomdb.adapter.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.files.DirectorySource.Commits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySourceTest {
    @TempDir
    Path temporary;

    private Path inside;
    private DirectorySource source;

    @BeforeEach
    void make_files() throws IOException {
        inside = temporary.resolve("repo");
        Files.createDirectories(inside.resolve("projects"));
        Files.writeString(temporary.resolve("outside.yaml"), "secret");
        Files.writeString(inside.resolve("axiomdb.yaml"), "version: 1\n");
        Files.writeString(inside.resolve("projects/b.yaml"), "b");
        Files.writeString(inside.resolve("projects/a.yaml"), "a");
        Files.writeString(inside.resolve("projects/.hidden.yaml"), "h");
        Files.writeString(inside.resolve("projects/[x].yaml"), "x");
        source = new DirectorySource(inside.resolve("axiomdb.yaml"), Commits.NONE);
    }

    @Test
    void files_are_read_relative_to_the_root_file_and_no_further_than_the_limit() throws IOException {
        assertThat(source.root()).isEqualTo("axiomdb.yaml");
        assertThat(source.read("axiomdb.yaml", 100)).asString().isEqualTo("version: 1\n");
        assertThat(source.read("axiomdb.yaml", 3)).hasSize(4);
        assertThat(source.commit()).isNull();
    }

    @Test
    void patterns_match_one_level_sorted_and_without_hidden_files() throws IOException {
        assertThat(source.match("projects/*.yaml"))
                .containsExactly("projects/[x].yaml", "projects/a.yaml", "projects/b.yaml");
        assertThat(source.match("*/a.yaml")).containsExactly("projects/a.yaml");
        assertThat(source.match("projects/[x].yaml")).containsExactly("projects/[x].yaml");
        assertThat(source.match("projects/[x]*.yaml")).containsExactly("projects/[x].yaml");
        assertThat(source.match("nothing/*.yaml")).isEmpty();
        assertThat(source.match("axiomdb.yaml/*.yaml")).isEmpty();
        assertThat(source.match("proj*")).as("a directory is no file").isEmpty();
    }

    @Test
    void no_pattern_and_no_link_leads_out_of_the_directory() throws IOException {
        assertThatThrownBy(() -> source.match("../*.yaml")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> source.read("../outside.yaml", 100)).hasMessageContaining("out of the directory");
        Files.createSymbolicLink(inside.resolve("projects/link.yaml"), temporary.resolve("outside.yaml"));
        assertThat(source.match("projects/l*.yaml")).containsExactly("projects/link.yaml");
        assertThatThrownBy(() -> source.read("projects/link.yaml", 100)).hasMessageContaining("out of the directory");
    }

    @Test
    void a_link_inside_the_directory_is_followed_and_a_broken_one_is_an_error() throws IOException {
        Files.createSymbolicLink(inside.resolve("projects/z.yaml"), Path.of("a.yaml"));
        assertThat(source.read("projects/z.yaml", 100)).asString().isEqualTo("a");
        Files.createSymbolicLink(inside.resolve("projects/broken.yaml"), Path.of("gone.yaml"));
        assertThat(source.match("projects/br*.yaml")).containsExactly("projects/broken.yaml");
        assertThatThrownBy(() -> source.read("projects/broken.yaml", 100)).isInstanceOf(IOException.class);
    }

    @Test
    void only_regular_files_are_read() {
        assertThatThrownBy(() -> source.read("projects", 100)).hasMessageContaining("not a file");
    }
}
