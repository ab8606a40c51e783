package io.axiomdb.compile;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How what was set aside is called on its host: {@code axm_del_}, the beginning of the registry's id, the moment in UTC,
 * and for roles which one it is.
 *
 * @param id the first digits of the registry's id
 * @param moment when it was set aside, by the host's clock, in whole seconds
 * @param role null for the database
 */
public record KeptNames(String id, Instant moment, @Nullable RoleKind role) {
    private static final int ID_DIGITS = 12;
    private static final Pattern NAME = Pattern.compile("axm_del_([0-9a-f]{12})_([0-9]{14})(?:_(owner|rw|ro))?");
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuuMMddHHmmss")
            .withResolverStyle(ResolverStyle.STRICT)
            .withZone(ZoneOffset.UTC);

    /** {@code axm_del_} and the digits of an id: how the names of all that is kept under it begin. */
    public static String stem(String id) {
        return "axm_del_" + digits(id);
    }

    /** The digits of an id that are part of names. */
    public static String digits(String id) {
        String digits = id.replace("-", "");
        return digits.substring(0, Math.min(ID_DIGITS, digits.length()));
    }

    /** Reads a name; empty when nothing that was set aside is called so. */
    public static Optional<KeptNames> read(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Instant moment = MOMENT.parse(matcher.group(2), Instant::from);
            RoleKind role = matcher.group(3) == null
                    ? null
                    : RoleKind.valueOf(matcher.group(3).toUpperCase(Locale.ROOT));
            return Optional.of(new KeptNames(matcher.group(1), moment, role));
        } catch (DateTimeParseException e) {
            return Optional.empty(); // fourteen digits that are no moment: nobody of ours wrote them
        }
    }

    /** How the comments of all that an organization set aside begin. */
    public static String comments(String organization) {
        return "axm-removed:" + organization + "/";
    }

    /** How the comment on what was set aside of a branch begins; the moment follows. */
    public static String comment(String organization, ResourceKey branch) {
        return comments(organization) + branch.path() + " ";
    }
}
