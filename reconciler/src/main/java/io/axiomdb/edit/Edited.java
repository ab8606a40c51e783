package io.axiomdb.edit;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.load.Loaded;
import java.util.List;
import java.util.Map;

/** What came of an edit. */
public sealed interface Edited {
    /**
     * It can be written.
     *
     * @param file relative to the directory of the root file
     * @param before the file's text that was read
     * @param after the text to write; the same when everything stood there already
     * @param loaded what the edited file means
     */
    record Ready(String file, String before, String after, Loaded loaded) implements Edited {
        /** Whether there is nothing to write. */
        public boolean isUnchanged() {
            return before.equals(after);
        }
    }

    /**
     * It can't; the file stays as it is.
     *
     * @param why diagnostics with errors among them
     * @param texts for carets, by file; of the edited file where the edit itself is what is wrong
     */
    record Refused(List<Diagnostic> why, Map<String, String> texts) implements Edited {
        public Refused {
            why = List.copyOf(why);
            texts = Map.copyOf(texts);
        }
    }
}
