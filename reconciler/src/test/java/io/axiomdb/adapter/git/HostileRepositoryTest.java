package io.axiomdb.adapter.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Digest;
import io.axiomdb.testing.adversary.HostileRepository;
import io.axiomdb.testing.adversary.HostileRepository.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pull request can put into a repository, and who looks at it or commits to it. */
class HostileRepositoryTest {
    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest
    @CsvSource({"WHOLE, true", "WHOLE, false", "ABOVE, true", "ABOVE, false", "PARTS, true", "PARTS, false"})
    void a_repository_of_tracked_files_runs_nothing_at_a_commit(Shape shape, boolean oldGit) throws IOException {
        HostileRepository hostile = HostileRepository.with(scratch, shape);
        Map<String, String> environment = oldGit ? hostile.environmentOfAnOldGit() : hostile.environment();
        AxiomException thrown = catchThrowableOfType(
                AxiomException.class, () -> FileCommit.prepared(program(environment), hostile.file()));
        assertThat(hostile.mark()).doesNotExist();
        assertThat(thrown).isNotNull().hasMessageContaining("a repository of its own");
        assertThat(thrown.code()).isEqualTo(Code.REPOSITORY_UNCLEAR);
    }

    /** Beside what is looked for here, for what nobody thought of. */
    @ParameterizedTest
    @EnumSource
    void git_is_told_to_use_no_repository_of_tracked_files(Shape shape) throws IOException {
        HostileRepository hostile = HostileRepository.with(scratch, shape);
        assumeTrue(
                hostile.git(hostile.top(), "help", "--config").contains("safe.bareRepository"),
                "Git is older than 2.38");
        GitProgram.Result said =
                program(hostile.environment()).run(hostile.directory(), "rev-parse", "--absolute-git-dir");
        assertThat(said.succeeded()).isFalse();
        assertThat(said.complaints()).contains("safe.bareRepository");
    }

    @ParameterizedTest
    @EnumSource
    void commits_of_a_repository_of_tracked_files_are_not_read(Shape shape) throws IOException {
        HostileRepository hostile = HostileRepository.with(scratch, shape);
        assertThat(refusal(() -> new CommitSource(hostile.file(), "HEAD")))
                .hasMessageContaining("a repository of its own");
        assertThat(refusal(() -> checkedOut(hostile))).hasMessageContaining("a repository of its own");
        assertThat(hostile.mark()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"WHOLE, true", "WHOLE, false", "PARTS, true"})
    void files_that_came_without_a_git_directory_are_outside_git(Shape shape, boolean oldGit) throws IOException {
        HostileRepository hostile = HostileRepository.with(scratch, shape);
        delete(hostile.top().resolve(".git"));
        Map<String, String> environment = oldGit ? hostile.environmentOfAnOldGit() : hostile.environment();
        assertThat(failure(() -> FileCommit.prepared(program(environment), hostile.file())))
                .isEqualTo(Code.GIT);
        assertThat(failure(() -> new CommitSource(hostile.file(), "HEAD"))).isEqualTo(Code.GIT);
        assertThat(checkedOut(hostile)).isFalse();
        assertThat(program(environment).email(hostile.directory())).isEmpty();
        assertThat(hostile.mark()).doesNotExist();
    }

