package io.axiomdb.cli.command;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.load.Suggest;
import java.util.Collection;

/** Finds by name what a file declares, or says what was probably meant. */
final class Declared {
    private Declared() {}

    static Project project(Desired desired, String name) {
        Project project = desired.projects().get(name);
        if (project == null) {
            throw unknown(
                    "project " + name, name, "projects", desired.projects().keySet());
        }
        return project;
    }

    static Branch branch(Project project, String name) {
        Branch branch = project.branches().get(name);
        if (branch == null) {
            throw unknown(
                    "branch " + name + " of project " + project.name(),
                    name,
                    "branches",
                    project.branches().keySet());
        }
        return branch;
    }

    /** A valid file declares it. */
    static Host host(Desired desired, Project project) {
        Host host = desired.hosts().get(project.host());
        if (host == null) {
            throw unknown(
                    "host " + project.host(),
                    project.host(),
                    "hosts",
                    desired.hosts().keySet());
        }
        return host;
    }

    /** What is not there, with what was probably meant. */
    static AxiomException unknown(String what, String written, String plural, Collection<String> known) {
        String help = known.isEmpty()
                ? "there are no " + plural
                : "there are these " + plural + ": " + String.join(", ", known);
        return new AxiomException(
                Diagnostic.of(Code.UNKNOWN_REFERENCE, what, help).withHint(new Suggest().hint(written, known)));
    }
}
