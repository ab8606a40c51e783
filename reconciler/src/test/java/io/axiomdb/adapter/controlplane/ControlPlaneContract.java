package io.axiomdb.adapter.controlplane;

import static io.axiomdb.adapter.controlplane.Samples.done;
import static io.axiomdb.adapter.controlplane.Samples.entry;
import static io.axiomdb.adapter.controlplane.Samples.fields;
import static io.axiomdb.adapter.controlplane.Samples.intent;
import static io.axiomdb.adapter.controlplane.Samples.key;
import static io.axiomdb.adapter.controlplane.Samples.secret;
import static io.axiomdb.adapter.controlplane.Samples.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditChain;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.port.ControlPlane.Claim;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Intent;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Credential.State;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Lease;
import io.axiomdb.registry.Registry;
import io.axiomdb.registry.Removed;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every control plane promises: the one in PostgreSQL, and the one in memory that other tests lean on. */
abstract class ControlPlaneContract {
    static final ResourceKey MAIN = ResourceKey.branch("shop", "main");
    static final CredentialKey RW = key("main", RoleKind.RW);
    private static final AuditQuery ALL = new AuditQuery(100, null, null, null);

    abstract ControlPlane plane();

    abstract SecretStore secrets();

    abstract Leases leases();

    /** Lets the time of all leases run out. */
    abstract void expireLeases();

    @Test
    void an_organization_that_was_never_applied_is_not_known() {
        Registry registry = plane().read("acme");

        assertThat(registry.known()).isFalse();
        assertThat(registry.applied()).isEmpty();
        assertThat(registry.others()).isEmpty();
    }

    @Test
    void every_kind_is_stored_and_read_back_as_it_was_declared() {
        List<ResourceKey> keys = Samples.oneOfEachKind();
        plane().finish(
                        "acme",
                        keys.stream()
                                .map(k -> done("m", k, store(k, "a", "1", "b.c", "\"x\\\u2028é")))
                                .toList());

        Registry registry = plane().read("acme");

        assertThat(registry.known()).isTrue();
        assertThat(registry.applied().keySet()).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(registry.applied().values()).allSatisfy(applied -> {
            assertThat(applied.fields().values()).isEqualTo(fields("a", "1", "b.c", "\"x\\\u2028é"));
            assertThat(applied.complete()).isTrue();
        });
    }

