package io.axiomdb.audit;

import io.axiomdb.desired.ResourceKey;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One row of the trail before it has its place in the chain. A mutation is two rows: an intent before its first effect
 * and an outcome after its last. Holds no secrets, and only text that can be stored and hashed ({@link Storable}).
 *
 * @param mutationId joins intent and outcome
 * @param event as in the specification, such as {@code branch.created}
 * @param commit the commit of axiomdb.yaml; null where it is not known
 * @param host empty when only the registry changed
 * @param trigger what set it off, such as {@code manual}
 * @param detail what was done or why it failed; free text
 */
public record AuditEntry(
        String mutationId,
        Phase phase,
        String event,
        Actor actor,
        @Nullable String commit,
        ResourceKey target,
        String host,
        SortedMap<String, String> oldValue,
        SortedMap<String, String> newValue,
        String trigger,
        String detail) {
    public AuditEntry {
        mutationId = Storable.text(mutationId);
        event = Storable.text(event);
        commit = commit == null ? null : Storable.text(commit);
        target = new ResourceKey(target.kind(), Storable.text(target.project()), Storable.text(target.name()));
        host = Storable.text(host);
        oldValue = storable(oldValue);
        newValue = storable(newValue);
        trigger = Storable.text(trigger);
        detail = Storable.text(detail);
    }

    private static SortedMap<String, String> storable(SortedMap<String, String> values) {
        SortedMap<String, String> texts = new TreeMap<>();
        values.forEach((name, value) -> texts.put(Storable.text(name), Storable.text(value)));
        return Collections.unmodifiableSortedMap(texts);
    }

    /** An intent, or how it came out. */
    public enum Phase {
        INTENT,
        DONE,
        FAILED,
        /** Stopped between steps on request. */
        STOPPED,
        /** Found by a later run that looked at the world after a crash: it took effect. */
        FOUND_DONE,
        /** Found by a later run that looked at the world after a crash: it did not, or not fully, take effect. */
        FOUND_NOT_DONE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** The same mutation, at its end. */
    public AuditEntry as(Phase end, String newDetail) {
        return new AuditEntry(
                mutationId, end, event, actor, commit, target, host, oldValue, newValue, trigger, newDetail);
    }
}
