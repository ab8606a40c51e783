package io.axiomdb.adapter.secrets;

import com.sun.security.auth.module.UnixSystem;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A file of a secret. Every step of the way to it belongs to root or the caller, and no one else can write there: so what was
 * checked is what is opened, a FIFO or a device is never opened at all, and no one else chooses the secret.
 */
final class SecretFile {
    /** More directories for secrets, separated by colons. */
    private static final String MORE = "AXM_SECRET_DIRS";

    /** Bytes; a password or a key is far below. */
    private static final int LIMIT = 64 * 1024;

    private static final int LINKS = 40;
    private static final int ROOT = 0;
    private static final int OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int LINK = 0120000;

    private final int caller;
    private final List<Path> allowed;

    /** A text can name any path; only what is meant for secrets is read. */
    static SecretFile of(Map<String, String> environment, Path home) {
        List<Path> directories = new ArrayList<>(List.of(Path.of("/etc/axiomdb"), Path.of("/run/secrets"), home));
        String more = environment.getOrDefault("CREDENTIALS_DIRECTORY", "") + ":" + environment.getOrDefault(MORE, "");
        for (String name : more.split(":")) {
            if (name.startsWith("/")) {
                directories.add(Path.of(name).normalize());
            } else if (!name.isBlank()) {
                throw new AxiomException(Diagnostic.of(
                        Code.SECRET_FILE,
                        MORE + " or CREDENTIALS_DIRECTORY names " + name,
                        "write absolute paths, separated by colons"));
            }
        }
        return new SecretFile((int) new UnixSystem().getUid(), directories);
    }

    /**
     * Files of one caller.
     *
     * @param allowed directories; files elsewhere are refused
     */
    SecretFile(int caller, List<Path> allowed) {
        this.caller = caller;
        this.allowed = List.copyOf(allowed);
    }

    /** Why a file is not read, and how to fix that. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        private final String help;

        Unfit(String why, String help) {
            super(why);
            this.help = help;
        }

        String help() {
            return help;
        }
    }

    private record Entry(int mode, int owner, long size) {
        boolean is(int type) {
            return (mode & TYPE) == type;
        }
    }

    /**
     * What is in it.
     *
     * @throws Unfit when it is elsewhere, is no regular file, is too large, or others could have put it there
     */
    byte[] read(Path path) throws IOException, Unfit {
        Path absolute = path.toAbsolutePath();
        Path real;
        try {
            real = walk(absolute);
        } catch (IOException | Unfit e) {
            // What is elsewhere is not even said to exist.
            if (!isBelow(absolute.normalize())) {
                throw elsewhere(path);
            }
            throw e;
        }
        if (!isBelow(real)) {
            throw elsewhere(path);
        }
        try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw tooLarge(path);
            }
            return bytes;
        }
    }

    /** Where it really is, link by link. */
    private Path walk(Path absolute) throws IOException, Unfit {
        Deque<Path> ahead = new ArrayDeque<>();
        absolute.forEach(ahead::addLast);
        Path at = absolute.getRoot();
        checkDirectory(at, entry(at));
        int links = 0;
        while (!ahead.isEmpty()) {
            Path next = at.resolve(ahead.removeFirst()).normalize();
            Entry entry = entry(next);
            if (entry.is(LINK)) {
                checkOwner(next, entry);
                if (++links > LINKS) {
                    throw new Unfit(absolute + " leads round in circles", "name the file itself");
                }
                Path target = Files.readSymbolicLink(next);
                List<Path> names = new ArrayList<>();
                target.forEach(names::add);
                names.reversed().forEach(ahead::addFirst);
                at = target.isAbsolute() ? target.getRoot() : at;
            } else if (entry.is(DIRECTORY) && !ahead.isEmpty()) {
                checkDirectory(next, entry);
                at = next;
            } else {
                checkFile(next, entry, ahead.isEmpty());
                return next;
            }
        }
        throw new Unfit(absolute + " is a directory", "name a file in it");
    }

    private void checkDirectory(Path directory, Entry entry) throws Unfit {
        checkOwner(directory, entry);
        boolean sticky = (entry.mode() & STICKY) != 0 && entry.owner() == ROOT;
        if ((entry.mode() & OTHERS_WRITE) != 0 && !sticky) {
            throw new Unfit("others can write in " + directory, "chmod go-w " + directory);
        }
    }

    private void checkFile(Path file, Entry entry, boolean last) throws Unfit {
        if (!entry.is(REGULAR) || !last) {
            throw new Unfit(file + " is no regular file", "name a file that holds the secret alone");
        }
        checkOwner(file, entry);
        if ((entry.mode() & OTHERS_WRITE) != 0) {
            throw new Unfit("others can write " + file, "chmod go-w " + file);
        }
        if (entry.size() > LIMIT) {
            throw tooLarge(file);
        }
    }

    private void checkOwner(Path path, Entry entry) throws Unfit {
        if (entry.owner() != ROOT && entry.owner() != caller) {
            throw new Unfit(
                    path + " belongs to user " + entry.owner(),
                    "it has to belong to root or to the user who runs axm (" + caller + ")");
        }
    }

    private boolean isBelow(Path path) throws IOException {
        for (Path directory : allowed) {
            if (path.startsWith(directory) || Files.isDirectory(directory) && path.startsWith(directory.toRealPath())) {
                return true;
            }
        }
        return false;
    }

    private Unfit elsewhere(Path path) {
        StringBuilder places = new StringBuilder();
        allowed.forEach(directory -> places.append(places.isEmpty() ? "" : ", ").append(directory));
        return new Unfit(
                path + " is in none of the directories for secrets: " + places,
                "put it into one of them, or export " + MORE + "="
                        + path.toAbsolutePath().normalize().getParent());
    }

    private static Unfit tooLarge(Path path) {
        return new Unfit(path + " is larger than 64 KiB", "name a file that holds the secret alone");
    }

    private static Entry entry(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid,size", LinkOption.NOFOLLOW_LINKS);
        return new Entry(
                number(attributes, "mode").intValue(),
                number(attributes, "uid").intValue(),
                number(attributes, "size").longValue());
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return (Number) Objects.requireNonNull(attributes.get(name), name);
    }
}
