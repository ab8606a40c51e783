package io.axiomdb.cli.view;

import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Loaded;

/** Problems for people, each with its place; then one line that counts them. */
public final class ValidationText implements ValidationView {
    private final Style style;

    public ValidationText(Style style) {
        this.style = style;
    }

    @Override
    public String render(Loaded validation, String file) {
        String problems = DiagnosticText.render(validation.diagnostics(), validation.texts());
        return problems + (problems.isEmpty() ? "" : "\n") + total(validation, file) + "\n";
    }

    private String total(Loaded validation, String file) {
        String name = Escape.terminal(file);
        if (validation.errors() > 0) {
            return style.red(count(validation)) + " in " + name + ". Nothing was planned.";
        }
        Desired desired = validation.desired();
        String warnings = validation.warnings() == 0 ? "" : " " + Words.count(validation.warnings(), "warning") + ".";
        return style.green(name + " is valid") + (desired == null ? "." : ": " + contents(desired) + ".") + warnings;
    }

    private static String count(Loaded validation) {
        return Words.count(validation.errors(), "error") + ", " + Words.count(validation.warnings(), "warning");
    }

    private static String contents(Desired desired) {
        long branches = desired.projects().values().stream()
                .mapToLong(p -> p.branches().size())
                .sum();
        return Words.count(desired.hosts().size(), "host") + ", "
                + Words.count(desired.projects().size(), "project") + ", " + Words.count(branches, "branch");
    }
}
