package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Scalar;
import io.axiomdb.load.Node.Sequence;
import io.axiomdb.load.Node.Type;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Which files the root file includes. */
final class Includes {
    private final DesiredSource source;
    private final Consumer<Diagnostic> problems;

    Includes(DesiredSource source, Consumer<Diagnostic> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** Each included file once, sorted, with the place of the first pattern that names it; never the root file itself. */
    SortedMap<String, Source> of(Mapping root) {
        SortedMap<String, Source> found = new TreeMap<>();
        if (root.get("include") instanceof Sequence patterns) {
            for (Node pattern : patterns.items()) {
                if (pattern instanceof Scalar(Source at, Type type, String text, Node.Span span) && type == Type.TEXT) {
                    follow(text, at).forEach(file -> found.putIfAbsent(file, at));
                }
            }
        }
        found.remove(source.root());
        return found;
    }

    private List<String> follow(String pattern, Source at) {
        if (!isInside(pattern)) {
            refuse(
                    at,
                    "\"" + pattern + "\" is no relative path inside the directory",
                    "write it as in projects/*.yaml");
            return List.of();
        }
        try {
            List<String> files = source.match(pattern);
            if (files.isEmpty()) {
                refuse(at, "no file matches \"" + pattern + "\"", "make the file, or take the pattern out");
            }
            return files;
        } catch (IOException e) {
            refuse(at, "\"" + pattern + "\": " + FileProblem.words(e), "check the directory and its permissions");
            return List.of();
        }
    }

    /** No way out of the directory: no absolute path, no {@code ..}, no backslash, one level for each star. */
    static boolean isInside(String pattern) {
        if (pattern.isEmpty() || pattern.indexOf('\\') >= 0 || pattern.indexOf(':') >= 0 || pattern.contains("**")) {
            return false;
        }
        for (String part : pattern.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    private void refuse(Source at, String detail, String help) {
        problems.accept(Diagnostic.of(Code.INCLUDE, at, detail, help));
    }
}
