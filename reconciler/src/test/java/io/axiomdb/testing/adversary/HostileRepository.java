package io.axiomdb.testing.adversary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The author of a pull request, and a clone in which somebody checked that pull request out. The author writes tracked files
 * alone; each program of theirs leaves a mark when it runs. All belongs to the user who runs the test, as a clone does.
 */
public final class HostileRepository {
    /** What the reviewed repository's own commit says. */
    public static final String REVIEWED = "version: 1\norganization: acme\n";

    /** What only a commit of the author's repository says. */
    public static final String FORGED = "version: 1\norganization: forged\n";

    /** Whom the reviewed repository's settings and the author's repository's name. */
    public static final String CALLER = "caller@acme.example";

    public static final String FORGED_CALLER = "forged@acme.example";

    /** Of which files a repository can consist. */
    public enum Shape {
        /** HEAD, config, index, objects and refs beside the file. */
        WHOLE,
        /** The same in the directory above the file's. */
        ABOVE,
        /** HEAD and index beside the file, and a commondir that says where the rest is. */
        PARTS
    }

    private final Path scratch;
    private final Path author;
    private final Path clone;

    private HostileRepository(Path scratch) {
        this.scratch = scratch;
        this.author = scratch.resolve("author");
        this.clone = scratch.resolve("clone");
    }

    /**
     * A clone of a repository that has {@code deploy/acme/axiomdb.yaml}, with a repository inside it.
     *
     * @param scratch an empty directory
     */
    public static HostileRepository with(Path scratch, Shape shape) throws IOException {
        HostileRepository made = harmless(scratch);
        made.plant(shape);
        made.git(made.author, "add", "--all");
        made.git(made.author, "commit", "--quiet", "--message=Tidy");
        made.checkOut();
        return made;
    }

    /** The clone before the author did anything. */
    public static HostileRepository harmless(Path scratch) throws IOException {
        HostileRepository made = new HostileRepository(scratch);
        Files.createDirectories(scratch.resolve("home"));
        made.start(made.author);
        Files.createDirectories(made.author.resolve("deploy/acme"));
        Files.writeString(made.author.resolve("deploy/acme/axiomdb.yaml"), REVIEWED);
        made.git(made.author, "add", "--all");
        made.git(made.author, "commit", "--quiet", "--message=Reviewed");
        made.git(scratch, "clone", "--quiet", made.author.toString(), made.clone.toString());
        made.identify(made.clone, CALLER);
        return made;
    }

    private void plant(Shape shape) throws IOException {
        Path file = author.resolve("deploy/acme");
        Path place = shape == Shape.ABOVE ? author.resolve("deploy") : file;
        Path inner = scratch.resolve("inner");
        start(inner);
        Path committed = inner.resolve(place.relativize(file)).resolve("axiomdb.yaml");
        Files.createDirectories(committed.getParent());
        Files.writeString(committed, FORGED);
        git(inner, "add", "--all");
        git(inner, "commit", "--quiet", "--message=Forged");
        Files.writeString(committed, REVIEWED);
        git(inner, "add", "--all");
        git(inner, "commit", "--quiet", "--message=Forged too");
        identify(inner, FORGED_CALLER);
        for (String program : List.of("core.fsmonitor", "filter.evil.clean", "gpg.program")) {
            git(inner, "config", program, marking() + "; false");
        }
        git(inner, "config", "commit.gpgSign", "true");
        if (shape == Shape.PARTS) {
            // Where there is a commondir, Git reads where the work tree is from a file of its own.
            git(inner, "config", "core.repositoryFormatVersion", "1");
            git(inner, "config", "extensions.worktreeConfig", "true");
            Files.writeString(place.resolve("config.worktree"), "[core]\n\tworktree = .\n\tbare = false\n");
            Files.writeString(place.resolve("commondir"), "../rest\n");
        } else {
            git(inner, "config", "core.worktree", ".");
        }
        program(inner.resolve(".git/hooks/pre-commit"));
        Path rest = shape == Shape.PARTS ? author.resolve("deploy/rest") : place;
        for (String name : List.of("HEAD", "index")) {
            copy(inner.resolve(".git").resolve(name), place.resolve(name));
        }
        for (String name : List.of("config", "objects", "refs", "hooks")) {
            copy(inner.resolve(".git").resolve(name), rest.resolve(name));
        }
        Files.writeString(file.resolve(".gitattributes"), "*.yaml filter=evil\n");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copied = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(copied);
                } else {
                    Files.createDirectories(copied.getParent());
                    Files.copy(each, copied);
                }
            }
        }
    }

    /** Writes a program that leaves the mark. */
    public void program(Path at) throws IOException {
        Files.createDirectories(at.getParent());
        Files.writeString(at, "#!/bin/sh\n" + marking() + "\nexit 1\n");
        Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A command line that leaves the mark. */
    public String marking() {
        return "touch '" + mark() + "'";
    }

    /** Is there when any program of the author's has run. */
    public Path mark() {
        return scratch.resolve("mark");
    }

    private void checkOut() throws IOException {
        git(clone, "pull", "--quiet");
    }

    /** The clone. */
    public Path top() {
        return clone;
    }

    /** The file in the clone. */
    public Path file() {
        return clone.resolve("deploy/acme/axiomdb.yaml");
    }

    /** The directory that it is in. */
    public Path directory() {
        return clone.resolve("deploy/acme");
    }

    /** The environment of who uses the clone: no settings of this machine's users. */
    public Map<String, String> environment() {
        return new TreeMap<>(Map.of(
                "PATH", System.getenv("PATH"), "HOME", scratch.resolve("home").toString(), "GIT_CONFIG_NOSYSTEM", "1"));
    }

    /** The same with a Git that is older than {@code safe.bareRepository}, that is, does not know it. */
    public Map<String, String> environmentOfAnOldGit() throws IOException {
        return wrapped("""
                for word; do
                  shift
                  case "$word" in safe.bareRepository=*) word=unknown.setting=true;; esac
                  set -- "$@" "$word"
                done
                """);
    }

    /** The same with a Git before which something is done. */
    public Map<String, String> wrapped(String before) throws IOException {
        Path bin = Files.createDirectories(scratch.resolve("bin"));
        Path git = Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, "git"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
        Files.writeString(bin.resolve("git"), "#!/bin/sh\n" + before + "exec " + git + " \"$@\"\n");
        Files.setPosixFilePermissions(bin.resolve("git"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> environment = environment();
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        return environment;
    }

    private void start(Path directory) throws IOException {
        git(scratch, "init", "--quiet", directory.toString());
        identify(directory, "author@acme.example");
    }

    private void identify(Path directory, String email) throws IOException {
        git(directory, "config", "user.name", "Somebody");
        git(directory, "config", "user.email", email);
    }

    /** Runs Git as the clone's user would, and answers what it prints. */
    public String git(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said.strip();
    }
}
