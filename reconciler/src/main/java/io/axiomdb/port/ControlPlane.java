package io.axiomdb.port;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Sorted;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The control plane's database. Thread-safe; every method is one transaction. */
public interface ControlPlane extends AutoCloseable {
    /** The clock that decides. */
    Instant now();

    /** Where its own database is, and how it gets there. */
    ControlPlaneSite site();

    Registry read(String organization);

    /** Since when each current password is known to be the host's. */
    SortedMap<CredentialKey, Instant> credentialsSince(String organization);

    /**
     * Writes intents, and with them claims what does not exist yet: a resource that is to be made is registered as
     * incomplete in the same transaction, so that what a crash leaves on a host is known to be ours. A removed one that
     * comes back is registered again, as incomplete, under the id it had, and its passwords are pending.
     */
    void begin(String organization, List<Intent> intents);

    /**
     * Writes down what is being made, between an intent and its outcome: what a crash leaves on a host is known by it, and by
     * nothing that others could write.
     */
    void note(String organization, Note note);

    /** Writes outcomes, and with each the registry's new truth, in one transaction. */
    void finish(String organization, List<Outcome> outcomes);

    /** Mutations whose outcome was never written, oldest first. */
    List<AuditRow> unfinished(String organization);

    /** Newest first. */
    List<AuditRow> audit(String organization, AuditQuery query);

    /** Which control plane this is, and how far it is: what hosts are to keep of it. */
    Mark mark(String organization);

    /**
     * Counts an apply of an organization, before its first effect.
     *
     * @param above the new number is higher than this one too
     */
    Mark next(String organization, long above);

    /** Those that are not of this trail: it is shorter, or has another row there. */
    Set<Anchor> strangers(Collection<Anchor> anchors);

    /** Without anchors. */
    default Optional<Diagnostic> verifyAudit() {
        return verifyAudit(Collections.emptySortedMap());
    }

    /**
     * Walks the whole chain, and compares it with what was kept outside and with what else is registered; empty when it is
     * whole, else what is wrong with the first bad row.
     *
     * @param anchors by where each was kept, for people
     */
    Optional<Diagnostic> verifyAudit(SortedMap<String, Anchor> anchors);

    /** Writes one entry that needs no registry change, such as a reveal of credentials. */
    void record(String organization, AuditEntry entry);

    @Override
    void close();

    /**
     * What is about to happen.
     *
     * @param claim null for what is registered already, or not at all
     */
    record Intent(AuditEntry entry, @Nullable Claim claim) {}

    /** What an intent registers as incomplete. */
    sealed interface Claim {
        /** Something new, unless it is there already. */
        record Make(SortedMap<String, String> fields) implements Claim {}

        /** What was removed and not purged, under the id it had. */
        record Revive(String id) implements Claim {}
    }

    /**
     * What happened.
     *
     * @param confirmedCredentials versions that the host is known to have: they become current, every other version of
     *     the same key is retired
     * @param settled what became of databases that were being made
     * @param identities what branches are on their servers from now on; a number that is not in it stays as it is
     */
    record Outcome(
            AuditEntry entry,
            Effect effect,
            List<Credential> confirmedCredentials,
            List<Settled> settled,
            SortedMap<ResourceKey, Identity> identities) {
        public Outcome {
            confirmedCredentials = List.copyOf(confirmedCredentials);
            settled = List.copyOf(settled);
            identities = Sorted.map(identities);
        }

        /** Of which no database was made or taken over. */
        public Outcome(AuditEntry entry, Effect effect, List<Credential> confirmedCredentials) {
            this(entry, effect, confirmedCredentials, List.of(), Collections.emptySortedMap());
        }
    }

    /**
     * A database is no longer being made.
     *
     * @param name the random one
     * @param took whether it is its branch's database now; else it is gone
     */
    record Settled(String name, boolean took) {}

    /** What is written down while a change is made. */
    sealed interface Note {
        /** A database is about to be made, under a name that nobody can guess; the branch is registered. */
        record Begins(ResourceKey branch, String mutation, String name) implements Note {}

        /** It is there, and has this number. */
        record Database(String name, String system, long oid) implements Note {}

        /** Roles of a branch are there once a transaction commits that waits for this. */
        record Roles(ResourceKey branch, String system, SortedMap<RoleKind, Long> oids) implements Note {
            public Roles {
                oids = Sorted.map(oids);
            }
        }
    }

    /** What an outcome does to the registry. */
    sealed interface Effect {
        /** Nothing: the host was repaired, or the change failed; a claim stays. */
        record Nothing() implements Effect {}

        /** The declaration is now applied. */
        record Store(ResourceKey resource, SortedMap<String, String> fields, boolean enforced) implements Effect {}

        /** The resource is no longer declared; its row is kept, marked as removed. A branch's credentials are retired. */
        record Remove(ResourceKey resource) implements Effect {}

        /** The claim is given up: nothing was made. A branch's credentials are retired; what is complete stays. */
        record GiveUp(ResourceKey resource) implements Effect {}

        /**
         * A branch or a project is called otherwise: its row keeps its id. With a project go all its policies, rules and
         * branches; what was removed before stays under the old name. The passwords under the old names are retired; those
         * under the new ones are confirmed by the outcome.
         *
         * @param to nothing is applied under this name, nor in a project of this name what is in the old one
         */
        record Rename(ResourceKey from, ResourceKey to, SortedMap<String, String> fields, boolean enforced)
                implements Effect {}

        /**
         * What a host retains of a branch that this control plane knew nothing of is known from now on, as that of a branch that
         * was removed now. Of what was declared of it nothing is left. Nothing when the id is known.
         */
        record Retain(ResourceKey resource, String id) implements Effect {}

        /** What was kept of a removed branch is gone for good. */
        record Purge(ResourceKey resource, String id) implements Effect {}
    }

    /** Which rows to list; null components don't narrow. */
    record AuditQuery(
            int limit,
            @Nullable String project,
            @Nullable String event,
            @Nullable String mutationId) {}
}
