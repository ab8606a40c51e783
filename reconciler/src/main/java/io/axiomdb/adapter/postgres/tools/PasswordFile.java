package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.core.Secret;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A password where a program of ours can read it as its password file, and nobody else: in a file that lost its name
 * before anything was written to it, and that only processes of our own user can open through this process.
 */
final class PasswordFile implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final Path OWN = Path.of("/proc/self/fd");

    private final FileOutputStream file;
    private final String path;

    private PasswordFile(FileOutputStream file, String path) {
        this.file = file;
        this.path = path;
    }

    /**
     * Readable until closed.
     *
     * @param password null for servers that ask for none
     */
    static PasswordFile of(@Nullable Secret password) throws IOException {
        Path named = (Files.isWritable(MEMORY)
                        ? Files.createTempFile(MEMORY, "axm-", "")
                        : Files.createTempFile("axm-", ""))
                .toRealPath();
        FileOutputStream file;
        String path;
        try {
            file = new FileOutputStream(named.toFile());
        } finally {
            Files.delete(named);
        }
        try {
            path = "/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor(named);
            if (password != null) {
                file.write(("*:*:*:*:" + escaped(password.reveal()) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new PasswordFile(file, path);
    }

    /** For PGPASSFILE. */
    String path() {
        return path;
    }

    private static String escaped(String password) throws IOException {
        if (password.indexOf('\n') >= 0 || password.indexOf('\0') >= 0) {
            throw new IOException("the administrator's password has a line break, which pg_dump can't be given");
        }
        return password.replace("\\", "\\\\").replace(":", "\\:");
    }

    private static String descriptor(Path deleted) throws IOException {
        String target = deleted + " (deleted)";
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN)) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().equals(target)) {
                    return descriptor.getFileName().toString();
                }
            }
        }
        throw new IOException("can't find a file of our own in " + OWN);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
