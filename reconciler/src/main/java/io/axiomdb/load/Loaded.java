package io.axiomdb.load;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading the file.
 *
 * @param desired null when there are errors
 * @param diagnostics all problems at once, sorted by place
 * @param texts the text of every file that was read, by name, for carets; what looks like a secret is blanked
 */
public record Loaded(@Nullable Desired desired, List<Diagnostic> diagnostics, Map<String, String> texts) {
    public Loaded {
        diagnostics = List.copyOf(diagnostics);
        texts = Map.copyOf(texts);
    }

    public long errors() {
        return diagnostics.stream().filter(Diagnostic::isError).count();
    }

    public long warnings() {
        return diagnostics.size() - errors();
    }
}
