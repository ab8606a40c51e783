package io.axiomdb.load;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.core.Visible;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.testing.Corpus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Bytes in, a configuration or diagnostics out, whatever the bytes are. */
class LoaderFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final int SMALL_HEAP_MIB = 96;
    private static final List<byte[]> SEEDS = List.copyOf(Corpus.seeds().values());
    /** Pieces that mean something to YAML or to a value, and all naughty strings. */
    private static final List<String> TOKENS = tokens();

    @TestFactory
    Stream<DynamicTest> every_seed_is_answered() {
        SortedMap<String, byte[]> all = new TreeMap<>(Corpus.seeds());
        all.putAll(Corpus.grown());
        return all.entrySet().stream()
                .map(seed -> DynamicTest.dynamicTest(seed.getKey(), () -> {
                    Loaded loaded = answered(seed.getValue());
                    boolean good = List.of("good.yaml", "carriage_returns.yaml", "the largest file")
                            .contains(seed.getKey());
                    assertThat(loaded.errors() == 0).as(told(loaded)).isEqualTo(good);
                }));
    }

    @Property(seed = "42")
    void bytes_changed_in_a_seed_are_answered(@ForAll Random random) {
        byte[] bytes = seed(random).clone();
        for (int i = random.nextInt(6); i >= 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        answered(bytes);
    }

    @Property(seed = "42")
    void seeds_cut_and_joined_are_answered(@ForAll Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = random.nextInt(4); i >= 0; i--) {
            byte[] seed = seed(random);
            int from = random.nextInt(seed.length + 1);
            out.write(seed, from, random.nextInt(seed.length - from + 1));
        }
        answered(out.toByteArray());
    }

    @Property(seed = "42")
    void words_put_into_a_good_file_are_answered(@ForAll Random random) {
        StringBuilder text = new StringBuilder(good());
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length());
            int until = random.nextBoolean() ? at : Math.min(text.length(), at + random.nextInt(20));
            text.replace(at, until, TOKENS.get(random.nextInt(TOKENS.size())));
        }
        answered(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** One value, whole, in place of another: gets past the syntax far more often than letters do. */
    @Property(seed = "42")
    void values_of_a_good_file_in_place_of_each_other_are_answered(@ForAll Random random) {
        List<String> lines = new ArrayList<>(good().lines().toList());
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            int colon = line.indexOf(": ");
            String value = TOKENS.get(random.nextInt(TOKENS.size()));
            switch (random.nextInt(3)) {
                case 0 -> lines.set(at, colon < 0 ? line : line.substring(0, colon + 2) + value);
                case 1 -> lines.set(at, colon < 0 ? line : line.substring(0, colon + 2) + Yaml.quoted(value));
                default -> lines.remove(at);
            }
        }
        answered(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    /** Parsing in a heap that a tree of a hundred thousand nodes, or a number of a million digits squared, would burst. */
    @Test
    void every_seed_is_answered_in_a_small_heap_and_stack() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx" + SMALL_HEAP_MIB + "m",
                        "-Xss512k",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SmallHeap.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("answered " + (Corpus.seeds().size() + Corpus.grown().size()));
    }

    /** Runs in a process of its own. */
    static final class SmallHeap {
        private SmallHeap() {}

        public static void main(String[] arguments) {
            SortedMap<String, byte[]> all = new TreeMap<>(Corpus.seeds());
            all.putAll(Corpus.grown());
            all.values().forEach(LoaderFuzzTest::answered);
            System.out.println("answered " + all.size());
        }
    }

    /** What holds for every answer. */
    private static Loaded answered(byte[] bytes) {
        Loaded loaded = Loader.load(Sources.of(bytes), NOW);
        assertThat(loaded.desired() == null).as("no configuration with errors").isEqualTo(loaded.errors() > 0);
        assertThat(loaded.diagnostics()).isSorted();
        for (Diagnostic d : loaded.diagnostics()) {
            assertThat(d.source().file()).as(d.toString()).isEqualTo("axiomdb.yaml");
        }
        String told = told(loaded);
        assertThat(told.codePoints().filter(c -> c != '\n')).allMatch(Visible::harmless);
        Desired desired = loaded.desired();
        if (desired != null) {
            comesBack(desired);
        }
        return loaded;
    }

    private static void comesBack(Desired desired) {
        SortedMap<ResourceKey, Fields> all = Declarations.of(desired);
        Desired again = Declarations.toDesired(desired.organization(), all);
        assertThat(again).isEqualTo(desired);
        assertThat(Declarations.of(again)).isEqualTo(all);
    }

    private static String told(Loaded loaded) {
        return DiagnosticText.render(loaded.diagnostics(), loaded.texts());
    }

    private static byte[] seed(Random random) {
        return SEEDS.get(random.nextInt(SEEDS.size()));
    }

    private static String good() {
        return new String(requireNonNull(Corpus.seeds().get("good.yaml")), StandardCharsets.UTF_8);
    }

    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>(Corpus.naughtyStrings());
        tokens.addAll(List.of(
                "{", "}", "[", "]", ": ", ", ", "\n", "\n  ", "\n    ", "\n      ", "{}", "[]", "x: y\n", "~: ~"));
        tokens.addAll(List.of(
                "main",
                "shop",
                "db1",
                "local",
                "feature/auth",
                "embedded",
                "owner",
                "public_all",
                "10.0.0.0/8",
                "::/0"));
        tokens.addAll(List.of(
                "file:/x",
                "env:X",
                "secret:x",
                "2099-01-01T00:00:00Z",
                "postgresql://h/d",
                "postgresql://127.0.0.1:1/d"));
        return List.copyOf(tokens);
    }
}
