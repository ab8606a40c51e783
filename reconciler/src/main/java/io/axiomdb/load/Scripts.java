package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Transform;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Reads the SQL scripts that branches name, under the same rules as included files. */
final class Scripts {
    private final DesiredSource source;
    private final Consumer<Diagnostic> problems;

    Scripts(DesiredSource source, Consumer<Diagnostic> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** A branch with the text of the script that it names, if it names one; the script's path becomes one from the root. */
    Fields with(Fields branch) {
        String named = branch.text("transform");
        if (named == null) {
            return branch;
        }
        Source at = branch.origin().of("transform");
        if (!Includes.isInside(named) || named.indexOf('*') >= 0) {
            refuse(at, "\"" + named + "\" is no relative path inside the directory", "write it as in masks/shop.sql");
            return branch;
        }
        String file = at.file().substring(0, at.file().lastIndexOf('/') + 1) + named;
        SortedMap<String, String> values = new TreeMap<>(branch.values());
        values.put("transform", file);
        read(file, at, values);
        return new Fields(values, branch.origin());
    }

    private void read(String file, Source at, SortedMap<String, String> values) {
        try {
            FileText.decode(file, source.read(file, Limits.FILE_BYTES), problems)
                    .filter(text -> FileText.onlyVisible(file, text, problems))
                    .ifPresent(text -> {
                        if (text.isBlank()) {
                            refuse(at, file + " is empty", "write SQL into it, or take transform: out");
                        }
                        values.put(Transform.TEXT, text);
                    });
        } catch (IOException e) {
            refuse(at, file + ": " + FileProblem.words(e), "make the file, or take transform: out");
        }
    }

    private void refuse(Source at, String detail, String help) {
        problems.accept(Diagnostic.of(Code.TRANSFORM, at, detail, help));
    }
}
