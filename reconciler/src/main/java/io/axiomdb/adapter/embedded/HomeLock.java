package io.axiomdb.adapter.embedded;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One process at a time uses a data directory. The operating system releases the lock of a process that dies. */
record HomeLock(FileChannel channel) implements AutoCloseable {
    private static final int PID_BYTES = 20;

    /** @throws AxiomException with CONTROL_PLANE_BUSY, naming the process that holds it */
    static HomeLock take(Path file) throws IOException {
        HomeLock lock =
                take(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        lock.channel.truncate(0);
        lock.channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return lock;
    }

    /**
     * Returns when nobody holds it. Makes nothing.
     *
     * @throws AxiomException with CONTROL_PLANE_BUSY, naming the process that holds it
     */
    static void requireFree(Path file) throws IOException {
        if (Files.exists(file)) {
            take(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))
                    .close();
        }
    }

    private static HomeLock take(Path file, Set<StandardOpenOption> options) throws IOException {
        FileChannel channel = FileChannel.open(file, options);
        if (lock(channel) == null) {
            String holder = read(channel);
            channel.close();
            throw new AxiomException(Diagnostic.of(
                    Code.CONTROL_PLANE_BUSY,
                    "process " + holder + " has " + file,
                    "wait until it is done, or give AXM_CONTROL_PLANE_URL a PostgreSQL that several can share"));
        }
        return new HomeLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another part of this very process has it.
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PID_BYTES);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    }
}
