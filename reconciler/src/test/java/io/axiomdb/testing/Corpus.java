package io.axiomdb.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Input that programs stumble over: strings in {@code corpus/naughty-strings.json}, whole files in {@code corpus/load},
 * addresses in {@code corpus/urls.txt}, times and whiles in {@code corpus/times.txt}.
 */
public final class Corpus {
    private static final int FILE_BYTES = 256 * 1024;
    private static final String HEAD = "version: 1\norganization: acme\nprojects: ";

    private Corpus() {}

    /** Every string once, by class in the order of the file. */
    public static List<String> naughtyStrings() {
        List<String> all = new ArrayList<>();
        try {
            JsonNode classes = JsonMapper.shared().readTree(Files.readString(path("naughty-strings.json")));
            classes.values().forEach(strings -> strings.values().forEach(text -> all.add(text.asString())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(all);
    }

    /** The seeds that are checked in, by file name. */
    public static SortedMap<String, byte[]> seeds() {
        SortedMap<String, byte[]> seeds = new TreeMap<>();
        try (Stream<Path> files = Files.list(path("load"))) {
            for (Path file : files.toList()) {
                seeds.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seeds;
    }

    /** Short seeds, a line each, such as addresses in {@code urls.txt}. */
    public static List<String> lines(String name) {
        try {
            return Files.readAllLines(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seeds that are too large to check in: the measured traps at full size, and both sides of the limit of a file. */
    public static SortedMap<String, byte[]> grown() {
        SortedMap<String, byte[]> grown = new TreeMap<>();
        for (String unit :
                List.of("[", "{", "{a: ", "- ", "? ", "'", "\"", "&a ", "*a ", "!t ", "|", "%", "#", "\n", "é")) {
            grown.put("repeated " + unit, text(HEAD + unit.repeat((FILE_BYTES - HEAD.length()) / utf8(unit))));
        }
        grown.put("a million digits", text("version: " + "9".repeat(1_000_000) + "\n"));
        grown.put("as many digits as fit", text("version: " + "9".repeat(FILE_BYTES - 9)));
        grown.put("a hundred thousand brackets", text("[".repeat(100_000)));
        grown.put("the largest file", text(HEAD + "{}\n#" + "x".repeat(FILE_BYTES - HEAD.length() - 4)));
        grown.put("one byte too many", text(HEAD + "{}\n#" + "x".repeat(FILE_BYTES - HEAD.length() - 3)));
        grown.put("one long key", text("k".repeat(FILE_BYTES - 10) + ": x\n"));
        grown.put("keys without end", text(keys()));
        grown.put("nothing but zeros", new byte[FILE_BYTES]);
        return grown;
    }

    private static String keys() {
        StringBuilder keys = new StringBuilder("version: 1\n");
        for (int i = 0; keys.length() < FILE_BYTES - 20; i++) {
            keys.append('k').append(i).append(": x\n");
        }
        return keys.toString();
    }

    private static int utf8(String unit) {
        return text(unit).length;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Corpus.class.getResource("/corpus/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
