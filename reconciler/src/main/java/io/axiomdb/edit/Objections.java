package io.axiomdb.edit;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Suggest;
import java.util.Collection;
import java.util.List;

/** Why an edit can't be made, in words. */
final class Objections {
    private Objections() {}

    /** None when the project is declared. */
    static List<Diagnostic> project(Desired desired, String project) {
        return desired.projects().containsKey(project)
                ? List.of()
                : List.of(unknown("project", project, desired.projects().keySet()));
    }

    static Diagnostic unknown(String kind, String name, Collection<String> known) {
        String few = known.isEmpty()
                ? "none is declared"
                : "declared: " + String.join(", ", known.stream().limit(8).toList())
                        + (known.size() > 8 ? ", ..." : "");
        return Diagnostic.of(Code.NOT_DECLARED, "there is no " + kind + " \"" + name + "\"", few)
                .withHint(new Suggest().hint(name, known));
    }

    static Diagnostic taken(String kind, String name, Origin origin) {
        return Diagnostic.of(
                Code.ALREADY_DECLARED,
                origin.self(),
                kind + " \"" + name + "\" stands here",
                "edit it there, or take another name");
    }
}
