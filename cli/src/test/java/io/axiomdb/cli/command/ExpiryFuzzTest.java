package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** {@code --expires}: a time that the file can hold, or a reason, whatever was written. */
class ExpiryFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:20:30.456Z");
    private static final String ALPHABET = "0123456789smhdwPT-:Z+. ٣é\u202e";
    private static final List<Long> SECONDS = List.of(1L, 60L, 3600L, 86_400L, 604_800L);
    private static final int TRIES = Integer.getInteger("fuzz.tries", 1000);

    @ParameterizedTest
    @CsvSource({
        "72h, 2026-11-25T10:20:30Z",
        "1s, 2026-11-22T10:20:31Z",
        "99999w, 3943-05-30T10:20:30Z",
        "2099-12-24T00:00Z, 2099-12-24T00:00:00Z",
        "2099-12-24T00:00:00.9+14:00, 2099-12-23T10:00:00Z",
        "9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z"
    })
    void it_ends_then(String text, String then) throws Exception {
        assertThat(new Expiry.Converter().convert(text).from(NOW)).isEqualTo(then);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0h",
                "100000w",
                "9999-12-31T23:59:59-01:00",
                "+10000-01-01T00:00:00Z",
                "+999999999-12-31T23:59:59-18:00",
                "-0001-01-01T00:00:00Z",
                "0000-01-01T00:00:00+01:00"
            })
    void what_the_file_cannot_hold_is_refused(String text) {
        Assertions.assertThrows(TypeConversionException.class, () -> new Expiry.Converter().convert(text));
    }

    @Test
    void every_seed_and_every_long_text_is_answered() throws IOException {
        Files.readAllLines(Path.of("../reconciler/src/test/resources/corpus/times.txt"))
                .forEach(ExpiryFuzzTest::answered);
        for (String piece : List.of("9", "h", "-", ":", " ", "2099-", "P1D")) {
            Assertions.assertTimeoutPreemptively(
                    Duration.ofMinutes(1), () -> answered(piece.repeat(1_000_000 / piece.length())));
        }
    }

    @Test
    void whatever_is_written_is_answered() {
        Random random = new Random(42);
        for (int i = 0; i < 20 * TRIES; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "" : "2099-12-24T00:00:00Z");
            for (int j = random.nextInt(8); j >= 0; j--) {
                char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                int at = random.nextInt(text.length() + 1);
                text.replace(at, Math.min(text.length(), at + random.nextInt(2)), String.valueOf(c));
            }
            answered(text.toString());
        }
    }

    /** A while that is written is the while that is meant. */
    @Test
    void a_while_comes_back() throws Exception {
        Random random = new Random(42);
        for (int i = 0; i < TRIES; i++) {
            long number = 1 + random.nextInt(99_999);
            int unit = random.nextInt(5);
            Expiry read = new Expiry.Converter().convert(number + "" + "smhdw".charAt(unit));
            assertThat(read).isEqualTo(new Expiry.After(Duration.ofSeconds(number * SECONDS.get(unit))));
        }
    }

    private static void answered(String text) {
        try {
            Instant then = new Expiry.Converter().convert(text).from(NOW);
            assertThat(then.toString()).as(text).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        } catch (TypeConversionException e) {
            assertThat(e).hasMessageContaining("72h");
        }
    }
}
