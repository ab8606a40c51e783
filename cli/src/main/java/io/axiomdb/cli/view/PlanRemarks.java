package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Planned.HostLook;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Plan;
import java.util.List;

/** What a plan has to say beside its changes: what could not be looked at, what is blocked, noticed, refused, stored only. */
final class PlanRemarks {
    private final Style style;
    private final Page page;

    PlanRemarks(Style style, Page page) {
        this.style = style;
        this.page = page;
    }

    void add(Planned planned) {
        Plan plan = planned.plan();
        unreachable(planned);
        blocked(planned);
        section("to know", plan.notices());
        section("refused", plan.refusals());
        if (!plan.notEnforced().isEmpty()) {
            page.blank();
            page.wrapped(
                    0,
                    "declared and stored, not yet enforced on hosts by this version: "
                            + Escape.terminal(String.join(", ", plan.notEnforced())),
                    4);
        }
    }

    private void unreachable(Planned planned) {
        List<HostLook> looks = planned.looks().stream()
                .filter(look -> look.unreachable() != null)
                .toList();
        if (looks.isEmpty()) {
            return;
        }
        page.blank().line(style.bold("could not be looked at, so nothing on it is planned or concluded"));
        for (HostLook look : looks) {
            page.line("  " + style.red("x") + " host " + Escape.terminal(look.host()));
            if (look.unreachable() != null) {
                diagnostic(look.unreachable(), 6);
            }
        }
    }

    private void blocked(Planned planned) {
        if (planned.plan().blocked().isEmpty()) {
            return;
        }
        page.blank().line(style.bold("blocked, left out of this plan"));
        for (Blocked blocked : planned.plan().blocked()) {
            List<Diagnostic> own = blocked.why().stream()
                    .filter(why -> !isAHosts(why, planned))
                    .toList();
            String waits = own.isEmpty() ? "  " + style.dim("waits for its host") : "";
            page.line("  " + style.red("x") + " "
                    + Escape.terminal(blocked.resource().toString()) + waits);
            own.forEach(why -> diagnostic(why, 6));
        }
    }

    private static boolean isAHosts(Diagnostic why, Planned planned) {
        return planned.looks().stream().anyMatch(look -> why.equals(look.unreachable()));
    }

    private void section(String title, List<Diagnostic> diagnostics) {
        if (diagnostics.isEmpty()) {
            return;
        }
        page.blank().line(style.bold(title));
        diagnostics.forEach(d -> diagnostic(d, 2));
    }

    private void diagnostic(Diagnostic d, int indent) {
        String where = Escape.terminal(d.source().fileAndLine());
        String head = d.severity().word() + "[" + d.code().id() + "]";
        page.line(
                " ".repeat(indent) + (d.isError() ? style.red(head) : style.yellow(head)) + " "
                        + d.code().summary(),
                where);
        if (!d.detail().isEmpty()) {
            page.wrapped(indent + 2, Escape.terminal(d.detail()), indent + 2);
        }
        if (!d.help().isEmpty()) {
            page.wrapped(indent + 2, "= " + Escape.terminal(d.help()), indent + 4);
        }
    }
}
