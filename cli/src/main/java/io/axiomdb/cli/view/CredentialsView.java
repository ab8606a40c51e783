package io.axiomdb.cli.view;

import java.util.Locale;
import java.util.SortedMap;

/** Shows connection URLs by the name of their variable. */
public final class CredentialsView {
    /** In what form. */
    public enum Format {
        ENV,
        JSON,
        PRISMA;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private CredentialsView() {}

    /**
     * The URLs, masked or revealed as they were put in.
     *
     * @param urls by variable, such as {@code DATABASE_URL}
     */
    public static String render(Format format, SortedMap<String, String> urls, boolean revealed) {
        return switch (format) {
            case ENV -> env(urls);
            case JSON -> json(urls, revealed);
            case PRISMA -> prisma(urls);
        };
    }

    private static String env(SortedMap<String, String> urls) {
        StringBuilder text = new StringBuilder();
        urls.forEach((name, url) ->
                text.append(name).append("=\"").append(Escape.terminal(url)).append("\"\n"));
        return text.toString();
    }

    private static String json(SortedMap<String, String> urls, boolean revealed) {
        var root = Json.format("axiomdb.credentials/1").put("revealed", revealed);
        root.set("urls", Json.map(urls));
        return Json.write(root);
    }

    private static String prisma(SortedMap<String, String> urls) {
        StringBuilder text = new StringBuilder("# .env\n").append(env(urls)).append("\n// schema.prisma\n");
        text.append("datasource db {\n  provider  = \"postgresql\"\n");
        String main = urls.containsKey("DATABASE_URL") ? "DATABASE_URL" : urls.firstKey();
        text.append("  url       = env(\"").append(main).append("\")\n");
        if (urls.containsKey("DIRECT_URL") && !main.equals("DIRECT_URL")) {
            text.append("  directUrl = env(\"DIRECT_URL\")\n");
        }
        return text.append("}\n").toString();
    }
}
