package io.axiomdb.cli.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.LocalFiles;
import io.axiomdb.port.DesiredSource.Commit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code axm plan --commit}, on a repository whose work tree says something else. */
class PlanCommitTest {
    private static final String ROOT =
            "version: 1\norganization: acme\nhosts: { local: { postgres: embedded } }\ninclude: ['projects/*.yaml']\n";

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path top = Path.of("");

    private Path directory = Path.of("");
    private @Nullable Git opened;
    private String first = "";

    @BeforeEach
    void make_two_commits() throws Exception {
        world.workspace = new LocalFiles(FakeWorld.CLOCK, System.getenv());
        directory = top.resolve("infra");
        Files.createDirectories(directory.resolve("projects"));
        opened = Git.init().setDirectory(top.toFile()).call();
        write("axiomdb.yaml", ROOT);
        write("projects/a.yaml", "projects: { one: { host: local } }\n");
        first = commit("First").name();
        write("projects/b.yaml", "projects: { two: { host: local } }\n");
        commit("Second");
        write("axiomdb.yaml", "broken: [\n");
        Files.delete(directory.resolve("projects/a.yaml"));
    }

    @AfterEach
    void close() {
        git().close();
    }

    @Test
    void any_commit_is_planned_with_its_includes_and_the_work_tree_is_not_looked_at() throws IOException {
        assertThat(plan("HEAD")).as(world.err()).isEqualTo(Exit.OK);
        assertThat(requireNonNull(world.desiredSeen).projects()).containsOnlyKeys("one", "two");
        assertThat(plan(first.substring(0, 10))).isEqualTo(Exit.OK);
        assertThat(requireNonNull(world.desiredSeen).projects()).containsOnlyKeys("one");
        assertThat(world.requests.getLast().commit()).isEqualTo(new Commit(first, "First"));
        assertThat(world.out()).contains(first.substring(0, 7));
        assertThat(world.err()).contains("check it out first");
        assertThat(directory.resolve("axiomdb.yaml")).hasContent("broken: [\n");
        assertThat(directory.resolve("projects/a.yaml")).doesNotExist();
    }

    @Test
    void trust_in_an_address_is_not_for_what_a_commit_says() {
        assertThat(world.run(
                        "plan",
                        "--file",
                        directory.resolve("axiomdb.yaml").toString(),
                        "--commit",
                        "HEAD",
                        "--trust-address",
                        "local"))
                .isEqualTo(Exit.OK);
        assertThat(world.requests.getLast().trusted()).isEmpty();
        assertThat(world.err()).contains("--trust-address is ignored with --commit");
        assertThat(world.out()).doesNotContain("--trust-address");
    }

    @Test
    void neither_hooks_nor_filters_run() throws Exception {
        Path ran = top.resolve("ran");
        Path program = top.resolve("program.sh");
        Files.writeString(program, "#!/bin/sh\ntouch " + ran + "\ncat\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (String hook : new String[] {"post-checkout", "pre-commit", "post-commit", "post-merge"}) {
            Files.createDirectories(top.resolve(".git/hooks"));
            Files.copy(program, top.resolve(".git/hooks/" + hook));
        }
        Files.writeString(top.resolve(".gitattributes"), "*.yaml filter=evil\n");
        git().getRepository().getConfig().setString("filter", "evil", "smudge", program.toString());
        git().getRepository().getConfig().setString("filter", "evil", "clean", program.toString());
        git().getRepository().getConfig().save();
        assertThat(plan("HEAD")).as(world.err()).isEqualTo(Exit.OK);
        assertThat(ran).doesNotExist();
    }

    @Test
    void a_symbolic_link_in_a_commit_is_not_followed() throws Exception {
        Files.writeString(top.resolve("secret.yaml"), "projects: { three: { host: local } }\n");
        Files.createSymbolicLink(directory.resolve("projects/c.yaml"), top.resolve("secret.yaml"));
        write("axiomdb.yaml", ROOT);
        commit("A link");
        assertThat(plan("HEAD")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0114").contains("symbolic link");
        assertThat(world.desiredSeen).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"no-such-branch", "0123456789012345678901234567890123456789", "HEAD^{tree}", "a..b", "", "HEAD~9"
            })
    void what_names_no_commit_is_told(String revision) {
        assertThat(plan(revision)).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0809");
    }

    @Test
    void a_commit_without_the_file_says_so() throws Exception {
        assertThat(world.run(
                        "plan",
                        "--commit",
                        "HEAD",
                        "--file",
                        directory.resolve("other.yaml").toString()))
                .isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0101");
    }

    private Git git() {
        return requireNonNull(opened);
    }

    private int plan(String revision) {
        return world.run(
                "plan",
                "--commit",
                revision,
                "--file",
                directory.resolve("axiomdb.yaml").toString());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private RevCommit commit(String message) throws Exception {
        git().add().addFilepattern("infra").call();
        git().add().addFilepattern("infra").setUpdate(true).call();
        return git().commit()
                .setMessage(message)
                .setAuthor("A", "a@acme.example")
                .setCommitter("A", "a@acme.example")
                .setSign(false)
                .call();
    }
}
