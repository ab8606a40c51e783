package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.cli.view.Samples;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Digest;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Planned;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    private final FakeWorld world = new FakeWorld();

    @Test
    void without_arguments_it_says_what_to_try_first() {
        assertThat(world.run()).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("axm demo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "validate",
                "plan",
                "apply",
                "export",
                "adopt",
                "drift",
                "audit",
                "audit list",
                "audit show",
                "audit verify",
                "network",
                "network explain",
                "network rule",
                "network rule list",
                "network rule get",
                "credentials",
                "credentials url",
                "key",
                "key new",
                "ca",
                "run-due",
                "credentials policy",
                "credentials policy set",
                "init",
                "status",
                "project",
                "project create",
                "branch",
                "branch create",
                "branch delete",
                "branch list",
                "network rule create",
                "network rule delete",
                "network mode",
                "network mode set",
                "explain",
                "completion",
                "network my-ip",
                "host",
                "host enroll",
                "host accept",
                "doctor",
                "demo",
                "version"
            })
    void help_has_examples_everywhere(String command) {
        String[] words = (command + " --help").strip().split(" ");
        assertThat(world.run(words)).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("Examples:").contains("axm " + command);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audit | say list, show or verify",
                "host | say enroll or accept",
                "credentials | say url or policy",
                "credentials policy | say set",
                "network | say explain, rule, mode or my-ip",
                "branch | say create, delete, list or reset"
            })
    void a_first_word_alone_is_answered_with_those_that_may_follow(String line, String answer) {
        assertThat(world.run(line.split(" "))).isEqualTo(Exit.USAGE);
        assertThat(world.err()).contains(answer + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-such",
                "plan --no-such",
                "plan --output xml",
                "plan --repair main",
                "plan --repair oops:shop/main",
                "plan --allow-destroy -1",
                "plan --allow-destroy x",
                "apply --plan 123",
                "adopt",
                "adopt --all shop/main",
                "adopt shop",
                "export",
                "apply --plan 7f3a91c2d40be815 --auto-approve",
                "audit",
                "audit show",
                "network",
                "network rule",
                "network rule list",
                "network rule get --project shop",
                "network explain --from 10.0.0.1 --project shop",
                "host",
                "host enroll",
                "credentials",
                "credentials url",
                "credentials url --project shop --target all",
                "credentials policy",
                "credentials policy set --project shop",
                "credentials policy set --project shop --auto-rotate",
                "credentials policy set --project shop --notify boss",
                "branch",
                "branch create shop",
                "branch create /x",
                "branch create shop/x --expires tomorrow",
                "branch create shop/x -m words",
                "network rule create --project shop --label x",
                "network rule create --project shop --cidr 192.0.2.1",
                "network rule create --project shop --cidr 192.0.2.1 --label x --scope branch",
                "network rule create --project shop --cidr 192.0.2.1 --label x --scope project --branch main",
                "network mode set --project shop open",
                "project create mail",
                "completion",
                "completion csh"
            })
    void wrong_usage_is_64_and_says_where_help_is(String line) {
        assertThat(world.run(line.split(" "))).isEqualTo(Exit.USAGE);
        assertThat(world.err()).contains("--help");
        assertThat(world.out()).isEmpty();
        assertThat(world.applied).isNull();
    }

    @Test
    void a_file_with_errors_is_shown_with_carets_and_nothing_is_opened() {
        world.problems =
                List.of(Diagnostic.of(Code.UNKNOWN_PROPERTY, new Source("axiomdb.yaml", 1, 1, 10), "\"enviroment\"", "")
                        .withHint("did you mean \"env\"?"));
        world.failure = new IllegalStateException("opened");
        assertThat(world.run("plan")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("^^^^^^^^^^ did you mean \"env\"?").contains("1 error");
        assertThat(world.run("validate")).isEqualTo(Exit.ERROR);
        assertThat(world.out()).contains("error[AX0107]");
    }

    @ParameterizedTest
    @CsvSource({
        "LEASE_HELD,5",
        "CONTROL_PLANE_BUSY,5",
        "STALE_PLAN,4",
        "PROTECTED,3",
        "NOT_CONFIRMED,3",
        "HOST_UNREACHABLE,1",
        "CONTROL_PLANE_UNREACHABLE,1"
    })
    void each_refusal_has_its_exit_code_in_text_and_json(Code code, int exit) {
        world.failure = new AxiomException(Diagnostic.of(code, "because", "do this"));
        assertThat(world.run("plan")).isEqualTo(exit);
        assertThat(world.err()).contains(code.id()).contains("do this");
        assertThat(world.out()).isEmpty();
        assertThat(world.run("plan", "--output", "json")).isEqualTo(exit);
        assertThat(world.out()).contains("\"axiomdb.error/1\"").contains("\"exit_code\" : " + exit);
    }

    @Test
    void a_fault_of_ours_is_one_line_without_its_message() {
        world.failure = new IllegalStateException("password=hunter2");
        assertThat(world.run("plan")).isEqualTo(Exit.ERROR);
        assertThat(world.err().lines()).hasSize(1);
        assertThat(world.err() + world.out()).contains("IllegalStateException").doesNotContain("hunter2");
    }

    @Test
    void plan_tells_pending_changes_by_its_exit_code_only_when_asked() {
        assertThat(world.run("plan")).isEqualTo(Exit.OK);
        assertThat(world.run("plan", "--detailed-exitcode")).isEqualTo(Exit.PENDING);
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"));
        assertThat(world.run("plan", "--detailed-exitcode")).isEqualTo(Exit.OK);
        assertThat(world.closed).isEqualTo(3);
    }

    @Test
    void a_plan_with_blocked_parts_is_no_green_light() {
        world.planned = Samples.planned(with(List.of(), List.of(blocked()), List.of()), Samples.seen("db1"));
        assertThat(world.run("plan")).isEqualTo(Exit.ERROR);
        assertThat(world.run("drift")).isEqualTo(Exit.ERROR);
    }

    @Test
    void a_host_that_was_not_seen_is_no_green_light_also_when_nothing_on_it_is_blocked() {
        Planned.HostLook unseen = new Planned.HostLook(
                "db2", 0, Duration.ZERO, Diagnostic.of(Code.HOST_UNREACHABLE, "db2 is away", "wake it"));
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"), unseen);
        assertThat(world.run("drift")).isEqualTo(Exit.ERROR);
        assertThat(world.run("plan", "--detailed-exitcode")).isEqualTo(Exit.ERROR);
    }

    @Test
    void why_rows_may_come_unmasked_is_asked_for_again_in_the_next_command() {
        assertThat(world.run("plan", "--unmasked", " incident 7 ")).isEqualTo(Exit.OK);
        assertThat(world.requests.getFirst().asked().unmasked()).isEqualTo("incident 7");
        assertThat(world.out()).contains(" --unmasked 'incident 7'\n");
        for (String reason : List.of("", " ", "two\nlines", "x".repeat(201))) {
            assertThat(world.run("plan", "--unmasked", reason)).isEqualTo(Exit.USAGE);
        }
    }

    @Test
    void flags_reach_the_request_and_the_next_command() {
        assertThat(world.run("plan", "--file", "x.yaml", "--repair", "password:shop/feature/a", "--allow-destroy", "3"))
                .isEqualTo(Exit.OK);
        assertThat(world.requests.getFirst().asked().repairs())
                .containsExactly(new HeldBack.Named(HeldBack.Repair.PASSWORD, "shop/feature/a"));
        assertThat(world.requests.getFirst().asked().allowDestroy()).isEqualTo(3);
        assertThat(world.requests.getFirst().actor()).isEqualTo(new Actor("dba@acme.example", false, null, "axm/test"));
        assertThat(world.out()).contains(" --file x.yaml --repair password:shop/feature/a --allow-destroy 3\n");
    }

    @Test
    void drift_exits_with_2_also_when_all_of_it_is_held_back() {
        assertThat(world.run("drift")).isEqualTo(Exit.PENDING);
        HeldBack held =
                new HeldBack(ResourceKey.branch("shop", "main"), "db1", List.of(), HeldBack.Repair.PASSWORD, "why");
        world.planned = Samples.planned(with(List.of(held), List.of(), List.of()), Samples.seen("db1"));
        assertThat(world.run("drift", "--organization", "acme")).isEqualTo(Exit.PENDING);
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"));
        assertThat(world.run("drift", "--output", "json")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("\"axiomdb.drift/1\"");
    }

    @Test
    void apply_without_a_terminal_wants_a_yes_beforehand_and_says_both_ways() {
        assertThat(world.run("apply")).isEqualTo(Exit.REFUSED);
        assertThat(world.err())
                .contains("AX0609")
                .contains("axm apply --plan " + digest())
                .contains("--auto-approve");
        assertThat(world.applied).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no", "y", "YES", "", "yes please"})
    void only_the_word_yes_is_a_yes(String answer) {
        world.interactive = true;
        world.typed = answer + "\n";
        assertThat(world.run("apply")).isEqualTo(Exit.REFUSED);
        assertThat(world.applied).isNull();
    }

    @Test
    void a_yes_on_the_terminal_applies_the_plan_that_was_shown_and_ends_with_the_proof() {
        world.interactive = true;
        world.typed = "yes\n";
        assertThat(world.run("apply")).isEqualTo(Exit.OK);
        assertThat(world.applied).isEqualTo(world.planned.plan().digest().hex());
        assertThat(world.out()).contains("1 to create").doesNotContain("Apply exactly this");
        assertThat(world.out().lines().toList().getLast())
                .isEqualTo("Applied 1 change in 1.2 s. Looked again: nothing left to do.");
        assertThat(world.err()).contains("done     create branch feature/auth of square-experience on db1");
    }

    @Test
    void the_reviewed_plan_is_applied_by_its_digest_and_no_other() {
        assertThat(world.run("apply", "--plan", "0123456789abcdef")).isEqualTo(Exit.STALE);
        assertThat(world.applied).isNull();
        assertThat(world.out()).contains("1 to create");
        assertThat(world.run("apply", "--plan", digest().toUpperCase(Locale.ROOT)))
                .isEqualTo(Exit.OK);
        assertThat(world.applied).isNotNull();
    }

    @Test
    void a_refused_plan_is_not_applied_even_with_a_yes() {
        Diagnostic why = Diagnostic.of(Code.PROTECTED, "shop/main", "say protected: false first");
        world.planned = Samples.planned(refused(why), Samples.seen("db1"));
        assertThat(world.run("apply", "--auto-approve")).isEqualTo(Exit.REFUSED);
        assertThat(world.applied).isNull();
        assertThat(world.run("plan", "--detailed-exitcode")).isEqualTo(Exit.REFUSED);
    }

    @Test
    void nothing_to_do_needs_no_yes() {
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"));
        assertThat(world.run("apply")).isEqualTo(Exit.OK);
        assertThat(world.out()).startsWith("Nothing to do: db1 is as axiomdb.yaml says");
    }

    @Test
    void nothing_to_do_that_is_refused_is_no_success() {
        Diagnostic old = Diagnostic.of(Code.CONTROL_PLANE_OLD, "host db1 knows apply 3", "an owner goes on");
        world.planned = Samples.planned(Samples.plan().with(List.of(), List.of(old)), Samples.seen("db1"));
        assertThat(world.run("apply", "--auto-approve")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0416");
        assertThat(world.applied).isNull();
    }

    @Test
    void to_go_on_over_what_hosts_know_is_a_change_of_its_own() {
        world.planned = Samples.planned(
                Samples.plan().forgetting(new TreeMap<>(Map.of("db1", "apply 3 of control plane x"))),
                Samples.seen("db1"));
        assertThat(world.run("apply")).isEqualTo(Exit.REFUSED);
        assertThat(world.out()).contains("Host db1 forgets apply 3 of control plane x.", "1 host to take over");
        assertThat(world.run("plan", "--detailed-exitcode")).isEqualTo(Exit.PENDING);
        assertThat(world.run("apply", "--plan", digest())).isEqualTo(Exit.OK);
        assertThat(world.applied).isNotNull();
        assertThat(world.run("plan", "--output", "json")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("\"db1\" : \"apply 3 of control plane x\"");
    }

    @Test
    void a_stopped_apply_is_130_and_says_how_to_go_on() {
        world.stopped = true;
        assertThat(world.run("apply", "--auto-approve")).isEqualTo(Exit.INTERRUPTED);
        assertThat(world.out()).contains("1 stopped").contains("Go on with:\n    axm plan");
        assertThat(world.run("apply", "--auto-approve", "--output", "json")).isEqualTo(Exit.INTERRUPTED);
        assertThat(world.out()).contains("\"axiomdb.apply/1\"").contains("\"status\" : \"stopped\"");
    }

    @Test
    void urls_are_masked_unless_revealed_and_a_reveal_is_audited_before_it_is_seen() {
        world.registry = registry(Map.of("postgres", "embedded"));
        assertThat(world.run("credentials", "url", "--project", "shop")).isEqualTo(Exit.OK);
        assertThat(world.out()).isEqualTo("""
                        DATABASE_URL="postgresql://shop_main_rw:****@127.0.0.1:54329/sq_shop_main?sslmode=disable"
                        DIRECT_URL="postgresql://shop_main_owner:****@127.0.0.1:54329/sq_shop_main?sslmode=disable"
                        """);
        assertThat(world.err()).contains("no pooler").contains("embedded");
        assertThat(world.recorded).isEmpty();
        world.out.reset();
        assertThat(world.run("credentials", "url", "--project", "shop", "--reveal", "--target", "readonly"))
                .isEqualTo(Exit.OK);
        assertThat(world.out()).contains("READONLY_URL=\"postgresql://shop_main_ro:p%40ss%2Fro@127.0.0.1");
        assertThat(world.recorded).singleElement().satisfies(entry -> {
            assertThat(entry.event()).isEqualTo("branch.credentials.revealed");
            assertThat(entry.target()).isEqualTo(ResourceKey.branch("shop", "main"));
            assertThat(entry.toString()).doesNotContain("p@ss");
        });
    }

    @Test
    void a_pooler_takes_the_runtime_and_the_public_endpoint_is_printed() {
        world.registry = registry(
                Map.of("postgres.address", "10.0.0.1", "public_endpoint", "db.acme.example", "ports.runtime", "6432"));
        assertThat(world.run("credentials", "url", "--project", "shop", "--format", "prisma"))
                .isEqualTo(Exit.OK);
        assertThat(world.out())
                .contains("shop_main_rw:****@db.acme.example:6432/sq_shop_main?sslmode=require")
                .contains("shop_main_owner:****@db.acme.example:5432/sq_shop_main?sslmode=require")
                .contains("directUrl = env(\"DIRECT_URL\")");
        assertThat(world.err()).isEmpty();
    }

    @Test
    void where_axiomdb_signs_certificates_it_says_how_to_verify_them() {
        Map<String, String> host = new TreeMap<>(Map.of("postgres.address", "10.0.0.1", "tls", "required"));
        host.putAll(Map.of("ssh.address", "10.0.0.1", "ssh.key", "file:key", "ports.runtime", "6432"));
        world.registry = registry(host);
        assertThat(world.run("credentials", "url", "--project", "shop")).isEqualTo(Exit.OK);
        assertThat(world.err()).contains("axm ca > axiomdb-ca.pem").contains("sslmode=verify-full&sslrootcert=");
        assertThat(world.out()).doesNotContain("sslrootcert");
    }

    private static final KeyRenewal.Lost LOST = new KeyRenewal.Lost(
            new TreeSet<>(List.of("12345")),
            "/home/dba/secrets-key.json (AXM_SECRETS_KEY is not set, and it is in AXM_HOME then)",
            new TreeMap<>(Map.of(
                    "acme",
                    List.of(
                            new CredentialKey("shop", "main", RoleKind.OWNER),
                            new CredentialKey("shop", "main", RoleKind.RW)),
                    "beta",
                    List.of(new CredentialKey("crm", "main", RoleKind.RO)))),
            List.of(Samples.AUTHORITY));

    @Test
    void a_new_key_is_made_after_a_yes_to_what_is_lost_with_it() {
        world.lost = LOST;
        world.interactive = true;
        world.typed = "yes\n";

        assertThat(world.run("key", "new", "--organization", "acme")).isEqualTo(Exit.OK);

        assertThat(world.renewed).isEqualTo("acme by dba@acme.example");
        assertThat(world.authorityMade).isTrue();
        assertThat(world.out()).isEqualTo("""
                Key 12345 was looked for in /home/dba/secrets-key.json (AXM_SECRETS_KEY is not set, and it is in AXM_HOME then) and is not there.
                If a backup has it, put it there instead: then nothing is lost. Otherwise this can't be opened again:

                Passwords of organization acme, which become unknown and keep working:
                  shop/main/owner
                  shop/main/rw

                Passwords of organization beta, which become unknown and keep working:
                  crm/main/ro

                The private key of the certificate authority. A new authority is made; no other signs it, so clients that verify servers need its certificate as well (axm ca) before hosts get new certificates: 30 days before their present ones end.
                Give the old key up and make a new one? Type 'yes' to confirm:\s

                Key 99 was made in /home/dba/secrets-key.json (AXM_SECRETS_KEY is not set, and it is in AXM_HOME then). Back it up, apart from the control plane.
                Give clients the certificates of both authorities:
                    axm ca > axiomdb-ca.pem
                New passwords are made by name, and lock out who uses the old ones:
                    axm apply --repair password:shop/main
                """);
    }

    @Test
    void without_a_yes_no_key_is_made_and_nothing_is_lost() {
        world.lost = LOST;
        assertThat(world.run("key", "new", "--organization", "acme")).isEqualTo(Exit.REFUSED);
        assertThat(world.out()).contains("shop/main/rw");
        world.interactive = true;
        world.typed = "y\n";
        assertThat(world.run("key", "new", "--organization", "acme")).isEqualTo(Exit.REFUSED);
        assertThat(world.renewed).isEmpty();
    }

    @Test
    void only_an_owner_makes_a_new_key() {
        world.lost = LOST;
        SortedMap<ResourceKey, Applied> members = new TreeMap<>(Map.of(
                ResourceKey.member("boss@acme.example"),
                new Applied("1", new Fields(new TreeMap<>(Map.of("role", "owner")), Origin.UNKNOWN), true, true)));
        world.registry = new Registry("acme", true, List.of(), members, new TreeMap<>());

        assertThat(world.run("key", "new", "--organization", "acme", "--auto-approve"))
                .isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0307");
        assertThat(world.renewed).isEmpty();
        assertThat(world.run("key", "new", "--organization", "acme", "--auto-approve", "--actor", "boss@acme.example"))
                .isEqualTo(Exit.OK);
    }

    @Test
    void programs_are_told_what_is_lost_too() {
        world.lost = LOST;
        assertThat(world.run("key", "new", "--organization", "acme", "--auto-approve", "--output", "json"))
                .isEqualTo(Exit.OK);
        assertThat(world.out())
                .contains("\"axiomdb.key/1\"")
                .contains("\"lost_keys\" : [ \"12345\" ]")
                .contains("\"acme\" : [ \"shop/main/owner\", \"shop/main/rw\" ]");
    }

    @Test
    void where_nothing_is_sealed_no_key_is_missed() {
        assertThat(world.run("key", "new", "--organization", "acme")).isEqualTo(Exit.OK);
        assertThat(world.renewed).isEmpty();
    }

    @Test
    void the_authoritys_certificate_is_printed_as_it_is_and_explained_to_programs() {
        world.certificates = Samples.AUTHORITY + Samples.AUTHORITY;
        assertThat(world.run("ca")).isEqualTo(Exit.OK);
        assertThat(world.out()).isEqualTo(world.certificates);
        assertThat(world.err()).isEmpty();
        world.out.reset();

        assertThat(world.run("ca", "--output", "json")).isEqualTo(Exit.OK);

        assertThat(world.out())
                .contains("\"axiomdb.ca/1\"")
                .containsOnlyOnce("[ {")
                .contains("\"subject\" : \"CN=AxiomDB CA 00\"")
                .contains(
                        "\"fingerprint_sha256\" : \"d473512e74ccf58c2540ab9a14d6cce2e43d079b8f797fb0b1117f6cf696ee68\"")
                .contains("\"not_before\" : \"2026-11-22T07:16:33Z\"")
                .contains("\"not_after\" : \"2036-11-21T07:16:33Z\"")
                .contains("\"pem\" : \"" + Samples.AUTHORITY.replace("\n", "\\n") + "\"");
    }

    @Test
    void an_unknown_branch_has_no_urls() {
        assertThat(world.run("credentials", "url", "--project", "nope", "--format", "json"))
                .isEqualTo(Exit.ERROR);
        assertThat(world.out()).contains("\"AX0408\"");
    }

    @Test
    void intent_and_outcome_are_one_event() {
        AuditRow intent = row(1, "aaaa1111", Phase.INTENT);
        AuditRow done = row(2, "aaaa1111", Phase.DONE);
        world.rows = List.of(row(3, "aaaa2222", Phase.INTENT), done, intent);
        assertThat(world.run("audit", "list")).isEqualTo(Exit.OK);
        assertThat(world.out().lines()).hasSize(3);
        assertThat(world.out()).contains("aaaa1111").contains("done").contains("begun");
        world.out.reset();
        assertThat(world.run("audit", "show", "aaaa1")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("branch.created").contains("#1").contains("#2");
        assertThat(world.run("audit", "show", "aaaa")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("2 events");
        assertThat(world.run("audit", "verify")).isEqualTo(Exit.OK);
    }

    private String digest() {
        return world.planned.plan().digest().abbreviated();
    }

    private static Plan with(List<HeldBack> held, List<Blocked> blocked, List<Diagnostic> refusals) {
        return new Plan(
                "acme", List.of(), held, blocked, List.of(), refusals, List.of(), List.of(), List.of(), Digest.of("x"));
    }

    private static Blocked blocked() {
        return new Blocked(
                ResourceKey.branch("shop", "main"), List.of(Diagnostic.of(Code.FOREIGN_OBJECT, "role x", "")));
    }

    private static Plan refused(Diagnostic why) {
        Plan plan = Samples.plan(Samples.created());
        return new Plan(
                "acme",
                plan.changes(),
                List.of(),
                List.of(),
                List.of(),
                List.of(why),
                List.of(),
                List.of(),
                List.of(),
                plan.digest());
    }

    private static Registry registry(Map<String, String> host) {
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        applied.put(ResourceKey.host("db1"), applied(host));
        applied.put(ResourceKey.project("shop"), applied(Map.of("host", "db1")));
        applied.put(ResourceKey.branch("shop", "main"), applied(Map.of()));
        return new Registry("acme", true, List.of(), applied, new TreeMap<>());
    }

    private static Applied applied(Map<String, String> fields) {
        return new Applied("id", new Fields(new TreeMap<>(fields), Origin.UNKNOWN), true, true);
    }

    private static AuditRow row(long sequence, String id, Phase phase) {
        AuditEntry entry = new AuditEntry(
                id,
                phase,
                "branch.created",
                new Actor("dba@acme.example", false, null, null),
                null,
                ResourceKey.branch("shop", "main"),
                "db1",
                new TreeMap<>(),
                new TreeMap<>(Map.of("protected", "true")),
                "manual",
                "");
        return new AuditRow(sequence, Instant.EPOCH.plusSeconds(sequence), "acme", entry, "0", "1");
    }

    @Test
    void run_due_does_what_is_due_and_fails_where_it_can_not_look() {
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"));
        assertThat(world.run("run-due", "--organization", "acme")).isEqualTo(Exit.OK);
        assertThat(world.out()).isEqualTo("Nothing is due.\n");
        Plan blocked = Samples.unreachable().plan();
        world.planned = Samples.planned(new Plan(
                "acme",
                List.of(),
                List.of(),
                blocked.blocked(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                blocked.digest()));
        assertThat(world.run("run-due", "--organization", "acme")).isEqualTo(Exit.ERROR);
    }
}
