package io.axiomdb.lab;

import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.testing.TextSource;
import java.time.Instant;

/** From a policy's text to what the product makes of it, by the way that every axiomdb.yaml takes. */
final class Declaring {
    private Declaring() {}

    static Desired desired(String yaml, Instant now) {
        Loaded loaded = Loader.load(TextSource.of(yaml), now);
        if (loaded.desired() == null) {
            throw new IllegalArgumentException(
                    DiagnosticText.render(loaded.diagnostics(), loaded.texts()) + "\n" + yaml);
        }
        return loaded.desired();
    }
}
