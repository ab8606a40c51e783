package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.axiomdb.cli.LocalFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --commit} in repositories with hooks, signing and owners of their own: as Git does it in the caller's hands. */
class CommittedEditsTest {
    private static final String FILE = """
            version: 1
            organization: acme
            hosts:
              db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres", user: dba, password: "env:DB1_ADMIN" } }
            projects:
              shop: { host: db1 }
            """;

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory = Path.of("");

    @TempDir
    Path elsewhere = Path.of("");

    private Path file = Path.of("");
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void make_a_repository() throws Exception {
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", elsewhere.toString());
        file = directory.resolve("axiomdb.yaml");
        Files.writeString(file, FILE);
        git("init", "--quiet");
        git("config", "user.name", "Repository");
        git("config", "user.email", "repository@acme.example");
        git("add", "axiomdb.yaml");
        git("commit", "--quiet", "--message=First");
    }

    @Test
    void hooks_see_what_is_committed_and_the_commit_is_signed_by_the_caller() throws Exception {
        Path key = elsewhere.resolve("key");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        Path signers = elsewhere.resolve("signers");
        Files.writeString(signers, "caller@acme.example " + Files.readString(Path.of(key + ".pub")));
        git("config", "gpg.format", "ssh");
        git("config", "user.signingkey", key.toString());
        git("config", "gpg.ssh.allowedSignersFile", signers.toString());
        git("config", "commit.gpgsign", "true");
        hook("pre-commit", "git diff --cached --name-only > '" + elsewhere.resolve("seen") + "'");
        environment.put("GIT_AUTHOR_NAME", "Caller");
        environment.put("GIT_AUTHOR_EMAIL", "caller@acme.example");

        assertThat(create()).as(world.err()).isZero();

        assertThat(elsewhere.resolve("seen")).hasContent("axiomdb.yaml");
        assertThat(git("log", "-1", "--format=%an <%ae> %cn")).isEqualTo("Caller <caller@acme.example> Repository");
        assertThat(git("verify-commit", "HEAD")).isEmpty();
        assertThat(git("show", "HEAD:axiomdb.yaml"))
                .isEqualTo(Files.readString(file).strip());
        assertThat(git("status", "--porcelain")).isEmpty();
    }

    @Test
    void hooks_see_no_secret_and_nothing_points_git_elsewhere() throws Exception {
        hook("pre-commit", "env > '" + elsewhere.resolve("seen") + "'");
        environment.putAll(Map.of(
                "DB1_ADMIN", "canary-1",
                "AXM_ACTOR", "canary-2",
                "AXM_CONTROL_PLANE_PASSWORD", "env:CONTROL",
                "CONTROL", "canary-3",
                "KEPT", "yes",
                "GIT_DIR", elsewhere.resolve("other").toString(),
                "GIT_WORK_TREE", elsewhere.toString(),
                "GIT_EXEC_PATH", elsewhere.toString()));

        assertThat(create()).as(world.err()).isZero();

        assertThat(elsewhere.resolve("seen")).content().contains("KEPT=yes").doesNotContain("canary", "AXM_", "other");
        assertThat(git("log", "-1", "--format=%s")).isEqualTo("Add branch x to shop");
        assertThat(elsewhere.resolve("other")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"pre-commit", "commit-msg", "prepare-commit-msg"})
    void a_hook_that_refuses_leaves_the_file_as_it_was(String hook) throws Exception {
        hook(hook, "echo '# by a hook' >> axiomdb.yaml; echo 'not on a Friday' >&2; exit 1");
        assertThat(create()).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0807", "not on a Friday", "The file is as it was.");
        assertThat(file).hasContent(FILE);
        assertThat(git("log", "--format=%s")).isEqualTo("First");
        assertThat(git("status", "--porcelain")).isEmpty();
    }

    @Test
    void the_hooks_and_filters_of_somebody_elses_repository_never_run() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a repository away");
        Path ran = elsewhere.resolve("ran");
        hook("pre-commit", "touch '" + ran + "'");
        git("config", "filter.evil.clean", "touch '" + ran + "'; cat");
        git("config", "core.fsmonitor", "touch '" + ran + "'");
        Files.writeString(directory.resolve(".git/info/attributes"), "*.yaml filter=evil\n");
        run("chown", "-R", "nobody", directory.toString());

        assertThat(create()).isEqualTo(Exit.ERROR);

