package io.axiomdb.core;

import java.util.Comparator;
import java.util.List;

/**
 * One problem, told so that it can be mended: what, where, why and how.
 *
 * @param code stable; its summary is constant
 * @param severity normally the code's own
 * @param source where it stands; {@link Source#NOWHERE} when it is not about a file
 * @param detail what is wrong here, in one line; starts where the constant summary ends
 * @param hint shown beside the caret, such as {@code did you mean "env"?}; may be empty
 * @param help how to mend it; may be empty
 * @param related other places that belong to the problem
 */
public record Diagnostic(
        Code code, Severity severity, Source source, String detail, String hint, String help, List<Related> related)
        implements Comparable<Diagnostic> {

    /** A further place with its own words. */
    public record Related(Source source, String text) {}

    private static final Comparator<Diagnostic> ORDER = Comparator.comparing(Diagnostic::source)
            .thenComparing(d -> d.code().id())
            .thenComparing(Diagnostic::detail);

    public Diagnostic {
        related = List.copyOf(related);
    }

    public static Diagnostic of(Code code, Source source, String detail, String help) {
        return new Diagnostic(code, code.severity(), source, detail, "", help, List.of());
    }

    public static Diagnostic of(Code code, String detail, String help) {
        return of(code, Source.NOWHERE, detail, help);
    }

    /** The same, about another place. */
    public Diagnostic at(Source place) {
        return new Diagnostic(code, severity, place, detail, hint, help, related);
    }

    public Diagnostic withHint(String newHint) {
        return new Diagnostic(code, severity, source, detail, newHint, help, related);
    }

    public Diagnostic withRelated(List<Related> newRelated) {
        return new Diagnostic(code, severity, source, detail, hint, help, newRelated);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    @Override
    public int compareTo(Diagnostic other) {
        return ORDER.compare(this, other);
    }
}
