package io.axiomdb.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** When something ends: a time, or so long from now. */
sealed interface Expiry {
    Instant from(Instant now);

    /** At a time. */
    record At(Instant time) implements Expiry {
        @Override
        public Instant from(Instant now) {
            return time;
        }
    }

    /** After a while; to the second, as the file has it. */
    record After(Duration duration) implements Expiry {
        @Override
        public Instant from(Instant now) {
            return now.plus(duration).truncatedTo(ChronoUnit.SECONDS);
        }
    }

    /** Reads {@code 72h} and {@code 2099-12-24T00:00:00Z}. */
    final class Converter implements ITypeConverter<Expiry> {
        /** The file has four digits for a year. */
        private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");

        private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");
        private static final Pattern WHILE = Pattern.compile("([1-9][0-9]{0,4})([smhdw])");

        @Override
        public Expiry convert(String text) {
            Matcher spell = WHILE.matcher(text);
            if (spell.matches()) {
                return new After(Duration.of(Long.parseLong(spell.group(1)), ChronoUnit.SECONDS)
                        .multipliedBy(seconds(spell.group(2).charAt(0))));
            }
            try {
                Instant time = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.SECONDS);
                if (!time.isBefore(FIRST) && time.isBefore(END)) {
                    return new At(time);
                }
            } catch (DateTimeParseException e) {
                throw refused(text);
            }
            throw refused(text);
        }

        private static TypeConversionException refused(String text) {
            return new TypeConversionException("'" + text
                    + "' is neither a while, such as 72h (s, m, h, d, w), nor a time, such as 2099-12-24T00:00:00Z");
        }

        private static long seconds(char unit) {
            return switch (unit) {
                case 's' -> 1;
                case 'm' -> 60;
                case 'h' -> 3600;
                case 'd' -> 24 * 3600;
                default -> 7 * 24 * 3600;
            };
        }
    }
}
