package io.axiomdb.cli.view;

import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.CopyWay;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.KeptUntil;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The words in which every view speaks of a plan. */
final class PlanWords {
    static final String DRIFT = "drift, changed outside axiomdb.yaml";
    private static final String NONE = "(none)";

    private PlanWords() {}

    /** {@code 1 to create, 2 to change (1 of them drift), 0 to destroy.} What is rare is named only where there is some. */
    static String totals(Plan plan) {
        long drift = plan.count(Action.REPAIR);
        int forgets = plan.forgets().size();
        return (forgets == 0 ? "" : Words.count(forgets, "host") + " to take over, ")
                + rare(plan, Action.UNDELETE, " to bring back, ") + rare(plan, Action.RENAME, " to rename, ")
                + rare(plan, Action.RESET, " to reset, ")
                + plan.count(Action.CREATE) + " to create, " + rare(plan, Action.ADOPT, " to adopt, ")
                + rare(plan, Action.ACCEPT, " to accept, ")
                + (plan.count(Action.UPDATE) + drift) + " to change"
                + (drift > 0 ? " (" + drift + " of them drift)" : "") + ", "
                + rare(plan, Action.PURGE, " to drop for good, ") + plan.count(Action.REMOVE) + " to destroy.";
    }

    private static String rare(Plan plan, Action action, String words) {
        long count = plan.count(action);
        return count == 0 ? "" : count + words;
    }

    /**
     * What it means that hosts forget a control plane, and that things that hold data go away, are taken over or called otherwise,
     * a sentence or two for each.
     */
    static List<String> losses(Plan plan) {
        Stream<String> forgets = plan.forgets().entrySet().stream()
                .map(forgotten -> Escape.terminal("Host " + forgotten.getKey() + " forgets " + forgotten.getValue()
                        + ". Whichever control plane had that apply is refused on it from then on."));
        Stream<String> losses = plan.changes().stream()
                .filter(change -> change.resource().kind().holdsData())
                .flatMap(change -> switch (change.action()) {
                    case PURGE -> Stream.of(lost(change));
                    case REMOVE ->
                        Stream.of(unreachable(change, plan.keptUntil().get(change.resource())));
                    case ADOPT -> Stream.of(takesOver(change));
                    case RESET -> Stream.of(startsAgain(change));
                    case RENAME -> endsOldNames(change).stream();
                    case UNDELETE, CREATE, ACCEPT, UPDATE, REPAIR -> Stream.of();
                });
        return Stream.concat(forgets, losses).toList();
    }

    /** Nothing where the names on the host stay: nobody notices that. */
    private static Optional<String> endsOldNames(Change change) {
        ResourceKey former = change.formerly();
        return former == null
                        || change.fields().stream()
                                .noneMatch(field -> field.name().equals("database"))
                ? Optional.empty()
                : Optional.of(Escape.terminal("This plan renames " + what(former) + " to "
                        + change.resource().name() + ": its sessions end once, and URLs with the old names no longer"
                        + " work. Data and passwords stay."));
    }

    private static String startsAgain(Change change) {
        return Escape.terminal(
                "This plan copies " + what(change) + " from its parent again: its sessions end, and what it"
                        + " holds now is set aside on " + change.host() + ".");
    }

    private static String what(Change change) {
        return what(change.resource());
    }

    private static String what(ResourceKey resource) {
        return resource.kind() == Kind.BRANCH
                ? "branch " + resource.name() + " of project " + resource.project()
                : resource.toString();
    }

    private static String lost(Change change) {
        return Escape.terminal("This plan drops what is kept of " + what(change)
                + (change.steps().isEmpty()
                        ? " from the control plane; on the hosts that are declared nothing of it is left."
                        : " on " + change.host() + " for good: nothing brings its data back."));
    }

    private static String unreachable(Change change, @Nullable Instant until) {
        String kept = until == null
                ? "."
                : " until " + KeptUntil.day(until) + " (" + KeptUntil.command(change.resource()) + ").";
        return Escape.terminal("This plan makes " + what(change) + " unreachable: logins are refused and sessions end."
                + " Nothing is dropped, the data stays on " + (change.host().isEmpty() ? "the host" : change.host())
                + kept);
    }

    /** What it means that something is taken over. */
    private static String takesOver(Change change) {
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
            case ACCEPT, RENAME, RESET, UPDATE, REPAIR -> "~";
        };
    }

    static String verb(Action action) {
        return switch (action) {
            case PURGE -> "purge";
            case REMOVE -> "remove";
            case UNDELETE -> "undelete";
            case CREATE -> "create";
            case ADOPT -> "adopt";
            case ACCEPT -> "accept";
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
            case Step.MakeRoles roles ->
                roles.title()
                        + " (in one transaction; their numbers are recorded in the control plane before it commits)";
            case Step.NoteDatabase note -> note.title() + " (its number, in the control plane)";
            case Step.Copy copy -> copy.title();
            case Step.RunScript script -> script.title() + " (in one transaction, as role " + script.role() + ")";
            case Step.RefreshDerived derived ->
                derived.title() + ": materialized views, statistics (as role " + derived.role() + ")";
            case Step.SetAccess access -> access.title() + " (all layers or none)";
            case Step.SetCertificate certificate -> certificate.title();
            case Step.CarryPasswords carry -> carry.title() + " (as they are, in the control plane)";
            case Step.SetPasswords passwords -> passwords.title() + " (sent as SCRAM verifiers)";
        };
    }

    /** How a copy is made, for people and programs. */
    static String way(CopyWay way) {
        return switch (way) {
            case CopyWay.Template(boolean ends, boolean clones) ->
                "CREATE DATABASE ... TEMPLATE" + (clones ? ", cloning files" : "") + (ends ? ", ending sessions" : "");
            case CopyWay.Dump(CopyWay.Place place, boolean schemaOnly) ->
                "pg_dump | pg_restore on "
                        + switch (place) {
                            case HOST -> "the host";
                            case HERE -> "this machine";
                        }
                        + (schemaOnly ? ", schema only" : "");
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
