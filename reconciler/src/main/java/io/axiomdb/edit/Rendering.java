package io.axiomdb.edit;

import io.axiomdb.edit.Content.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** New lines, indented as the file is. */
final class Rendering {
    private final String step;

    /**
     * Indents by so much.
     *
     * @param step in blanks, at least 1
     */
    Rendering(int step) {
        this.step = " ".repeat(step);
    }

    /**
     * The lines of one entry.
     *
     * @param inBraces whether mappings of plain values are written in braces, on one line
     */
    List<String> entry(String indent, String key, Content content, boolean inBraces) {
        if (content instanceof Keys keys && !keys.entries().isEmpty() && !(inBraces && isFlat(keys))) {
            List<String> lines = new ArrayList<>(List.of(indent + Quoting.key(key) + ":"));
            keys.entries().forEach((k, value) -> lines.addAll(entry(indent + step, k, value, inBraces)));
            return lines;
        }
        return List.of(indent + Quoting.key(key) + ": " + content.flow());
    }

    /** The lines below a key that held nothing before. */
    List<String> below(String indent, Keys keys) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Content> entry : keys.entries().entrySet()) {
            lines.addAll(entry(indent + step, entry.getKey(), entry.getValue(), false));
        }
        return lines;
    }

    private static boolean isFlat(Keys keys) {
        return keys.entries().values().stream().noneMatch(Keys.class::isInstance);
    }
}
