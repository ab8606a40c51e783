package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.core.Visible;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/** From bytes to text: strict UTF-8 without a byte order mark, and nothing in it that an editor would not show. */
final class FileText {
    private static final int BYTE_ORDER_MARK = 0xfeff;

    private FileText() {}

    /** The text, also when it holds forbidden characters; empty when the bytes are no text at all. */
    static Optional<String> decode(String file, byte[] bytes, Consumer<Diagnostic> problems) {
        if (bytes.length > Limits.FILE_BYTES) {
            problems.accept(Diagnostic.of(
                    Code.FILE_TOO_LARGE,
                    new Source(file, 0, 0, 1),
                    file + " has more than " + Limits.FILE_BYTES / 1024 + " KiB",
                    "move projects to files of their own and name them with include:"));
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            problems.accept(Diagnostic.of(
                    Code.NOT_UTF8,
                    firstBadByte(file, bytes),
                    "there are bytes here that no UTF-8 text has",
                    "save the file as UTF-8 without a byte order mark"));
            return Optional.empty();
        }
    }

    /** Whether a character may stand in a file as layout or as itself. */
    static boolean allowed(int codePoint) {
        return codePoint == '\t' || codePoint == '\n' || codePoint == '\r' || Visible.harmless(codePoint);
    }

    /** Reports characters that nobody sees; returns whether there was none. */
    static boolean onlyVisible(String file, String text, Consumer<Diagnostic> problems) {
        if (text.codePoints().allMatch(FileText::allowed)) {
            return true;
        }
        int line = 1;
        int column = 1;
        int found = 0;
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length && found < Limits.REPEATED; i++) {
            int c = points[i];
            if (!allowed(c)) {
                found++;
                problems.accept(invisible(new Source(file, line, column, 1), c));
            }
            boolean breaks = c == '\n' || c == '\r' && (i + 1 == points.length || points[i + 1] != '\n');
            line += breaks ? 1 : 0;
            column = breaks ? 1 : column + 1;
        }
        return false;
    }

    static Diagnostic invisible(Source at, int codePoint) {
        boolean mark = codePoint == BYTE_ORDER_MARK && at.line() == 1 && at.column() == 1;
        String name = Character.getName(codePoint);
        return Diagnostic.of(
                Code.CONTROL_CHARACTER,
                at,
                "U+%04X ".formatted(codePoint) + (mark ? "BYTE ORDER MARK" : name == null ? "unassigned" : name),
                mark
                        ? "save the file as UTF-8 without a byte order mark"
                        : "take it out: it would hide what the file really says");
    }

    private static Source firstBadByte(String file, byte[] bytes) {
        int good = 0;
        int line = 1;
        int start = 0;
        ByteBuffer in = ByteBuffer.wrap(bytes);
        java.nio.CharBuffer out = java.nio.CharBuffer.allocate(bytes.length);
        StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        good = in.position();
        for (int i = 0; i < good; i++) {
            if (bytes[i] == '\n') {
                line++;
                start = i + 1;
            }
        }
        String before = new String(bytes, start, good - start, StandardCharsets.UTF_8);
        return new Source(file, line, before.codePointCount(0, before.length()) + 1, 1);
    }
}
