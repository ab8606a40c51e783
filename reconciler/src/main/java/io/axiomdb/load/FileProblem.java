package io.axiomdb.load;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Says in words why a file could not be read: the exceptions of the platform often carry the bare path. */
final class FileProblem {
    private FileProblem() {}

    static String words(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case FileNotFoundException missing -> "there is no such file";
            case AccessDeniedException denied -> "reading it is not permitted";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
