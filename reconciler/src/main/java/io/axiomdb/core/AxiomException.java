package io.axiomdb.core;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Stops what was asked for, with everything a person needs to mend it. Never carries a secret. */
public final class AxiomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Diagnostic> diagnostics;

    public AxiomException(List<Diagnostic> diagnostics) {
        this(diagnostics, null);
    }

    public AxiomException(Diagnostic diagnostic) {
        this(List.of(diagnostic), null);
    }

    public AxiomException(Diagnostic diagnostic, @Nullable Throwable cause) {
        this(List.of(diagnostic), cause);
    }

    private AxiomException(List<Diagnostic> diagnostics, @Nullable Throwable cause) {
        super(
                diagnostics.stream()
                        .map(d -> d.code().id() + ": " + d.code().summary() + ": " + d.detail())
                        .collect(Collectors.joining("\n")),
                cause);
        this.diagnostics = List.copyOf(diagnostics);
    }

    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }

    public Code code() {
        return diagnostics.getFirst().code();
    }
}
