package io.axiomdb.cli.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.LocalFiles;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.load.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitTest {
    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void name_the_file() {
        world.workspace = new LocalFiles(FakeWorld.CLOCK, System.getenv());
        world.failure = new IllegalStateException("opened");
        file = directory.resolve("axiomdb.yaml");
    }

    private int init(String... words) {
        List<String> line = new ArrayList<>(List.of("init", "--file", file.toString()));
        line.addAll(Arrays.asList(words));
        return world.run(line.toArray(String[]::new));
    }

    @Test
    void flags_alone_make_a_file_with_comments_that_validates_and_plans() throws IOException {
        assertThat(init("--organization", "acme", "--project", "shop", "--owner", "ann@acme.example"))
                .as(world.err())
                .isEqualTo(Exit.OK);
        assertThat(Files.readAllLines(file))
                .filteredOn(l -> l.strip().startsWith("#"))
                .hasSizeGreaterThan(5);
        Desired desired = desired();
        assertThat(desired.members()).containsOnlyKeys("ann@acme.example");
        assertThat(requireNonNull(desired.hosts().get("local")).postgres()).isInstanceOf(Host.Embedded.class);
        assertThat(world.out()).contains("axm plan --file " + file);
        world.failure = null;
        assertThat(world.run("plan", "--file", file.toString())).isEqualTo(Exit.OK);
        assertThat(world.desiredSeen).isEqualTo(desired);
        assertThat(world.run("branch", "create", "shop/x", "--file", file.toString()))
                .isEqualTo(Exit.OK);
        assertThat(desired().projects().get("shop"))
                .satisfies(p -> assertThat(requireNonNull(p).branches()).containsOnlyKeys("main", "x"));
    }

    @Test
    void a_server_of_ones_own_gets_a_reference_and_no_password() {
        assertThat(init(
                        "--organization",
                        "acme",
                        "--project",
                        "shop",
                        "--host",
                        "postgresql://db7.acme.example/postgres",
                        "--admin",
                        "root"))
                .as(world.err())
                .isEqualTo(Exit.OK);
        assertThat(world.out()).contains("export DB7_ADMIN=");
        assertThat(file).content().contains("user: root").contains("password: \"env:DB7_ADMIN\"");
        assertThat(desired().hosts()).containsOnlyKeys("db7");
    }

    @Test
    void a_terminal_is_asked_for_what_no_flag_says() {
        world.interactive = true;
        world.typed = "acme\n\nshop\n\n";
        assertThat(init()).as(world.err()).isEqualTo(Exit.OK);
        assertThat(world.out())
                .contains("Organization: ")
                .contains("[embedded]")
                .contains("[dba@acme.example]");
        assertThat(desired().organization()).isEqualTo("acme");
        assertThat(desired().members()).containsOnlyKeys("dba@acme.example");
        assertThat(desired().projects()).containsOnlyKeys("shop");
    }

    @Test
    void without_a_terminal_what_can_not_be_guessed_is_wrong_usage() {
        assertThat(init("--project", "shop")).isEqualTo(Exit.USAGE);
        assertThat(world.err()).contains("--organization");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void it_never_writes_over_anything(boolean link) throws IOException {
        if (link) {
            Files.createSymbolicLink(file, Path.of("nowhere"));
        } else {
            Files.writeString(file, "mine");
        }
        assertThat(init("--organization", "acme", "--project", "shop")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0808");
        assertThat(Files.exists(file)).isEqualTo(!link);
        assertThat(Files.exists(directory.resolve("nowhere"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Acme, shop, embedded",
        "acme, 'a b', embedded",
        "acme, shop, mysql://x",
        "acme, shop, 'postgresql://me:secret@db1/x'",
        "'acme\nhosts: {}', shop, embedded"
    })
    void answers_that_make_no_valid_file_write_none(String organization, String project, String host) {
        assertThat(init("--organization", organization, "--project", project, "--host", host))
                .isEqualTo(Exit.ERROR);
        assertThat(file).doesNotExist();
        assertThat(world.err()).contains("error[AX").doesNotContain("me:secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "null", "12", "a-b"})
    void names_that_yaml_would_misread_are_quoted(String name) {
        assertThat(init("--organization", name, "--project", "shop", "--owner", "o@acme.example"))
                .as(world.err())
                .isEqualTo(Exit.OK);
        assertThat(desired().organization()).isEqualTo(name);
    }

    private Desired desired() {
        Loaded loaded = world.validate(world.source(file));
        assertThat(loaded.diagnostics()).isEmpty();
        return requireNonNull(loaded.desired());
    }
}
