package io.axiomdb.adapter.files;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes files whole or not at all: beside the place first, to the disk, then into it. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Puts a text in the place of another, with the mode and the owner that the file has. A symbolic link stays one: the
     * file that it leads to is written.
     *
     * @param before what the file has to hold still
     * @throws AxiomException FILE_CHANGED when it holds something else, WRITE_FAILED; the file is as it was then
     */
    public static void replace(Path file, String before, String after) {
        try {
            Path real = file.toRealPath();
            Path beside = beside(real, after);
            try {
                keepAttributes(real, beside);
                if (!Arrays.equals(Files.readAllBytes(real), before.getBytes(StandardCharsets.UTF_8))) {
                    throw new AxiomException(Diagnostic.of(
                            Code.FILE_CHANGED,
                            file + " is not what was read",
                            "Somebody else wrote it in between. Run the command again; nothing was written."));
                }
                Files.move(beside, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
            force(real.getParent());
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /**
     * Puts back what a file held, whatever it holds now, as when an edit was to be committed and a hook refused it.
     *
     * @throws AxiomException WRITE_FAILED
     */
    public static void put(Path file, String text) {
        try {
            replace(file, Files.readString(file.toRealPath()), text);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /**
     * Writes a new file.
     *
     * @throws AxiomException FILE_EXISTS when there is anything by that name, WRITE_FAILED
     */
    public static void create(Path file, String text) {
        Path absolute = file.toAbsolutePath();
        try {
            Path beside = beside(absolute, text);
            try {
                // A link is made only where nothing is, which a move does not promise.
                Files.createLink(absolute, beside);
            } finally {
                Files.deleteIfExists(beside);
            }
            force(absolute.getParent());
        } catch (FileAlreadyExistsException e) {
            throw new AxiomException(
                    Diagnostic.of(
                            Code.FILE_EXISTS,
                            file.toString(),
                            "Nothing was written. Take another name with --file, or edit that file."),
                    e);
        } catch (IOException | UnsupportedOperationException e) {
            throw failed(file, e);
        }
    }

    private static Path beside(Path file, String text) throws IOException {
        Path beside = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        Files.deleteIfExists(beside);
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(beside);
            throw e;
        }
        return beside;
    }

    private static void keepAttributes(Path from, Path to) throws IOException {
        PosixFileAttributeView old = Files.getFileAttributeView(from, PosixFileAttributeView.class);
        PosixFileAttributeView made = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (old == null || made == null) {
            return;
        }
        PosixFileAttributes had = old.readAttributes();
        PosixFileAttributes has = made.readAttributes();
        if (!had.owner().equals(has.owner())) {
            made.setOwner(had.owner());
        }
        if (!had.group().equals(has.group())) {
            made.setGroup(had.group());
        }
        made.setPermissions(had.permissions());
    }

    /** The new name is on the disk too, where directories can be opened. */
    private static void force(@Nullable Path directory) throws IOException {
        if (directory != null && Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static AxiomException failed(Path file, Exception e) {
        return new AxiomException(
                Diagnostic.of(
                        Code.WRITE_FAILED,
                        file + ": " + e.getClass().getSimpleName() + " " + e.getMessage(),
                        "Check the directory's permissions and the disk. The file is as it was."),
                e);
    }
}