        assertThat(world.err()).contains("AX0304", "dubious ownership");
        assertThat(ran).doesNotExist();
        assertThat(file).hasContent(FILE);
    }

    @ParameterizedTest
    @CsvSource({"--skip-worktree, --no-skip-worktree", "--assume-unchanged, --no-assume-unchanged"})
    void what_git_is_told_not_to_look_at_is_not_committed(String hide, String show) throws Exception {
        git("update-index", hide, "axiomdb.yaml");
        Files.writeString(file, FILE + "# mine alone\n");
        assertThat(create()).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0806", "git update-index " + show);
        assertThat(file).hasContent(FILE + "# mine alone\n");
    }

    @ParameterizedTest
    @CsvSource({"MERGE_HEAD, AX0806", "CHERRY_PICK_HEAD, AX0806", "rebase-merge, AX0806", "index.lock, AX0807"})
    void what_is_under_way_is_found_before_the_file_is_written(String name, String code) throws Exception {
        String head = git("rev-parse", "HEAD");
        Files.writeString(directory.resolve(".git").resolve(name), head + "\n");
        hook("pre-commit", "touch '" + elsewhere.resolve("ran") + "'");
        assertThat(create()).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains(code, name);
        assertThat(file).hasContent(FILE);
        assertThat(elsewhere.resolve("ran")).doesNotExist();
    }

    @Test
    void without_an_identity_nothing_is_written() throws Exception {
        git("config", "--unset", "user.name");
        git("config", "--unset", "user.email");
        git("config", "user.useConfigOnly", "true");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        assertThat(create()).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0807", "user.name and user.email");
        assertThat(file).hasContent(FILE);
    }

    @Test
    void a_program_called_git_in_the_repository_is_not_run() throws Exception {
        Path ran = elsewhere.resolve("ran");
        program("git", ran);
        environment.put("PATH", ".:" + System.getenv("PATH"));
        assertThat(create()).as(world.err()).isZero();
        assertThat(ran).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {".:", ":", "bin:"})
    void programs_of_the_repository_are_not_run_by_git_either(String first) throws Exception {
        Path ran = elsewhere.resolve("ran");
        for (String name : List.of("ssh-keygen", "bin/ssh-keygen", "sh", "bin/sh")) {
            program(name, ran);
        }
        git("config", "gpg.format", "ssh");
        git("config", "user.signingkey", elsewhere.resolve("no-such-key").toString());
        git("config", "commit.gpgsign", "true");
        environment.put("PATH", first + System.getenv("PATH"));
        assertThat(create()).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0807");
        assertThat(ran).doesNotExist();
        assertThat(file).hasContent(FILE);
    }

    @Test
    void a_repository_of_tracked_files_beside_the_file_runs_nothing() throws Exception {
        Path ran = elsewhere.resolve("ran");
        Path deploy = Files.createDirectories(directory.resolve("deploy"));
        git("clone", "--quiet", ".", "inner");
        git("-C", "inner", "config", "core.worktree", ".");
        git("-C", "inner", "config", "core.fsmonitor", "touch '" + ran + "'; false");
        for (String name : List.of("HEAD", "config", "index", "objects", "refs")) {
            Files.move(directory.resolve("inner/.git").resolve(name), deploy.resolve(name));
        }
        file = deploy.resolve("axiomdb.yaml");
        Files.writeString(file, FILE);
        git("add", "deploy");
        git("commit", "--quiet", "--message=Second");
        assertThat(create()).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0306", "See who added HEAD, objects and refs");
        assertThat(world.run("plan", "--file", file.toString())).isEqualTo(Exit.ERROR);
        assertThat(ran).doesNotExist();
        assertThat(file).hasContent(FILE);
    }

    @Test
    void an_empty_message_is_refused_before_anything_is_written() {
        assertThat(create("--message", " ")).isEqualTo(Exit.USAGE);
        assertThat(file).hasContent(FILE);
    }

    private int create(String... more) {
        world.environment = environment;
        world.workspace = new LocalFiles(FakeWorld.CLOCK, environment);
        List<String> words = new ArrayList<>(
                List.of("branch", "create", "shop/x", "--no-plan", "--commit", "--file", file.toString()));
        words.addAll(List.of(more));
        return world.run(words.toArray(String[]::new));
    }

    private void hook(String name, String body) throws IOException {
        Path hook = Files.createDirectories(directory.resolve(".git/hooks")).resolve(name);
        Files.writeString(hook, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void program(String name, Path mark) throws IOException {
        Path program = directory.resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\ntouch '" + mark + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String git(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(elsewhere.resolve("errors").toFile());
        builder.environment().put("HOME", elsewhere.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(() -> String.join(" ", command)).isZero();
        return said.strip();
    }
}
