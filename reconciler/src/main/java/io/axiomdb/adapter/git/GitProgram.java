package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Git's own program, run as the user who calls would run it: their configuration, identity and agents. Git itself decides
 * whether a repository that belongs to someone else may be used, before anything of it is run.
 */
public final class GitProgram {
    /** What Git is told by a user, as opposed to where its caller points it. */
    private static final Set<String> USERS = Set.of(
            "GIT_AUTHOR_NAME",
            "GIT_AUTHOR_EMAIL",
            "GIT_AUTHOR_DATE",
            "GIT_COMMITTER_NAME",
            "GIT_COMMITTER_EMAIL",
            "GIT_COMMITTER_DATE",
            "GIT_CONFIG_GLOBAL",
            "GIT_CONFIG_SYSTEM",
            "GIT_CONFIG_NOSYSTEM",
            "GIT_ASKPASS",
            "GIT_TERMINAL_PROMPT");

    /**
     * A repository that has no {@code .git} is made of files that can be tracked, so it is used by no call (from Git 2.38 on;
     * {@link WorkTree} finds it for all). What a repository has to say which files have changed is not asked: it is a program
     * that would run before anything was checked, and could call a file unchanged.
     */
    private static final List<String> ALWAYS = List.of("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=");

    private static final int SHOWN = 4000;

    private final SortedMap<String, String> environment;

    /**
     * Git with a caller's environment: without AxiomDB's variables, without any that holds a secret, without those that
     * point Git to another repository, index or program, and with no directory in PATH that depends on where it is run.
     *
     * @param environment the caller's
     * @param secrets names of variables that hold secrets
     */
    public GitProgram(Map<String, String> environment, SortedSet<String> secrets) {
        this.environment = new TreeMap<>(environment);
        this.environment
                .keySet()
                .removeIf(name -> name.startsWith("AXM_")
                        || secrets.contains(name)
                        || name.startsWith("GIT_") && !USERS.contains(name));
        this.environment.computeIfPresent("PATH", (name, path) -> absolute(path).collect(Collectors.joining(":")));
    }

    /**
     * What came of one call.
     *
     * @param output what it printed, as it is
     * @param complaints what it printed to its standard error, without the white space around it, at most 4,000 characters
     */
    public record Result(int exit, String output, String complaints) {
        public boolean succeeded() {
            return exit == 0;
        }
    }

    /**
     * Runs it to its end; its standard input is empty. Hooks take the time that they take.
     *
     * @throws AxiomException GIT when it is not installed or can't be run
     */
    public Result run(Path directory, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program().toString());
        command.addAll(ALWAYS);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process git = builder.start();
            git.getOutputStream().close();
            CompletableFuture<String> complaints = CompletableFuture.supplyAsync(
                    () -> read(git.errorReader(StandardCharsets.UTF_8)),
                    reading -> Thread.ofVirtual().start(reading));
            String output = read(git.inputReader(StandardCharsets.UTF_8));
            int exit = git.waitFor();
            String shown = complaints.join().strip();
            return new Result(exit, output, shown.substring(0, Math.min(shown.length(), SHOWN)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while git was running", e);
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The caller's {@code user.email}, where a directory is: of the repository that {@code .git} names, never of one that is
     * made of tracked files.
     *
     * @throws AxiomException GIT when Git is not installed or the repository can't be read
     */
    public Optional<String> email(Path directory) {
        try {
            Path real = directory.toRealPath();
            // At the top of a work tree Git takes its .git first; at the root of all directories it finds none.
            Path safe = WorkTree.nearest(real).map(WorkTree::top).orElse(Objects.requireNonNull(real.getRoot()));
            Result said = run(safe, "config", "--get", "user.email");
            String email = said.output().strip();
            return said.succeeded() && !email.isEmpty() ? Optional.of(email) : Optional.empty();
        } catch (IOException e) {
            throw Repositories.unreadable(directory.toString(), e);
        }
    }

    /** By absolute directories of PATH alone: a program in the repository is never taken for Git. */
    private Path program() {
        return absolute(environment.getOrDefault("PATH", ""))
                .map(directory -> Path.of(directory, "git"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AxiomException(
                        Diagnostic.of(Code.GIT, "there is no git in PATH", "install git, or leave --commit out")));
    }

    private static Stream<String> absolute(String path) {
        return Stream.of(path.split(":")).filter(directory -> directory.startsWith("/"));
    }

    private static String read(BufferedReader reader) {
        try (reader) {
            StringBuilder text = new StringBuilder();
            char[] buffer = new char[8192];
            for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
                text.append(buffer, 0, read);
            }
            return text.toString();
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static AxiomException failed(String words, Exception e) {
        return new AxiomException(Diagnostic.of(Code.GIT, "git: " + words, "run git status there and see"), e);
    }
}
