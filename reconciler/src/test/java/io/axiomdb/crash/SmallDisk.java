package io.axiomdb.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A filesystem of its own in memory, small enough to be filled. Without root it is a plain directory, which can't be.
 *
 * @param isReal whether it can be filled
 */
record SmallDisk(Path root, boolean isReal) {
    private static final int MEGABYTES = 160;

    static SmallDisk at(Path directory) throws IOException {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        return new SmallDisk(
                directory,
                root
                        && run(List.of(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=" + MEGABYTES + "m",
                                        "axm-crash",
                                        directory.toString()))
                                == 0);
    }

    private Path ballast() {
        return root.resolve("ballast");
    }

    /** Writes until there is no more room. */
    void fill() {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast())) {
            for (int blocks = 0; blocks < MEGABYTES * 256; blocks++) {
                out.write(block);
            }
            throw new IllegalStateException(root + " took " + MEGABYTES + " MB and is not full");
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(full);
            }
        }
    }

    void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() throws IOException {
        if (isReal && run(List.of("umount", root.toString())) != 0) {
            throw new IOException(root + " could not be unmounted");
        }
    }

    private static int run(List<String> command) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
