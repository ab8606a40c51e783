package io.axiomdb.plan;

import io.axiomdb.core.Source;
import java.util.List;

/**
 * One way in which a host is not as wanted, with the statements that mend it. Assembled into steps by
 * {@link StepAssembly}.
 *
 * @param subject such as {@code role shop_main_rw}
 * @param name such as {@code connection limit}
 * @param source where the wanted value stands
 * @param nature how dangerous it is to mend without being asked
 * @param stage when its statements run
 * @param statements what mends it, without passwords
 */
record Difference(
        String subject,
        String name,
        String before,
        String after,
        Source source,
        Nature nature,
        Stage stage,
        List<String> statements) {
    Difference {
        statements = List.copyOf(statements);
    }

    /** What kind of difference it is. */
    enum Nature {
        ORDINARY,
        /** More than the file says, or attributes that it does not mention: an additive branch leaves it as it is. */
        UNASKED,
        /** Someone lost a privilege that it should have. */
        LOSS,
        /** A password is not the one that was set last. */
        PASSWORD,
        /** A database that was there is gone, with its data. */
        GONE
    }

    /** The order in which statements run. Within a stage, what gives comes before what takes away. */
    enum Stage {
        ROLES,
        PASSWORDS,
        CREATE_DATABASE,
        DATABASE_GIVE,
        DATABASE_TAKE,
        INSIDE_GIVE,
        INSIDE_TAKE,
        /** Last of all: only what is finished lets people in. */
        DATABASE_OPEN
    }

    Difference at(Stage other) {
        return new Difference(subject, name, before, after, source, nature, other, statements);
    }

    /** Whether it is about a role and not about the database. */
    boolean isOfRole() {
        return stage == Stage.ROLES || stage == Stage.PASSWORDS;
    }

    /** Whether it is that something is not there, which is made. */
    boolean makes(String what) {
        return subject.equals(what) && name.isEmpty();
    }

    FieldChange toFieldChange() {
        return new FieldChange(subject, name, before, after, source);
    }

    /** Whether two comparisons found the same thing, whatever line asked for it. */
    boolean isSameAs(Difference other) {
        return subject.equals(other.subject)
                && name.equals(other.name)
                && before.equals(other.before)
                && after.equals(other.after);
    }
}
