package io.axiomdb.adapter.postgres.tools;

import io.axiomdb.port.HostWriter.HostFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What pg_dump writes, while it does: its head, which is kept and holds the table of contents, and the rest, which passes
 * by once.
 */
final class Archive {
    private static final int CHUNK = 1 << 16;

    private final Program dump;
    private final byte[] head;
    private final Contents contents;

    private Archive(Program dump, byte[] head, Contents contents) {
        this.dump = dump;
        this.head = head;
        this.contents = contents;
    }

    /** Reads as much of it as pg_restore needs to list it. */
    static Archive begin(Program dump, Tools tools) throws IOException, HostFailure {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        try (Program list = tools.list()) {
            CompletableFuture<String> listed = CompletableFuture.supplyAsync(
                    () -> text(list.output()),
                    reading -> Thread.ofVirtual().name("axm-tool-list").start(reading));
            byte[] chunk = new byte[CHUNK];
            boolean fed = false;
            while (!fed && list.isAlive()) {
                int read = dump.output().read(chunk);
                if (read < 0) {
                    whole(dump);
                    fed = true;
                } else {
                    head.write(chunk, 0, read);
                    fed = !feed(list.input(), chunk, read);
                }
            }
            finish(list.input());
            if (!list.succeeded()) {
                throw failed("listing the archive", list);
            }
            return new Archive(dump, head.toByteArray(), Contents.of(listed.join()));
        }
    }

    Contents contents() {
        return contents;
    }

    /** Reads it to its end. */
    void restore(Tools tools, String database, List<String> entries) throws IOException, HostFailure {
        Path list = listFile(entries);
        try (Program restore = tools.restore(database, list)) {
            boolean wanted = feed(restore.input(), head, head.length);
            byte[] chunk = new byte[CHUNK];
            int read = dump.output().read(chunk);
            while (read >= 0) {
                wanted = wanted && feed(restore.input(), chunk, read);
                if (!wanted && !restore.succeeded()) {
                    throw failed("restoring", restore);
                }
                read = dump.output().read(chunk);
            }
            // Before the reader is told that this was all of it.
            whole(dump);
            finish(restore.input());
            if (!restore.succeeded()) {
                throw failed("restoring", restore);
            }
        } finally {
            Files.delete(list);
        }
    }

    private static void whole(Program dump) throws HostFailure {
        if (!dump.succeeded()) {
            throw failed("reading the original", dump);
        }
    }

    private static Path listFile(List<String> entries) throws IOException {
        return Files.write(Files.createTempFile("axm-copy-", ".list"), entries);
    }

    /** False once the program reads no more: it has what it needs, or has failed. */
    private static boolean feed(OutputStream input, byte[] bytes, int length) {
        try {
            input.write(bytes, 0, length);
            input.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void finish(OutputStream input) {
        try {
            input.close();
        } catch (IOException e) {
            // It had read enough, or has failed, which its exit code says.
            return;
        }
    }

    private static String text(InputStream output) {
        try {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // The program was ended; its exit code says so.
            return "";
        }
    }

    private static HostFailure failed(String what, Program program) {
        String said = program.complaints();
        return HostFailure.refused(
                what + ": " + (said.isEmpty() ? "the program ended without a word" : said), Help.of(said), null);
    }
}
