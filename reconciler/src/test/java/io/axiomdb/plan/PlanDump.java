package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.host.Access;
import java.util.List;

/** Everything in a plan as text, with the SQL: for golden files, not for people's eyes in a terminal. */
final class PlanDump {
    private final StringBuilder text = new StringBuilder();

    private PlanDump() {}

    static String of(Plan plan) {
        PlanDump dump = new PlanDump();
        plan.changes().forEach(dump::change);
        plan.heldBack().forEach(dump::heldBack);
        plan.blocked().forEach(b -> {
            dump.line("blocked " + b.resource());
            dump.diagnostics(b.why());
        });
        dump.section("refused", plan.refusals());
        dump.section("notices", plan.notices());
        plan.notEnforced().forEach(words -> dump.line("not enforced: " + words));
        plan.ends()
                .forEach(e -> dump.line("ends " + e.count() + " sessions from " + e.address() + " on "
                        + e.port().word() + " of " + e.branch() + " on " + e.host()
                        + (e.wholeDatabase() ? ", reconnecting all pooled clients of it" : "")));
        if (plan.isEmpty()) {
            dump.line("nothing to do");
        }
        return dump.text.toString();
    }

    private void change(Change change) {
        String host = change.host().isEmpty() ? "" : " on " + change.host();
        line(change.action() + " " + change.resource() + host + "  " + change.reason() + "  "
                + change.source().fileAndLine());
        change.needs().forEach(need -> line("  needs " + need));
        change.fields().forEach(this::field);
        change.steps().forEach(this::step);
        if (!change.undo().isEmpty()) {
            line("  undone by");
            change.undo().forEach(undo -> step(undo.step()));
        }
    }

    private void field(FieldChange field) {
        line("  " + (field.subject() + " " + field.name()).strip() + ": '" + field.before() + "' -> '" + field.after()
                + "'  " + field.source().fileAndLine());
    }

    private void step(Step step) {
        switch (step) {
            case Step.Sql sql -> {
                line("  step in " + (sql.database().isEmpty() ? "postgres" : sql.database()) + ", one transaction");
                sql.statements().forEach(s -> line("    " + s));
            }
            case Step.SqlAlone alone -> line("  step alone\n    " + alone.statement());
            case Step.MakeRoles roles -> {
                line("  step in postgres, one transaction, their numbers written down");
                roles.statements().forEach(s -> line("    " + s));
            }
            case Step.NoteDatabase note -> line("  step number of " + note.database() + " written down");
            case Step.Copy copy ->
                line("  step " + copy.title() + "\n    " + copy.way() + " as " + copy.login() + " for " + copy.owner());
            case Step.RunScript script ->
                line("  step " + script.title() + "\n    in " + script.database() + " as " + script.login() + "\n    "
                        + script.sql());
            case Step.RefreshDerived derived ->
                line("  step " + derived.title() + "\n    in " + derived.database() + " as " + derived.login());
            case Step.SetAccess(String title, Access access) -> {
                line("  step " + title);
                access.lines().forEach(l -> line("    " + l));
            }
            case Step.SetCertificate certificate -> {
                line("  step " + certificate.title());
                certificate.names().forEach(name -> line("    " + name));
            }
            case Step.CarryPasswords carry ->
                carry.keys().forEach((from, to) -> line("  step password of " + from + ", carried to " + to));
            case Step.SetPasswords passwords ->
                passwords
                        .targets()
                        .forEach(t -> line("  step password of " + t.role() + (t.restore() ? ", restored" : ", new")));
        }
    }

    private void heldBack(HeldBack held) {
        line("held back " + held.resource() + "  " + held.reason() + "  " + held.flag());
        held.fields().forEach(this::field);
    }

    private void section(String name, List<Diagnostic> diagnostics) {
        if (!diagnostics.isEmpty()) {
            line(name);
            diagnostics(diagnostics);
        }
    }

    private void diagnostics(List<Diagnostic> diagnostics) {
        diagnostics.forEach(d -> line("  " + d.code().id() + " " + d.detail() + " = " + d.help()));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
