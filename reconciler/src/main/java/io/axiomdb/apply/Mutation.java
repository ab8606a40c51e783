package io.axiomdb.apply;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.EventNames;
import io.axiomdb.desired.Kind;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.port.ControlPlane.Claim;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Intent;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** What the audit trail and the registry are told about a change. */
record Mutation(Change change, AuditEntry intent) {
    static Mutation of(Change change, ApplyRequest request) {
        return new Mutation(
                change,
                new AuditEntry(
                        UUID.randomUUID().toString(),
                        Phase.INTENT,
                        event(change),
                        request.actor(),
                        request.commit(),
                        change.resource(),
                        change.host(),
                        values(change, FieldChange::before),
                        values(change, FieldChange::after),
                        request.trigger(),
                        change.reason()));
    }

    Intent toIntent() {
        return new Intent(
                intent,
                switch (change.action()) {
                    case CREATE, ADOPT -> new Claim.Make(change.declaration());
                    case UNDELETE -> new Claim.Revive(change.removed());
                    case PURGE, REMOVE, ACCEPT, RENAME, RESET, UPDATE, REPAIR -> null;
                });
    }

    /** What the registry learns when all went well. */
    Effect success() {
        if (!change.resource().kind().stored()) {
            return new Effect.Nothing();
        }
        return switch (change.action()) {
            case RENAME ->
                new Effect.Rename(
                        Objects.requireNonNull(change.formerly()),
                        change.resource(),
                        change.declaration(),
                        change.enforced());
            case CREATE, UNDELETE, ADOPT, RESET, UPDATE ->
                new Effect.Store(change.resource(), change.declaration(), change.enforced());
            case PURGE ->
                change.removed().isEmpty()
                        ? new Effect.Nothing()
                        : new Effect.Purge(change.resource(), change.removed());
            case REMOVE -> new Effect.Remove(change.resource());
            case ACCEPT, REPAIR -> new Effect.Nothing();
        };
    }

    private static String event(Change change) {
        Kind kind = change.resource().kind();
        if (!change.enforced()) {
            return EventNames.DECLARATION_RECORDED;
        }
        return switch (change.action()) {
            case CREATE -> EventNames.created(kind);
            case UPDATE -> EventNames.changed(kind);
            case PURGE -> EventNames.PURGED;
            case UNDELETE -> EventNames.UNDELETED;
            case ADOPT -> EventNames.ADOPTED;
            case ACCEPT -> EventNames.ACCEPTED;
            case RENAME -> EventNames.renamed(kind);
            case RESET -> EventNames.RESET;
            case REMOVE -> EventNames.removed(kind);
            case REPAIR -> EventNames.DRIFT_REPAIRED;
        };
    }

    private static SortedMap<String, String> values(Change change, Function<FieldChange, String> side) {
        SortedMap<String, String> values = new TreeMap<>();
        for (FieldChange field : change.fields()) {
            String value = side.apply(field);
            if (!value.isEmpty()) {
                values.merge(field.key(), value, (a, b) -> a + "; " + b);
            }
        }
        return values;
    }
}
