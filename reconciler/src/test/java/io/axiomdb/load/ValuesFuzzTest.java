package io.axiomdb.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.load.Node.Scalar;
import io.axiomdb.testing.Corpus;
import io.axiomdb.testing.Patience;
import io.axiomdb.testing.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assertions;
import org.postgresql.Driver;

/** Values with a grammar of their own: canonical or told why not, at once, and what is canonical stays as it is. */
class ValuesFuzzTest {
    private static final List<String> PATHS =
            List.of("expires_at", "cidr", "postgres.password", "ssh.key", "ssh.address", "postgres.url");
    private static final List<String> URLS = Corpus.lines("urls.txt");
    private static final List<String> TIMES = Corpus.lines("times.txt");
    private static final Duration PATIENCE = Patience.of(Duration.ofSeconds(5));

    @Example
    void every_seed_is_answered() {
        Assertions.assertTimeoutPreemptively(PATIENCE, () -> {
            for (String path : PATHS) {
                URLS.forEach(seed -> answered(path, seed));
                TIMES.forEach(seed -> answered(path, seed));
                Corpus.naughtyStrings().forEach(seed -> answered(path, seed));
            }
        });
    }

    /** As long as a scalar may be, and with as many pieces as fit. */
    @Example
    void the_longest_texts_are_answered_at_once() {
        for (String piece :
                List.of("a", "a.", "a-.", "-", "[", ":", "::", "0.", "9", "a ", " ", "@", "%41", "/", "?", "&a=")) {
            String text = piece.repeat(Limits.SCALAR_BYTES / piece.length());
            Assertions.assertTimeoutPreemptively(PATIENCE, () -> {
                PATHS.forEach(path -> answered(path, text));
                answered("postgres.url", "postgresql://" + text);
                answered("postgres.url", "postgresql://db1/" + text);
                answered("postgres.password", "file:" + text);
            });
        }
    }

    @Property(seed = "42")
    void any_text_is_answered(@ForAll Random random) {
        answered(PATHS.get(random.nextInt(PATHS.size())), Texts.any(random, 40));
    }

    @Property(seed = "42")
    void texts_near_an_address_are_answered(@ForAll Random random) {
        String rest = Texts.near(random, "abdb1.-:[]0123456789%/@?=&", 24);
        answered("postgres.url", rest);
        answered("postgres.url", "postgresql://" + rest);
        answered("postgres.url", changed(random, URLS));
        answered("ssh.address", rest);
        answered("ssh.address", changed(random, URLS));
    }

    @Property(seed = "42")
    void texts_near_a_time_are_answered(@ForAll Random random) {
        answered("expires_at", Texts.near(random, "0123456789-:TZ+.", 24));
        answered("expires_at", changed(random, TIMES));
    }

    /** What we take out of an address, the driver would; a password in it is never told again. */
    private static void answered(String path, String text) {
        List<Diagnostic> problems = new ArrayList<>();
        Map<String, String> fields = read(path, text, problems);
        assertThat(problems).as("%s %s", path, text).hasSize(fields.isEmpty() ? 1 : 0);
        switch (path) {
            case "expires_at" ->
                fields.values()
                        .forEach(v -> assertThat(Instant.parse(v).toString()).isEqualTo(text));
            case "postgres.url" -> url(text, fields, problems);
            default ->
                fields.forEach(
                        (name, value) -> assertThat(read(path, value, problems)).isEqualTo(fields));
        }
    }

    private static void url(String text, Map<String, String> fields, List<Diagnostic> problems) {
        assertThat(problems.toString()).doesNotContain("hunter2");
        if (fields.isEmpty()) {
            return;
        }
        String host = Objects.requireNonNull(fields.get("postgres.address"));
        String written = "postgresql://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + fields.get("postgres.port") + "/" + fields.get("postgres.database");
        assertThat(read("postgres.url", written, problems)).isEqualTo(fields);
        Properties driver = Objects.requireNonNull(Driver.parseURL("jdbc:" + written, null));
        assertThat(driver.getProperty("PGHOST").replaceAll("[\\[\\]]", ""))
                .as(text)
                .isEqualTo(host);
        assertThat(driver.getProperty("PGPORT")).isEqualTo(fields.get("postgres.port"));
        assertThat(driver.getProperty("PGDBNAME")).isEqualTo(fields.get("postgres.database"));
    }

    private static Map<String, String> read(String path, String text, List<Diagnostic> problems) {
        Scalar scalar = new Scalar(Source.NOWHERE, Scalar.Type.TEXT, text, new Node.Span(0, text.length()));
        return new Values(problems::add).canonical(path, scalar);
    }

    /** A seed with one piece of it gone, doubled or replaced. */
    private static String changed(Random random, List<String> seeds) {
        String seed = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(seed.length() + 1);
        int until = from + random.nextInt(Math.min(4, seed.length() - from + 1));
        String between = switch (random.nextInt(3)) {
            case 0 -> "";
            case 1 -> seed.substring(from, until).repeat(2);
            default -> Texts.any(random, 2);
        };
        return seed.substring(0, from) + between + seed.substring(until);
    }
}
