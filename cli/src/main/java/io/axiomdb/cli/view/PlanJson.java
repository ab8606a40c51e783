package io.axiomdb.cli.view;

import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Planned.HostLook;
import io.axiomdb.host.Access;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A plan for programs, complete: {@code axiomdb.plan/1}, {@code axiomdb.drift/1}. */
public final class PlanJson implements PlanView {
    @Override
    public String render(Planned planned, Context context) {
        return Json.write(tree(planned, context));
    }

    static ObjectNode tree(Planned planned, Context context) {
        Plan plan = planned.plan();
        String purpose = context.purpose() == Purpose.DRIFT ? "drift" : "plan";
        ObjectNode root = Json.format("axiomdb." + purpose + "/1")
                .put("organization", plan.organization())
                .put("file", context.file())
                .put(
                        "commit",
                        context.commit() == null ? null : context.commit().id())
                .put("digest", plan.digest().hex());
        root.set("totals", totals(plan));
        root.set(
                "changes",
                Json.array(
                        plan.changes(),
                        change -> change(change, plan.keptUntil().get(change.resource()))));
        if (!plan.forgets().isEmpty()) {
            root.set("forgets", Json.map(plan.forgets()));
        }
        root.set("access", Json.array(plan.access(), AccessJson::difference));
        root.set("ended_sessions", Json.array(plan.ends(), AccessJson::ended));
        root.set("held_back", Json.array(plan.heldBack(), PlanJson::heldBack));
        root.set("blocked", Json.array(plan.blocked(), PlanJson::blocked));
        root.set("notices", Json.array(plan.notices(), Json::diagnostic));
        root.set("refusals", Json.array(plan.refusals(), Json::diagnostic));
        root.set("not_enforced", Json.texts(plan.notEnforced()));
        root.set("hosts", Json.array(planned.looks(), PlanJson::look));
        root.put("took_ms", planned.took().toMillis());
        root.put("next", plan.isEmpty() || !plan.refusals().isEmpty() ? null : context.next(planned));
        return root;
    }

    private static ObjectNode totals(Plan plan) {
        return Json.object()
                .put("create", plan.count(Action.CREATE))
                .put("adopt", plan.count(Action.ADOPT))
                .put("accept", plan.count(Action.ACCEPT))
                .put("change", plan.count(Action.UPDATE) + plan.count(Action.REPAIR))
                .put("drift", plan.count(Action.REPAIR))
                .put("destroy", plan.count(Action.REMOVE))
                .put("undelete", plan.count(Action.UNDELETE))
                .put("rename", plan.count(Action.RENAME))
                .put("reset", plan.count(Action.RESET))
                .put("purge", plan.count(Action.PURGE));
    }

    private static ObjectNode change(Change change, @Nullable Instant keptUntil) {
        ObjectNode object = Json.object()
                .put("id", change.id())
                .put("action", change.action().name().toLowerCase(Locale.ROOT))
                .put("kind", change.resource().kind().words())
                .put("path", change.resource().path())
                .put("host", change.host())
                .put("reason", change.reason());
        if (change.formerly() != null) {
            object.put("formerly", change.formerly().path());
        }
        object.set("source", Json.source(change.source()));
        object.set("fields", Json.array(change.fields(), PlanJson::field));
        object.set("steps", Json.array(change.steps(), PlanJson::step));
        if (!change.undo().isEmpty()) {
            object.set("undo", Json.array(change.undo(), undo -> step(undo.step())));
        }
        object.set(
                "needs",
                Json.texts(change.needs().stream().map(Object::toString).toList()));
        object.set("declaration", Json.map(change.declaration()));
        if (change.action() == Action.REMOVE && keptUntil != null) {
            object.put("kept_until", keptUntil.toString());
        }
        return object;
    }

    private static ObjectNode field(FieldChange field) {
        ObjectNode object = Json.object()
                .put("subject", field.subject())
                .put("name", field.name())
                .put("before", field.before())
                .put("after", field.after());
        object.set("source", Json.source(field.source()));
        return object;
    }

    private static ObjectNode step(Step step) {
        ObjectNode object = Json.object();
        switch (step) {
            case Step.Sql sql -> {
                object.put("step", "sql").put("title", sql.title()).put("database", sql.database());
                object.put("transaction", true).set("statements", Json.texts(sql.statements()));
            }
            case Step.SqlAlone alone -> {
                object.put("step", "sql").put("title", alone.title()).put("database", alone.database());
                object.put("transaction", false).set("statements", Json.texts(List.of(alone.statement())));
            }
            case Step.MakeRoles roles -> {
                object.put("step", "make_roles").put("title", roles.title());
                object.set("statements", Json.texts(roles.statements()));
            }
            case Step.NoteDatabase note ->
                object.put("step", "note_database").put("title", note.title()).put("database", note.database());
            case Step.Copy copy ->
                object.put("step", "copy")
                        .put("title", copy.title())
                        .put("from", copy.from())
                        .put("to", copy.to())
                        .put("way", PlanWords.way(copy.way()));
            case Step.RunScript script ->
                object.put("step", "run_script")
                        .put("title", script.title())
                        .put("database", script.database())
                        .put("role", script.role())
                        .put("file", script.file())
                        .put("asserts", script.asserts())
                        .put("sql", script.sql());
            case Step.RefreshDerived derived ->
                object.put("step", "refresh_derived")
                        .put("title", derived.title())
                        .put("database", derived.database())
                        .put("role", derived.role());
            case Step.SetAccess(String title, Access access) ->
                object.put("step", "set_access").put("title", title).set("access", Json.texts(access.lines()));
            case Step.SetCertificate certificate ->
                object.put("step", "set_certificate")
                        .put("title", certificate.title())
                        .set("names", Json.texts(List.copyOf(certificate.names())));
            case Step.CarryPasswords carry -> {
                ObjectNode keys = Json.object();
                carry.keys().forEach((from, to) -> keys.put(from.toString(), to.toString()));
                object.put("step", "carry_passwords")
                        .put("title", carry.title())
                        .set("keys", keys);
            }
            case Step.SetPasswords passwords -> {
                object.put("step", "set_passwords").put("title", passwords.title());
                object.set(
                        "targets",
                        Json.array(
                                passwords.targets(),
                                t -> Json.object()
                                        .put("role", t.role())
                                        .put("credential", t.credential().toString())
                                        .put("restore", t.restore())));
            }
        }
        return object;
    }

    private static ObjectNode heldBack(HeldBack held) {
        ObjectNode object = Json.object()
                .put("kind", held.resource().kind().words())
                .put("path", held.resource().path())
                .put("host", held.host())
                .put("reason", held.reason())
                .put("flag", held.flag());
        object.set("fields", Json.array(held.fields(), PlanJson::field));
        return object;
    }

    private static ObjectNode blocked(Blocked blocked) {
        ObjectNode object = Json.object()
                .put("kind", blocked.resource().kind().words())
                .put("path", blocked.resource().path());
        object.set("why", Json.array(blocked.why(), Json::diagnostic));
        return object;
    }

    private static ObjectNode look(HostLook look) {
        ObjectNode object = Json.object()
                .put("host", look.host())
                .put("server_version", look.serverVersion())
                .put("took_ms", look.took().toMillis());
        object.set("unreachable", look.unreachable() == null ? null : Json.diagnostic(look.unreachable()));
        return object;
    }
}
