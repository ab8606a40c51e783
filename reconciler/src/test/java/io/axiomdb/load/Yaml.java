package io.axiomdb.load;

/** Writes text as YAML. */
public final class Yaml {
    private Yaml() {}

    /** Between double quotes; everything that is not plainly a letter stands as an escape, so that any text can be written. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c >= ' ' && c < 127) {
                out.append((char) c);
            } else {
                out.append("\\U%08X".formatted(c));
            }
        });
        return out.append('"').toString();
    }

    /** Between double quotes, with every character as itself but the two that YAML would take for something else. */
    public static String raw(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