    @Test
    void the_directory_below_the_top_alone_is_another_repository() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        for (String name : new String[] {"HEAD", "objects/x", "refs/x"}) {
            Path file = hostile.top().resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, "ref: refs/heads/forged\n");
        }
        assertThat(checkedOut(hostile)).isTrue();
        FileCommit.prepared(program(hostile.environment()), hostile.file());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void a_repository_of_tracked_files_does_not_say_who_the_caller_is(boolean oldGit) throws IOException {
        HostileRepository hostile = HostileRepository.with(scratch, Shape.WHOLE);
        Map<String, String> environment = oldGit ? hostile.environmentOfAnOldGit() : hostile.environment();
        assertThat(program(environment).email(hostile.directory())).contains(HostileRepository.CALLER);
        assertThat(hostile.mark()).doesNotExist();
    }

    @Test
    void another_repository_that_git_finds_is_refused_before_it_is_asked_for_anything() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Path other = scratch.resolve("other");
        hostile.git(scratch, "clone", "--quiet", hostile.top().toString(), other.toString());
        hostile.git(other, "config", "core.fsmonitor", hostile.marking());
        Map<String, String> environment = hostile.wrapped("export GIT_DIR='" + other.resolve(".git") + "'\n");
        assertThat(refusal(() -> FileCommit.prepared(program(environment), hostile.file())))
                .hasMessageContaining(other.resolve(".git").toString());
        assertThat(hostile.mark()).doesNotExist();
    }

    /** Git and what is looked for here agree, also where a variable would make Git look less far. */
    @Test
    void variables_that_say_where_git_looks_are_not_passed_on() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Map<String, String> environment = hostile.environment();
        environment.put(
                "GIT_CEILING_DIRECTORIES", hostile.top().resolve("deploy").toString());
        environment.put("GIT_COMMON_DIR", scratch.resolve("other").toString());
        FileCommit.prepared(program(environment), hostile.file());
    }

    @Test
    void a_link_from_one_repository_to_another_is_not_followed() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Path other = scratch.resolve("other");
        hostile.git(scratch, "clone", "--quiet", hostile.top().toString(), other.toString());
        Path link = Files.createSymbolicLink(hostile.top().resolve("linked"), other.resolve("deploy"));
        Path file = link.resolve("acme/axiomdb.yaml");
        hostile.git(other, "config", "user.email", "a@acme.example");
        hostile.git(other, "config", "user.name", "A");
        assertThat(refusal(() -> new CommitSource(file, "HEAD")))
                .hasMessageContaining(other.toRealPath().toString());
        assertThat(refusal(() -> FileCommit.prepared(program(hostile.environment()), file)))
                .hasMessageContaining("symbolic link");

        Path fromOutside = Files.createSymbolicLink(scratch.resolve("outside"), other);
        new CommitSource(fromOutside.resolve("deploy/acme/axiomdb.yaml"), "HEAD");
        FileCommit.prepared(program(hostile.environment()), fromOutside.resolve("deploy/acme/axiomdb.yaml"));
    }

    /** Which names what has changed, so it would be believed as well as run. */
    @Test
    void what_the_callers_repository_runs_to_see_changes_is_neither_run_nor_believed() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Path monitor = scratch.resolve("monitor");
        hostile.program(monitor);
        Files.writeString(monitor, "#!/bin/sh\n" + hostile.marking() + "\nprintf 'token\\0'\n");
        hostile.git(hostile.top(), "config", "core.fsmonitor", monitor.toString());
        hostile.git(hostile.top(), "update-index", "--fsmonitor");
        hostile.git(hostile.top(), "status");
        Files.delete(hostile.mark());
        Files.writeString(hostile.file(), HostileRepository.FORGED);
        assertThat(failure(() -> FileCommit.prepared(program(hostile.environment()), hostile.file())))
                .isEqualTo(Code.UNCOMMITTED);
        Files.writeString(hostile.file(), HostileRepository.REVIEWED);
        FileCommit commit = FileCommit.prepared(program(hostile.environment()), hostile.file());
        Files.writeString(hostile.file(), HostileRepository.REVIEWED + "# edited\n");
        commit.commit("Edit");
        assertThat(hostile.git(hostile.top(), "show", "HEAD:deploy/acme/axiomdb.yaml"))
                .contains("# edited");
    }

    @Test
    void what_a_pull_request_says_of_filters_and_submodules_runs_nothing() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Path module = hostile.top().resolve("module");
        hostile.git(scratch, "clone", "--quiet", hostile.top().toString(), module.toString());
        hostile.git(module, "config", "core.fsmonitor", hostile.marking());
        Files.writeString(
                hostile.top().resolve(".gitmodules"),
                "[submodule \"module\"]\n\tpath = module\n\turl = ./\n\tupdate = !" + hostile.marking() + "\n");
        Files.writeString(
                hostile.top().resolve(".gitattributes"),
                "*.yaml filter=evil diff=evil merge=evil\n[attr]evil filter=x\n");
        Files.writeString(hostile.top().resolve(".gitconfig"), filters(hostile));
        hostile.git(hostile.top(), "add", "--all");
        hostile.git(hostile.top(), "commit", "--quiet", "--message=Attributes");
        Files.writeString(module.resolve("new"), "");
        Files.deleteIfExists(hostile.mark());

        FileCommit commit = FileCommit.prepared(program(hostile.environment()), hostile.file());
        Files.writeString(hostile.file(), HostileRepository.REVIEWED + "# edited\n");
        commit.commit("Edit");

        assertThat(checkedOut(hostile)).isTrue();
        assertThat(hostile.mark()).doesNotExist();
    }

    @Test
    void looking_at_a_repository_of_another_user_runs_nothing_of_it() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Files.writeString(hostile.top().resolve(".git/config"), filters(hostile), StandardOpenOption.APPEND);
        Files.writeString(hostile.top().resolve(".git/info/attributes"), "*.yaml filter=evil diff=evil\n");
        for (String hook : new String[] {"post-checkout", "pre-commit", "reference-transaction", "post-index-change"}) {
            hostile.program(hostile.top().resolve(".git/hooks").resolve(hook));
        }
        if (System.getProperty("user.name").equals("root")) {
            give(hostile.top());
            assertThat(failure(() -> FileCommit.prepared(program(hostile.environment()), hostile.file())))
                    .isEqualTo(Code.GIT);
        }
        assertThat(checkedOut(hostile)).isTrue();
        assertThat(new CommitSource(hostile.file(), "HEAD").read("axiomdb.yaml", 1000))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(HostileRepository.REVIEWED);
        assertThat(hostile.mark()).doesNotExist();
    }

    private static String filters(HostileRepository hostile) {
        return """
                [core]
                    fsmonitor = %1$s
                    pager = %1$s
                    sshCommand = %1$s
                [filter "evil"]
                    clean = %1$s; cat
                    smudge = %1$s; cat
                    required = true
                [diff "evil"]
                    textconv = %1$s; cat
                    command = %1$s
                [alias]
                    status = !%1$s
                """.formatted(hostile.marking());
    }

    private static void give(Path directory) throws IOException {
        UserPrincipal nobody =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                Files.setOwner(each, nobody);
            }
        }
    }

    @Test
    void linked_work_trees_and_submodules_are_what_their_git_files_name() throws IOException {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Path linked = scratch.resolve("linked");
        hostile.git(hostile.top(), "worktree", "add", "--quiet", "-b", "other", linked.toString());
        assertWorks(hostile, linked);

        Path bare = scratch.resolve("bare");
        hostile.git(scratch, "clone", "--quiet", "--bare", hostile.top().toString(), bare.toString());
        hostile.git(
                bare,
                "worktree",
                "add",
                "--quiet",
                "-b",
                "third",
                bare.resolve("inside").toString());
        hostile.git(bare, "config", "user.name", "A");
        hostile.git(bare, "config", "user.email", "a@acme.example");
        assertWorks(hostile, bare.resolve("inside"));

        String url = bare.toString();
        hostile.git(hostile.top(), "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "module");
        hostile.git(hostile.top().resolve("module"), "config", "user.name", "A");
        hostile.git(hostile.top().resolve("module"), "config", "user.email", "a@acme.example");
        assertWorks(hostile, hostile.top().resolve("module"));
    }

    private static void assertWorks(HostileRepository hostile, Path top) throws IOException {
        Path file = top.resolve("deploy/acme/axiomdb.yaml");
        String head = hostile.git(top, "rev-parse", "HEAD");
        assertThat(new CommitSource(file, "HEAD").commit().id()).isEqualTo(head);
        assertThat(HeadCommit.of(
                        Objects.requireNonNull(file.getParent()).toRealPath(),
                        read(file),
                        Collections.emptySortedSet()))
                .hasValueSatisfying(commit -> assertThat(commit.id()).isEqualTo(head));
        FileCommit commit = FileCommit.prepared(program(hostile.environment()), file);
        Files.writeString(file, HostileRepository.REVIEWED + "# edited\n");
        assertThat(commit.commit("Edit").id()).isEqualTo(hostile.git(top, "rev-parse", "HEAD"));
    }

    /** As whoever has the current directory in PATH. */
    @Test
    void reading_commits_runs_no_program_and_writes_no_file() throws Exception {
        HostileRepository hostile = HostileRepository.harmless(scratch);
        Path directory = hostile.directory();
        for (String program : new String[] {"git", "sh", "bash", "uname"}) {
            hostile.program(directory.resolve(program));
        }
        Path home = Files.createDirectories(scratch.resolve("another-home"));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Duser.home=" + home,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Looking.class.getName(),
                        hostile.file().toString())
                .directory(directory.toFile())
                .redirectError(scratch.resolve("errors").toFile());
        builder.environment().putAll(hostile.environment());
        builder.environment().remove("GIT_CONFIG_NOSYSTEM");
        builder.environment().put("PATH", ".:" + System.getenv("PATH"));
        Process looking = builder.start();
        String said = new String(looking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(looking.waitFor())
                .as(Files.readString(scratch.resolve("errors")))
                .isZero();
        assertThat(said).isEqualTo("true " + HostileRepository.REVIEWED);
        assertThat(hostile.mark()).doesNotExist();
        assertThat(home).isEmptyDirectory();
    }

    /** Reads a file's commit both ways. */
    static final class Looking {
        private Looking() {}

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            boolean checkedOut = HeadCommit.of(
                            Objects.requireNonNull(file.getParent()).toRealPath(),
                            read(file),
                            Collections.emptySortedSet())
                    .isPresent();
            byte[] committed = new CommitSource(file, "HEAD").read("axiomdb.yaml", 1000);
            System.out.print(checkedOut + " " + new String(committed, StandardCharsets.UTF_8));
        }
    }

    private static boolean checkedOut(HostileRepository hostile) throws IOException {
        Path directory = hostile.directory().toRealPath();
        return HeadCommit.of(directory, read(hostile.file()), Collections.emptySortedSet())
                .isPresent();
    }

    private static SortedMap<String, Digest> read(Path file) throws IOException {
        return new TreeMap<>(Map.of("axiomdb.yaml", Digest.of(Files.readAllBytes(file))));
    }

    private static GitProgram program(Map<String, String> environment) {
        return new GitProgram(environment, Collections.emptySortedSet());
    }

    private static AxiomException refusal(ThrowingCallable call) {
        AxiomException thrown = catchThrowableOfType(AxiomException.class, call);
        assertThat(thrown).isNotNull();
        assertThat(thrown.code()).isEqualTo(Code.REPOSITORY_UNCLEAR);
        return thrown;
    }

    private static Code failure(ThrowingCallable call) {
        AxiomException thrown = catchThrowableOfType(AxiomException.class, call);
        assertThat(thrown).isNotNull();
        return thrown.code();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
