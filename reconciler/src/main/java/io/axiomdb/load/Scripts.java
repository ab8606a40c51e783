package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Script;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Reads the SQL scripts that branches name, under the same rules as included files. */
final class Scripts {
    private final DesiredSource source;
    private final Consumer<Diagnostic> problems;

    Scripts(DesiredSource source, Consumer<Diagnostic> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** A branch with the texts of the scripts that it names; their paths become paths from the root. */
    Fields with(Fields branch) {
        SortedMap<String, String> values = new TreeMap<>(branch.values());
        String transform = branch.text(Script.TRANSFORM);
        if (transform != null) {
            values.put(
                    Script.TRANSFORM,
                    text(Script.TRANSFORM, transform, branch.origin().of(Script.TRANSFORM), values));
        }
        SortedSet<String> asserts = new TreeSet<>();
        for (String named : branch.list(Script.ASSERT)) {
            asserts.add(text(Script.ASSERT, named, branch.origin().of(Script.ASSERT + "." + named), values));
        }
        if (!asserts.isEmpty()) {
            values.put(Script.ASSERT, String.join(",", asserts));
        }
        return new Fields(values, branch.origin());
    }

    /** Reads it among the values; its path from the root. */
    private String text(String field, String named, Source at, SortedMap<String, String> values) {
        if (!Includes.isInside(named) || named.indexOf('*') >= 0) {
            refuse(at, "\"" + named + "\" is no relative path inside the directory", "write it as in masks/shop.sql");
            return named;
        }
        String file = at.file().substring(0, at.file().lastIndexOf('/') + 1) + named;
        try {
            FileText.decode(file, source.read(file, Limits.FILE_BYTES), problems)
                    .filter(text -> FileText.onlyVisible(file, text, problems))
                    .ifPresent(text -> {
                        if (text.isBlank()) {
                            refuse(at, file + " is empty", "write SQL into it, or take it out of " + field + ":");
                        }
                        values.put(Script.textField(field, file), text);
                    });
        } catch (IOException e) {
            refuse(at, file + ": " + FileProblem.words(e), "make the file, or take it out of " + field + ":");
        }
        return file;
    }

    private void refuse(Source at, String detail, String help) {
        problems.accept(Diagnostic.of(Code.TRANSFORM, at, detail, help));
    }
}
