package io.axiomdb.cli.view;

import io.axiomdb.cli.view.StatusReport.LastApply;
import io.axiomdb.cli.view.StatusReport.RotationRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Shows how things stand, to people. */
public final class StatusText {
    private final Style style;

    public StatusText(Style style) {
        this.style = style;
    }

    public String render(StatusReport report) {
        StringBuilder text = new StringBuilder();
        text.append("organization ")
                .append(Escape.terminal(report.organization()))
                .append("\n");
        text.append("last change  ").append(lastApply(report)).append("\n\n");
        Table hosts = new Table("HOST", "DRIFT", "WHY");
        report.hosts().forEach(h -> hosts.row(h.host(), h.drift().word(), h.why()));
        text.append(report.hosts().isEmpty() ? "No hosts.\n" : colored(hosts.text(style)))
                .append("\n");
        text.append(BranchRow.table(report.branches(), style));
        if (!report.findings().isEmpty()) {
            Table findings = new Table("FINDING", "");
            report.findings().forEach(d -> findings.row(d.code().id(), d.detail()));
            text.append("\n").append(findings.text(style));
        }
        if (!report.kept().isEmpty()) {
            text.append("\n").append(KeptRow.table(report.kept(), style));
        }
        rotations(report, text);
        expiries(report, text);
        if (report.drifted()) {
            text.append("\nSee what was changed outside:\n    axm drift\n");
        }
        return text.toString();
    }

    private static String lastApply(StatusReport report) {
        LastApply last = report.lastApply();
        return last == null
                ? "none in the audit trail"
                : last.at().truncatedTo(ChronoUnit.SECONDS) + " by " + Escape.terminal(last.actor())
                        + (last.commit() == null ? "" : " at " + Escape.terminal(last.commit()));
    }

    private String colored(String table) {
        return style.colors() ? table.replace("  yes", "  " + style.yellow("yes")) : table;
    }

    private void rotations(StatusReport report, StringBuilder text) {
        if (report.rotations().isEmpty()) {
            return;
        }
        Table table = new Table("PROJECT", "PASSWORDS CHANGE", "");
        for (RotationRow row : report.rotations()) {
            Instant due = row.due();
            String when = due == null
                    ? "unknown"
                    : due.truncatedTo(ChronoUnit.SECONDS).toString();
            table.row(row.project(), when, remark(row, report.now()));
        }
        text.append("\n").append(table.text(style));
    }

    private static String remark(RotationRow row, Instant now) {
        Instant due = row.due();
        if (due == null) {
            return "no password is known to be on a host";
        }
        String how = row.auto() ? "" : ", by hand";
        if (!due.isAfter(now)) {
            return "overdue" + how;
        }
        boolean soon = !due.minus(row.warnBeforeDays(), ChronoUnit.DAYS).isAfter(now);
        return soon ? "soon" + how : how.replace(", ", "");
    }

    private void expiries(StatusReport report, StringBuilder text) {
        if (report.expiries().isEmpty()) {
            return;
        }
        Table table = new Table("ENDS BY ITSELF", "WHEN", "");
        report.expiries()
                .forEach(e -> table.row(e.what(), e.at().toString(), e.at().isAfter(report.now()) ? "" : "expired"));
        text.append("\n").append(table.text(style));
    }
}
