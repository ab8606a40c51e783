package io.axiomdb.adapter.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.load.Loader;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadCommitTest {
    @TempDir
    Path top;

    private Path directory;

    @BeforeEach
    void make_files() throws IOException {
        directory = top.resolve("infra");
        Files.createDirectories(directory.resolve("projects"));
        Files.writeString(
                directory.resolve("axiomdb.yaml"), "version: 1\norganization: acme\ninclude: ['projects/*.yaml']\n");
        Files.writeString(directory.resolve("projects/a.yaml"), "projects: {}\n");
        Files.writeString(directory.resolve("notes.txt"), "first\n");
    }

    @Test
    void outside_a_repository_there_is_no_commit() {
        assertThat(commit()).isNull();
    }

    @Test
    void a_repository_without_commits_has_none() throws GitAPIException {
        try (Git git = Git.init().setDirectory(top.toFile()).call()) {
            assertThat(git).isNotNull();
            assertThat(commit()).isNull();
        }
    }

    @Test
    void clean_files_belong_to_the_commit_that_is_checked_out() throws Exception {
        try (Git git = Git.init().setDirectory(top.toFile()).call()) {
            RevCommit head = commitAll(git);
            assertThat(commit()).isEqualTo(new DesiredSource.Commit(head.name(), "Say who may connect"));
            Files.writeString(directory.resolve("notes.txt"), "edited, but not read\n");
            assertThat(commit()).isNotNull();
        }
    }

    @Test
    void an_edited_a_new_and_a_deleted_file_belong_to_no_commit() throws Exception {
        try (Git git = Git.init().setDirectory(top.toFile()).call()) {
            commitAll(git);
            Path other = directory.resolve("projects/b.yaml");
            Files.writeString(other, "projects: {}\n");
            assertThat(commit()).as("a new file").isNull();
            commitAll(git);
            assertThat(commit()).isNotNull();
            Files.writeString(other, "projects: {} # edited\n");
            assertThat(commit()).as("an edited file").isNull();
            Files.delete(other);
            assertThat(commit()).as("a deleted file").isNull();
        }
    }

    private static RevCommit commitAll(Git git) throws GitAPIException {
        git.add().addFilepattern(".").call();
        return git.commit()
                .setMessage("Say who may connect\n\nAt length.")
                .setAuthor("A", "a@acme.example")
                .setCommitter("A", "a@acme.example")
                .setSign(false)
                .call();
    }

    private DesiredSource.@Nullable Commit commit() {
        DirectorySource source = new DirectorySource(directory.resolve("axiomdb.yaml"), HeadCommit::of);
        assertThat(Loader.load(source, Instant.EPOCH).diagnostics()).isEmpty();
        return source.commit();
    }
}
