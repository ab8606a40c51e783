package io.axiomdb.cli.view;

import io.axiomdb.desired.Kind;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import java.util.List;

/** The words in which every view speaks of a plan. */
final class PlanWords {
    static final String DRIFT = "drift, changed outside axiomdb.yaml";
    private static final String NONE = "(none)";

    private PlanWords() {}

    /** {@code 1 to create, 2 to change (1 of them drift), 0 to destroy.} */
    static String totals(Plan plan) {
        long drift = plan.count(Action.REPAIR);
        long adopted = plan.count(Action.ADOPT);
        return plan.count(Action.CREATE) + " to create, " + (adopted > 0 ? adopted + " to adopt, " : "")
                + (plan.count(Action.UPDATE) + drift) + " to change"
                + (drift > 0 ? " (" + drift + " of them drift)" : "") + ", " + plan.count(Action.REMOVE)
                + " to destroy.";
    }

    /** What it means that something that holds data goes away. */
    static String unreachable(Change change) {
        String what = change.resource().kind() == Kind.BRANCH
                ? "branch " + change.resource().name() + " of project "
                        + change.resource().project()
                : change.resource().toString();
        return Escape.terminal("This plan makes " + what + " unreachable: logins are refused and sessions end."
                + " Nothing is dropped, the data stays on " + (change.host().isEmpty() ? "the host" : change.host())
                + ".");
    }

    /** What it means that something is taken over. */
    static String takesOver(Change change) {
        return Escape.terminal("This plan takes over branch "
                + change.resource().name() + " of project " + change.resource().project()
                + ", which others made and use. What they lose by it stands first.");
    }

    /** {@code project shop on db1}. */
    static String heading(String project, List<Change> changes) {
        List<String> hosts = changes.stream()
                .map(Change::host)
                .filter(host -> !host.isEmpty())
                .distinct()
                .toList();
        String group = project.isEmpty() ? "organization" : "project " + project;
        return Escape.terminal(hosts.isEmpty() ? group : group + " on " + Words.and(hosts));
    }

    static String resource(Change change) {
        return Escape.terminal(
                change.resource().kind().words() + " " + change.resource().name());
    }

    static String sign(Action action) {
        return switch (action) {
            case PURGE, REMOVE -> "-";
            case CREATE, UNDELETE, ADOPT -> "+";
            case RENAME, RESET, UPDATE, REPAIR -> "~";
        };
    }

    static String verb(Action action) {
        return switch (action) {
            case PURGE -> "purge";
            case REMOVE -> "remove";
            case UNDELETE -> "undelete";
            case CREATE -> "create";
            case ADOPT -> "adopt";
            case RENAME -> "rename";
            case RESET -> "reset";
            case UPDATE -> "change";
            case REPAIR -> "repair";
        };
    }

    /** {@code 5 -> 20}; just the new value where there was nothing and just the old one marked where nothing comes. */
    static String difference(FieldChange field, boolean created) {
        if (created) {
            return Escape.terminal(field.after());
        }
        if (field.before().isEmpty() && field.after().isEmpty()) {
            return "";
        }
        return orNone(field.before()) + " -> " + orNone(field.after());
    }

    private static String orNone(String value) {
        return value.isEmpty() ? NONE : Escape.terminal(value);
    }

    /** Where a step runs and how, without its statements. */
    static String step(Step step) {
        return switch (step) {
            case Step.Sql sql -> sql.title() + " (in one transaction" + in(sql.database()) + ")";
            case Step.SqlAlone alone -> alone.title() + " (outside a transaction" + in(alone.database()) + ")";
            case Step.SetAccess access -> access.title() + " (all layers or none)";
            case Step.SetCertificate certificate -> certificate.title();
            case Step.SetPasswords passwords -> passwords.title() + " (sent as SCRAM verifiers)";
        };
    }

    static String password(Step.SetPasswords.Target target) {
        return "role " + target.role() + ": " + (target.restore() ? "the stored" : "a new") + " password of "
                + target.credential();
    }

    private static String in(String database) {
        return database.isEmpty() ? "" : ", database " + database;
    }
}
