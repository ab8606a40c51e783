package io.axiomdb.cli.view;

import io.axiomdb.core.Source;
import io.axiomdb.host.Access;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One change of a plan for people: a line that names it, a line for each difference, its SQL when asked for. */
final class ChangeText {
    private static final String INDENT = "      ";

    private final Style style;
    private final Page page;

    ChangeText(Style style, Page page) {
        this.style = style;
        this.page = page;
    }

    /**
     * One change.
     *
     * @param fields what of it is not said elsewhere
     */
    void add(Change change, List<FieldChange> fields, PlanView.Context context) {
        String name = "  " + sign(change.action()) + " " + PlanWords.resource(change);
        page.line(name + why(change), where(change.source()));
        if (change.action() == Action.ADOPT) {
            adopted(fields, change.source());
        } else {
            fields(fields, change.action() == Action.CREATE, change.source());
        }
        if (context.sql()) {
            change.steps().forEach(this::sql);
        }
    }

    /** What is said of the whole has no before; of the rest both sides are shown. */
    private void adopted(List<FieldChange> fields, Source above) {
        differences(INDENT, fields.stream().filter(f -> f.subject().isEmpty()).toList(), true, above);
        fields(fields.stream().filter(f -> !f.subject().isEmpty()).toList(), false, above);
    }

    void add(HeldBack held) {
        String name = Escape.terminal(held.resource() + (held.host().isEmpty() ? "" : " on " + held.host()));
        Source source = held.fields().isEmpty()
                ? Source.NOWHERE
                : held.fields().getFirst().source();
        page.line("  " + style.yellow("!") + " " + name, where(source));
        if (!held.reason().isEmpty()) {
            page.wrapped(6, style.dim(Escape.terminal(held.reason())), 6);
        }
        fields(held.fields(), false, source);
        page.line(INDENT + "to repair it, add:  " + style.cyan(Escape.terminal(held.flag())));
    }

    private String sign(Action action) {
        String sign = PlanWords.sign(action);
        return switch (action) {
            case PURGE, REMOVE -> style.loud(sign);
            case CREATE, UNDELETE, ADOPT -> style.green(sign);
            case ACCEPT, RENAME, RESET, UPDATE, REPAIR -> style.yellow(sign);
        };
    }

    private String why(Change change) {
        String reason = Escape.terminal(change.reason());
        return switch (change.action()) {
            case REPAIR -> "  " + style.yellow(reason.startsWith("drift") ? reason : PlanWords.DRIFT);
            case PURGE, REMOVE, UNDELETE, CREATE, ADOPT, ACCEPT, RENAME, RESET, UPDATE ->
                reason.isEmpty() ? "" : "  " + style.dim(reason);
        };
    }

    private void fields(List<FieldChange> fields, boolean created, Source above) {
        Map<String, List<FieldChange>> subjects = new LinkedHashMap<>();
        fields.forEach(f ->
                subjects.computeIfAbsent(f.subject(), key -> new ArrayList<>()).add(f));
        int widest = fields.stream().mapToInt(f -> f.subject().length()).max().orElse(0);
        subjects.forEach((subject, list) -> {
            if (subject.isEmpty() || list.size() == 1 && list.getFirst().name().isEmpty()) {
                differences(INDENT, list, created, above);
            } else if (created) {
                page.wrapped(6, summary(subject, widest, list), 8 + Math.min(widest, 48));
            } else {
                page.line(INDENT + Escape.terminal(subject));
                differences(INDENT + "  ", list, false, above);
            }
        });
    }

    /** {@code role shop_main_rw  login yes, connection limit 20}: what is made needs no before and no line of its own. */
    private static String summary(String subject, int widest, List<FieldChange> fields) {
        List<String> parts = new ArrayList<>();
        for (FieldChange field : fields) {
            parts.add((Escape.terminal(field.name()) + " " + Escape.terminal(field.after())).strip());
        }
        String padding = " ".repeat(Math.max(0, Math.min(widest, 48) - subject.length()));
        return Escape.terminal(subject) + padding + "  " + String.join(", ", parts);
    }

    private void differences(String indent, List<FieldChange> fields, boolean created, Source above) {
        int widest = fields.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        for (FieldChange field : fields) {
            String name = Escape.terminal(field.name().isEmpty() ? field.subject() : field.name());
            String padding = " ".repeat(Math.max(0, Math.min(widest, 40) - name.length()));
            String difference = PlanWords.difference(field, created);
            String line = difference.isEmpty() ? name : name + padding + "  " + difference;
            page.line(indent + line, field.source().equals(above) ? "" : where(field.source()));
        }
    }

    private void sql(Step step) {
        page.line(INDENT + style.dim("-- " + Escape.terminal(PlanWords.step(step))));
        switch (step) {
            case Step.Sql sql -> sql.statements().forEach(this::statement);
            case Step.SqlAlone alone -> statement(alone.statement());
            case Step.MakeRoles roles -> roles.statements().forEach(this::statement);
            case Step.NoteDatabase note -> page.line(INDENT + style.dim("-- " + Escape.terminal(note.database())));
            case Step.Copy copy -> page.line(INDENT + style.dim("-- " + PlanWords.way(copy.way())));
            case Step.RunScript script -> statement(script.sql());
            case Step.RefreshDerived _ ->
                page.line(INDENT + style.dim("-- REFRESH MATERIALIZED VIEW, VACUUM, ANALYZE"));
            case Step.SetAccess(String _, Access access) ->
                access.lines().forEach(line -> page.line(INDENT + Escape.terminal(line)));
            case Step.SetCertificate certificate ->
                certificate.names().forEach(name -> page.line(INDENT + Escape.terminal(name)));
            case Step.CarryPasswords carry ->
                carry.keys()
                        .forEach((from, to) ->
                                page.line(INDENT + style.dim("-- " + Escape.terminal(from + " as " + to))));
            case Step.SetPasswords passwords ->
                passwords
                        .targets()
                        .forEach(t -> page.line(INDENT + style.dim("-- " + Escape.terminal(PlanWords.password(t)))));
        }
    }

    private void statement(String sql) {
        String closed = sql.stripTrailing().endsWith(";") ? sql : sql + ";";
        Escape.lines(closed).lines().forEach(line -> page.line(INDENT + line));
    }

    private static String where(Source source) {
        return Escape.terminal(source.fileAndLine());
    }
}
