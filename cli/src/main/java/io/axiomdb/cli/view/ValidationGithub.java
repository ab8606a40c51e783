package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.load.Loaded;

/** GitHub's workflow commands: one line for each problem, shown beside the line it is about. */
public final class ValidationGithub implements ValidationView {
    @Override
    public String render(Loaded validation, String file) {
        StringBuilder text = new StringBuilder();
        validation.diagnostics().forEach(d -> text.append(annotation(d, file)).append("\n"));
        return text.toString();
    }

    private static String annotation(Diagnostic d, String file) {
        Source source = d.source();
        StringBuilder text = new StringBuilder("::" + d.severity().word() + " file="
                + Escape.githubProperty(ValidationView.path(source.file(), file)));
        if (source.known()) {
            text.append(",line=").append(source.line());
            text.append(",col=").append(Math.max(1, source.column()));
            text.append(",endColumn=").append(Math.max(1, source.column()) + source.length());
        }
        String hint = d.hint().isEmpty() ? "" : " (" + d.hint() + ")";
        String help = d.help().isEmpty() ? "" : "\n" + d.help();
        return text.append(",title=").append(d.code().id()).append("::")
                + Escape.githubMessage(d.code().summary() + ": " + d.detail() + hint + help);
    }
}