    @Test
    void a_claim_is_incomplete_until_its_outcome_and_keeps_its_id() {
        plane().begin("acme", List.of(intent("m1", MAIN, fields("from", "x"))));
        Applied claimed = applied(MAIN);
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN, "from", "y"))));

        assertThat(claimed.complete()).isFalse();
        assertThat(claimed.fields().values()).isEqualTo(fields("from", "x"));
        assertThat(applied(MAIN).complete()).isTrue();
        assertThat(applied(MAIN).id()).isEqualTo(claimed.id());
        assertThat(applied(MAIN).fields().values()).isEqualTo(fields("from", "y"));
    }

    @Test
    void a_claim_leaves_what_is_already_there_alone() {
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN, "from", "x"))));
        plane().begin("acme", List.of(intent("m2", MAIN, fields("from", "z"))));

        assertThat(applied(MAIN).complete()).isTrue();
        assertThat(applied(MAIN).fields().values()).isEqualTo(fields("from", "x"));
    }

    @Test
    void an_organization_that_was_only_claimed_is_not_known() {
        ResourceKey acme = ResourceKey.organization("acme");
        plane().begin("acme", List.of(intent("m1", acme, fields())));

        assertThat(plane().read("acme").known()).isFalse();
    }

    @Test
    void a_removed_resource_is_gone_and_comes_back_under_a_new_id() {
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN))));
        String first = applied(MAIN).id();
        plane().finish("acme", List.of(done("m2", MAIN, new Effect.Remove(MAIN))));
        assertThat(plane().read("acme").applied()).isEmpty();
        plane().finish("acme", List.of(done("m3", MAIN, store(MAIN))));

        assertThat(applied(MAIN).id()).isNotEqualTo(first);
    }

    @Test
    void what_was_removed_is_known_with_its_passwords_until_it_is_purged() {
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN, "from", "x"))));
        String id = applied(MAIN).id();
        confirm("acme", put("acme", RW, "a"));
        plane().finish("acme", List.of(done("m2", MAIN, new Effect.Remove(MAIN))));

        assertThat(plane().read("acme").removed()).singleElement().satisfies(removed -> {
            assertThat(removed.id()).isEqualTo(id);
            assertThat(removed.resource()).isEqualTo(MAIN);
            assertThat(removed.fields().values()).isEqualTo(fields("from", "x"));
            assertThat(removed.since()).isBetween(plane().now().minusSeconds(60), plane().now());
            assertThat(removed.credentials())
                    .extracting(Credential::version, Credential::state)
                    .containsExactly(tuple(1, Credential.State.RETIRED));
        });
        plane().finish("acme", List.of(done("m3", MAIN, new Effect.Purge(MAIN, id))));
        assertThat(plane().read("acme").removed()).isEmpty();
    }

    @Test
    void what_a_host_retains_is_known_once_as_that_of_a_removed_branch() {
        String id = "0b6f6f0e-5a0b-4c3e-9d5c-8f2f6f1f0a11";
        for (String organization : List.of("acme", "beta")) {
            plane().finish(organization, List.of(done("m1", MAIN, new Effect.Retain(MAIN, id))));
        }
        assertThat(plane().read("acme").removed()).singleElement().satisfies(removed -> {
            assertThat(removed.id()).isEqualTo(id);
            assertThat(removed.resource()).isEqualTo(MAIN);
            assertThat(removed.fields().values()).isEmpty();
            assertThat(removed.since()).isBetween(plane().now().minusSeconds(60), plane().now());
        });
        assertThat(plane().read("beta").removed()).isEmpty();
        plane().begin("acme", List.of(new Intent(entry("m2", MAIN), new Claim.Revive(id))));
        assertThat(applied(MAIN).id()).isEqualTo(id);
    }

    @Test
    void what_was_removed_comes_back_incomplete_under_its_id_with_its_passwords() {
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN, "from", "x"))));
        String id = applied(MAIN).id();
        Credential password = put("acme", RW, "a");
        confirm("acme", password);
        plane().finish("acme", List.of(done("m2", MAIN, new Effect.Remove(MAIN))));

        plane().begin("acme", List.of(new Intent(entry("m3", MAIN), new Claim.Revive(id))));
        assertThat(applied(MAIN).id()).isEqualTo(id);
        assertThat(applied(MAIN).complete()).isFalse();
        assertThat(plane().read("acme").removed()).isEmpty();

        plane().finish("acme", List.of(done("m3", MAIN, store(MAIN), password)));
        assertThat(applied(MAIN).complete()).isTrue();
        assertThat(secrets().current("acme", RW)).isPresent();
    }

    @Test
    void a_renamed_branch_keeps_its_id_and_its_password_is_the_one_that_was_carried() {
        ResourceKey other = ResourceKey.branch("shop", "other");
        CredentialKey otherRw = new CredentialKey("shop", "other", RW.role());
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN))));
        String id = applied(MAIN).id();
        confirm("acme", put("acme", RW, "a"));
        Credential carried = put("acme", otherRw, "a");
        plane().finish(
                        "acme",
                        List.of(done("m2", other, new Effect.Rename(MAIN, other, fields("from", "x"), true), carried)));
        assertThat(plane().read("acme").applied()).containsOnlyKeys(other);
        assertThat(applied(other).id()).isEqualTo(id);
        assertThat(applied(other).fields().values()).isEqualTo(fields("from", "x"));
        assertThat(plane().read("acme").credentials()).containsOnlyKeys(otherRw);
        assertThat(secrets().current("acme", otherRw)).isPresent();
        assertThat(secrets().current("acme", RW)).isEmpty();
    }

    @Test
    void a_renamed_project_takes_along_what_belongs_to_it_and_leaves_what_was_removed_before() {
        ResourceKey project = ResourceKey.project("shop");
        ResourceKey gone = ResourceKey.branch("shop", "gone");
        ResourceKey other = ResourceKey.branch("mail", "main");
        List<ResourceKey> its = List.of(
                project,
                ResourceKey.networkPolicy("shop"),
                ResourceKey.networkRule("shop", "office"),
                ResourceKey.rotationPolicy("shop"),
                ResourceKey.branch("shop", "feature/auth"),
                MAIN);
        Stream.concat(its.stream(), Stream.of(gone, other))
                .forEach(key -> plane().finish("acme", List.of(done("m1", key, store(key, "is", key.path())))));
        plane().finish("acme", List.of(done("m2", gone, new Effect.Remove(gone))));
        CredentialKey storeRw = new CredentialKey("store", "main", RW.role());
        CredentialKey otherRw = new CredentialKey("mail", "main", RW.role());
        confirm("acme", put("acme", RW, "a"));
        confirm("acme", put("acme", otherRw, "b"));
        Credential carried = put("acme", storeRw, "a");
        SortedMap<ResourceKey, Applied> before = plane().read("acme").applied();

        ResourceKey renamed = ResourceKey.project("store");
        Effect effect = new Effect.Rename(project, renamed, fields("is", "new"), true);
        plane().finish("acme", List.of(done("m3", renamed, effect, carried)));

        Registry registry = plane().read("acme");
        assertThat(registry.applied()).hasSize(its.size() + 1).containsKey(other);
        assertThat(its).allSatisfy(key -> {
            Applied there = Objects.requireNonNull(registry.applied().get(key.inProject("store")));
            Applied then = Objects.requireNonNull(before.get(key));
            assertThat(there.id()).isEqualTo(then.id());
            assertThat(there.complete()).isTrue();
            assertThat(there.fields().values())
                    .isEqualTo(
                            key.equals(project)
                                    ? fields("is", "new")
                                    : then.fields().values());
        });
        assertThat(registry.removed()).extracting(Removed::resource).containsExactly(gone);
        assertThat(registry.credentials()).containsOnlyKeys(storeRw, otherRw);
        assertThat(secrets().current("acme", storeRw)).isPresent();
        assertThat(secrets().current("acme", RW)).isEmpty();
    }

    @Test
    void a_project_that_was_renamed_can_be_changed_in_the_same_breath() {
        ResourceKey rule = ResourceKey.networkRule("shop", "office");
        ResourceKey project = ResourceKey.project("shop");
        ResourceKey renamed = ResourceKey.project("store");
        plane().finish(
                        "acme",
                        List.of(done("m1", project, store(project)), done("m2", rule, store(rule, "cidr", "a"))));
        ResourceKey moved = rule.inProject("store");
        plane().finish(
                        "acme",
                        List.of(
                                done("m3", renamed, new Effect.Rename(project, renamed, fields(), true)),
                                done("m4", moved, store(moved, "cidr", "b"))));

        assertThat(plane().read("acme").applied()).containsOnlyKeys(renamed, moved);
        assertThat(applied(moved).fields().values()).isEqualTo(fields("cidr", "b"));
    }

    @Test
    void a_purged_branch_never_comes_back() {
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN))));
        String id = applied(MAIN).id();
        plane().finish("acme", List.of(done("m2", MAIN, new Effect.Remove(MAIN))));
        plane().finish("acme", List.of(done("m3", MAIN, new Effect.Purge(MAIN, id))));

        plane().begin("acme", List.of(new Intent(entry("m4", MAIN), new Claim.Revive(id))));
        assertThat(plane().read("acme").applied()).isEmpty();
    }

    @Test
    void a_claim_that_was_given_up_leaves_nothing_to_come_back() {
        plane().begin("acme", List.of(intent("m1", MAIN, fields())));
        plane().finish("acme", List.of(done("m1", MAIN, new Effect.GiveUp(MAIN))));

        assertThat(plane().read("acme").removed()).isEmpty();
    }

    @Test
    void giving_up_ends_a_claim_and_leaves_what_is_complete() {
        ResourceKey claimed = ResourceKey.branch("shop", "claimed");
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN))));
        plane().begin("acme", List.of(intent("m2", claimed, fields())));
        plane().finish(
                        "acme",
                        List.of(
                                done("m2", claimed, new Effect.GiveUp(claimed)),
                                done("m3", MAIN, new Effect.GiveUp(MAIN))));

        assertThat(plane().read("acme").applied()).containsOnlyKeys(MAIN);
    }

    @Test
    void nothing_changes_when_the_outcome_has_no_effect() {
        plane().begin("acme", List.of(intent("m1", MAIN, fields())));
        plane().finish("acme", List.of(done("m1", MAIN, new Effect.Nothing())));

        assertThat(applied(MAIN).complete()).isFalse();
    }

    @Test
    void the_same_resource_may_change_twice_in_one_go() {
        plane().finish(
                        "acme",
                        List.of(
                                done("m1", MAIN, store(MAIN, "a", "1")),
                                done("m2", MAIN, store(MAIN, "a", "2")),
                                done("m3", MAIN, new Effect.Remove(MAIN)),
                                done("m4", MAIN, store(MAIN, "a", "4"))));

        assertThat(applied(MAIN).fields().values()).isEqualTo(fields("a", "4"));
    }

    @Test
    void organizations_do_not_touch_each_other() {
        List<ResourceKey> keys = List.of(ResourceKey.member("ann@acme.example"), MAIN);
        for (String organization : List.of("acme", "beta")) {
            ResourceKey itself = ResourceKey.organization(organization);
            plane().finish(organization, List.of(done("m0", itself, store(itself))));
            plane().finish(
                            organization,
                            keys.stream()
                                    .map(k -> done("m", k, store(k, "of", organization)))
                                    .toList());
            confirm(organization, put(organization, RW, organization + "'s password"));
        }
        plane().begin("acme", List.of(intent("open", MAIN, null)));
        Registry before = plane().read("acme");

        plane().finish("beta", List.of(done("open", MAIN, new Effect.Remove(MAIN))));
        confirm("beta", put("beta", RW, "another"));

        Registry after = plane().read("acme");
        assertThat(after).isEqualTo(before);
        assertThat(after.others()).containsExactly("beta");
        assertThat(secrets().current("acme", RW).map(StoredSecret::password)).contains(Secret.of("acme's password"));
        assertThat(plane().unfinished("acme")).hasSize(1);
        assertThat(plane().unfinished("beta")).isEmpty();
        assertThat(plane().audit("acme", ALL))
                .allSatisfy(row -> assertThat(row.organization()).isEqualTo("acme"));
    }

    @Test
    void an_intent_is_unfinished_until_its_outcome() {
        plane().begin("acme", List.of(intent("m1", MAIN, null), intent("m2", MAIN, null), intent("m3", MAIN, null)));
        plane().finish("acme", List.of(done("m2", MAIN, new Effect.Nothing())));

        assertThat(plane().unfinished("acme"))
                .extracting(row -> row.entry().mutationId())
                .containsExactly("m1", "m3");
    }

    @Test
    void the_trail_is_one_gapless_chain_over_all_organizations() {
        plane().begin("acme", List.of(intent("m1", MAIN, null), intent("m2", MAIN, null)));
        plane().record("beta", entry("r", MAIN).as(AuditEntry.Phase.DONE, "revealed"));
        plane().finish("acme", List.of(done("m1", MAIN, new Effect.Nothing())));

        List<AuditRow> acme = plane().audit("acme", ALL).reversed();
        AuditRow beta = plane().audit("beta", ALL).getFirst();
        assertThat(acme).extracting(AuditRow::sequence).containsExactly(1L, 2L, 4L);
        assertThat(beta.sequence()).isEqualTo(3);
        assertThat(acme.getFirst().previousHash()).isEqualTo(AuditChain.START);
        assertThat(beta.previousHash()).isEqualTo(acme.get(1).hash());
        assertThat(acme.getLast().previousHash()).isEqualTo(beta.hash());
        assertThat(acme)
                .allSatisfy(row -> assertThat(row.hash())
                        .isEqualTo(AuditChain.hash(row.sequence(), row.at(), "acme", row.entry(), row.previousHash())));
        assertThat(plane().verifyAudit()).isEmpty();
    }

    @Test
    void the_trail_is_listed_newest_first_and_narrowed() {
        ResourceKey other = ResourceKey.branch("blog", "main");
        plane().begin("acme", List.of(intent("m1", MAIN, null), intent("m2", other, null)));
        plane().record("acme", entry("m3", ResourceKey.host("db1")));

        assertThat(ids(ALL)).containsExactly("m3", "m2", "m1");
        assertThat(ids(new AuditQuery(2, null, null, null))).containsExactly("m3", "m2");
        assertThat(ids(new AuditQuery(9, "shop", null, null))).containsExactly("m1");
        assertThat(ids(new AuditQuery(9, null, "host.created", null))).containsExactly("m3");
        assertThat(ids(new AuditQuery(9, null, null, "m2"))).containsExactly("m2");
        assertThat(ids(new AuditQuery(9, "blog", "host.created", null))).isEmpty();
    }

    @Test
    void an_entry_is_read_back_as_it_was_written() {
        AuditEntry naughty = new AuditEntry(
                "m1",
                AuditEntry.Phase.FOUND_NOT_DONE,
                "drift.repaired",
                new Actor("", true, null, null),
                null,
                MAIN,
                "",
                fields("NUL", "a\0b", "", "half \ud800 a pair", "quote", "';--\"\\"),
                fields("\ud83d\udc18", "\u202e\ufffe\n\r\t"),
                "schedule",
                "x".repeat(100_000));
        plane().record("acme", naughty);

        assertThat(plane().audit("acme", ALL).getFirst().entry()).isEqualTo(naughty);
        assertThat(naughty.oldValue()).containsEntry("NUL", "a\u2400b").containsEntry("", "half \ufffd a pair");
        assertThat(plane().verifyAudit()).isEmpty();
    }

    @Test
    void a_new_password_is_pending_until_the_host_is_known_to_have_it() {
        Credential pending = put("acme", RW, "first");

        assertThat(pending.version()).isEqualTo(1);
        assertThat(pending.state()).isEqualTo(State.PENDING);
        assertThat(pending.mark())
                .isEqualTo(
                        PasswordMark.ofVerifier(secret(RW, "first").verifier().reveal()));
        assertThat(plane().read("acme").credentials().get(RW)).containsExactly(pending);
        assertThat(secrets().current("acme", RW)).isEmpty();

        assertThat(plane().credentialsSince("acme")).isEmpty();
        Instant before = plane().now();
        confirm("acme", pending);

        assertThat(states()).containsExactly("1 CURRENT");
        assertThat(plane().credentialsSince("acme")).containsOnlyKeys(RW);
        assertThat(plane().credentialsSince("acme").get(RW)).isBetween(before, plane().now());
        assertThat(secrets().current("acme", RW).map(StoredSecret::password)).contains(Secret.of("first"));
    }

    @Test
    void the_confirmed_version_is_the_only_one_that_stays() {
        confirm("acme", put("acme", RW, "first"));
        Credential second = put("acme", RW, "second");
        put("acme", RW, "third, that the host never took");
        assertThat(states()).containsExactly("1 CURRENT", "2 PENDING", "3 PENDING");

        confirm("acme", second);

        assertThat(states()).containsExactly("2 CURRENT");
        assertThat(secrets().current("acme", RW).map(StoredSecret::password)).contains(Secret.of("second"));
        assertThat(put("acme", RW, "fourth").version()).isEqualTo(4);
    }

    @Test
    void confirming_a_version_that_is_not_stored_changes_nothing() {
        Credential stranger = new Credential(RW, 7, PasswordMark.NONE, State.PENDING);

        assertThatThrownBy(() -> plane().finish("acme", List.of(done("m1", MAIN, store(MAIN), stranger))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(plane().read("acme").applied()).isEmpty();
        assertThat(plane().audit("acme", ALL)).isEmpty();
    }

    @Test
    void passwords_are_stored_in_one_go_and_in_order() {
        List<Credential> stored = secrets()
                .putPending(
                        "acme",
                        List.of(
                                secret(RW, "a"),
                                secret(key("main", RoleKind.RO), "b"),
                                secret(RW, "line\nend \u00e9\ud83d\udc18")));
        assertThat(stored).extracting(Credential::version).containsExactly(1, 1, 2);
        assertThat(stored).extracting(Credential::key).containsExactly(RW, key("main", RoleKind.RO), RW);

        confirm("acme", stored.getLast());

        assertThat(secrets().current("acme", RW).map(StoredSecret::password))
                .contains(Secret.of("line\nend \u00e9\ud83d\udc18"));
    }

    @Test
    void credentials_of_a_removed_branch_are_retired_and_others_stay() {
        CredentialKey other = key("other", RoleKind.RW);
        plane().finish("acme", List.of(done("m1", MAIN, store(MAIN))));
        confirm("acme", put("acme", RW, "a"));
        confirm("acme", put("acme", other, "b"));
        put("acme", RW, "c");

        plane().finish("acme", List.of(done("m2", MAIN, new Effect.Remove(MAIN))));

        assertThat(plane().read("acme").credentials()).containsOnlyKeys(other);
        assertThat(secrets().current("acme", RW)).isEmpty();
        assertThat(put("acme", RW, "d").version()).isEqualTo(3);
    }

    @Test
    void a_held_lease_is_refused_and_names_its_holder() {
        leases().acquire("db1", "ann on ws1");

        assertThatThrownBy(() -> leases().acquire("db1", "bob on ws2"))
                .hasMessageContaining("ann on ws1")
                .satisfies(is(Code.LEASE_HELD));
        assertThat(leases().acquire("db2", "bob on ws2").epoch()).isEqualTo(1);
    }

    @Test
    void every_new_holder_gets_a_higher_epoch() {
        Lease first = leases().acquire("db1", "ann");
        leases().release(first);
        Lease second = leases().acquire("db1", "bob");
        expireLeases();
        Lease third = leases().acquire("db1", "ann");

        assertThat(List.of(first.epoch(), second.epoch(), third.epoch())).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_lease_that_was_taken_over_can_not_be_renewed() {
        Lease slow = leases().acquire("db1", "ann");
        expireLeases();
        Lease taken = leases().acquire("db1", "bob");

        refuses(() -> leases().renew(slow), Code.LEASE_LOST);
        leases().release(slow);
        refuses(() -> leases().acquire("db1", "eve"), Code.LEASE_HELD);
        leases().renew(taken);
    }

    @Test
    void a_new_line_is_that_of_later_holders_too_and_only_who_has_the_lease_begins_one() {
        Lease lease = leases().acquire("db1", "ann");
        Lease anew = leases().anew(lease);
        assertThat(anew.line()).isNotEqualTo(lease.line());
        leases().renew(lease);
        leases().release(anew);
        Lease next = leases().acquire("db1", "bob");
        assertThat(next).isEqualTo(new Lease("db1", 2, "bob", anew.line()));
        refuses(() -> leases().anew(lease), Code.LEASE_LOST);
    }

    @Test
    void a_lease_that_ran_out_or_was_given_back_can_not_be_renewed() {
        Lease lease = leases().acquire("db1", "ann");
        leases().renew(lease);
        expireLeases();
        refuses(() -> leases().renew(lease), Code.LEASE_LOST);

        Lease again = leases().acquire("db1", "ann");
        leases().release(again);
        refuses(() -> leases().renew(again), Code.LEASE_LOST);
        leases().release(again);
    }

    private Applied applied(ResourceKey key) {
        return Objects.requireNonNull(plane().read("acme").applied().get(key));
    }

    private List<String> ids(AuditQuery query) {
        return plane().audit("acme", query).stream()
                .map(row -> row.entry().mutationId())
                .toList();
    }

    private List<String> states() {
        return plane().read("acme").credentials().getOrDefault(RW, List.of()).stream()
                .map(c -> c.version() + " " + c.state())
                .toList();
    }

    final Credential put(String organization, CredentialKey key, String password) {
        return secrets()
                .putPending(organization, List.of(secret(key, password)))
                .getFirst();
    }

    final void confirm(String organization, Credential credential) {
        plane().finish(organization, List.of(done("c", MAIN, new Effect.Nothing(), credential)));
    }

    private static void refuses(ThrowingCallable call, Code code) {
        assertThatThrownBy(call).satisfies(is(code));
    }

    static org.assertj.core.api.ThrowingConsumer<Throwable> is(Code code) {
        return failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
