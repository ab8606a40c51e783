package io.axiomdb.adapter.secrets;

import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.SecretsKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A keyset in a file that its owner alone can read.
 *
 * @param ownDirectory whether the directory is AxiomDB's own, and then must be closed to others too
 * @param files reads what no one else can have put there
 */
record KeyFile(Path path, boolean ownDirectory, SecretFile files) implements TinkKey.Place {
    private static final Set<PosixFilePermission> FILE_MODE = Set.of(OWNER_READ, OWNER_WRITE);
    private static final Set<PosixFilePermission> DIRECTORY_MODE = Set.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE);

    @Override
    public Optional<String> read() {
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            refuseLooser(path, FILE_MODE, Code.SECRETS_KEY, "chmod 600 ");
            if (ownDirectory) {
                refuseLooser(directory(), DIRECTORY_MODE, Code.HOME, "chmod 700 ");
            }
            // In its own directory, which was just seen to be closed, no one else can put anything.
            return Optional.of(
                    ownDirectory ? Files.readString(path) : new String(files.read(path), StandardCharsets.UTF_8));
        } catch (SecretFile.Unfit e) {
            throw new AxiomException(Diagnostic.of(Code.SECRET_FILE, String.valueOf(e.getMessage()), e.help()), e);
        } catch (IOException e) {
            throw failed("can't be read", e);
        }
    }

    /** Complete or not at all, and never over another one: written beside it, synced, then linked to its name. */
    @Override
    public String create(String keyset) {
        try {
            Path written = beside(keyset);
            try {
                Files.createLink(path, written);
            } finally {
                Files.delete(written);
            }
            sync(directory());
            return keyset;
        } catch (FileAlreadyExistsException e) {
            return read().orElseThrow(() -> failed("was there and is gone", e));
        } catch (IOException e) {
            throw failed("can't be made", e);
        }
    }

    @Override
    public SecretsKey.Successor successor(String keyset, SecretsKey.Sealer sealer) {
        return new Written(this, keyset, sealer);
    }

    /** A keyset in a file beside its place. */
    private static final class Written implements SecretsKey.Successor {
        private final KeyFile place;
        private final String keyset;
        private final SecretsKey.Sealer sealer;
        private @Nullable Path beside;

        Written(KeyFile place, String keyset, SecretsKey.Sealer sealer) {
            this.place = place;
            this.keyset = keyset;
            this.sealer = sealer;
        }

        @Override
        public SecretsKey.Sealer sealer() {
            return sealer;
        }

        @Override
        public void prepare() {
            try {
                beside = place.beside(keyset);
            } catch (IOException e) {
                throw place.failed("can't be made", e);
            }
        }

        /** What is no keyset goes out of the way first and stays beside it: it may be what is left of one. */
        @Override
        public void take() {
            try {
                Optional<String> there = place.read();
                if (there.isPresent() && !TinkSealer.isKeyset(there.get())) {
                    Files.move(place.path(), free(place.path()));
                }
                Files.createLink(place.path(), Objects.requireNonNull(beside, "prepared"));
                sync(place.directory());
            } catch (IOException e) {
                throw place.failed("can't be made", e);
            }
        }

        private static Path free(Path path) {
            int number = 1;
            while (Files.exists(path.resolveSibling(path.getFileName() + ".broken-" + number))) {
                number++;
            }
            return path.resolveSibling(path.getFileName() + ".broken-" + number);
        }

        @Override
        public void close() {
            try {
                if (beside != null) {
                    Files.deleteIfExists(beside);
                }
            } catch (IOException e) {
                throw place.failed("is made, and " + beside + " can't be deleted", e);
            }
        }
    }

    /** Written beside it, for its owner alone, and synced. */
    private Path beside(String keyset) throws IOException {
        Files.createDirectories(directory(), PosixFilePermissions.asFileAttribute(DIRECTORY_MODE));
        if (ownDirectory) {
            refuseLooser(directory(), DIRECTORY_MODE, Code.HOME, "chmod 700 ");
        }
        Path written = Files.createTempFile(
                directory(), ".secrets-key-", ".tmp", PosixFilePermissions.asFileAttribute(FILE_MODE));
        write(written, keyset);
        return written;
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path directory() {
        return Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file is in a directory");
    }

    private static void refuseLooser(Path file, Set<PosixFilePermission> most, Code code, String mend)
            throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!most.containsAll(mode)) {
            throw new AxiomException(Diagnostic.of(
                    code, file + " is open to others (" + PosixFilePermissions.toString(mode) + ")", mend + file));
        }
    }

    private AxiomException failed(String what, IOException cause) {
        return new AxiomException(
                Diagnostic.of(
                        Code.SECRETS_KEY,
                        path + " " + what + ": " + cause.getMessage(),
                        "make its directory writable for the user who runs axm, or name another place in AXM_SECRETS_KEY"),
                cause);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
