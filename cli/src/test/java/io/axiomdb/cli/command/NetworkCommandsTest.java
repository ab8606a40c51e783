package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.view.Golden;
import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.AccessObservation.Passage;
import io.axiomdb.host.AccessObservation.Passing;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A project with three rules: one that is there, one that is not applied yet, one that has expired. */
class NetworkCommandsTest {
    private static final Map<String, String> OFFICE =
            Map.of("label", "Office VPN", "cidr", "203.0.113.0/24", "ports", "both", "scope", "project");
    private static final Map<String, String> CI = Map.of(
            "label",
            "CI runner",
            "cidr",
            "198.51.100.0/24",
            "ports",
            "runtime",
            "scope",
            "branch",
            "branch",
            "main",
            "expires_at",
            "2026-12-01T00:00:00Z");
    private static final Map<String, String> OLD = Map.of(
            "label",
            "old",
            "cidr",
            "192.0.2.0/28",
            "ports",
            "direct",
            "scope",
            "project",
            "expires_at",
            "1969-12-31T00:00:00Z");

    private final FakeWorld world = new FakeWorld();
    private final TreeMap<ResourceKey, Fields> declared = new TreeMap<>();

    @BeforeEach
    void declare() {
        declared.put(ResourceKey.organization("acme"), fields(3, Map.of()));
        declared.put(
                ResourceKey.host("db1"),
                fields(
                        5,
                        Map.of(
                                "ssh.address", "db1.acme.example",
                                "ssh.key", "env:KEY",
                                "ssh.host_keys",
                                        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY",
                                "postgres.address", "127.0.0.1",
                                "ports.runtime", "6432")));
        declared.put(ResourceKey.project("shop"), fields(8, Map.of("host", "db1")));
        declared.put(ResourceKey.branch("shop", "main"), fields(9, Map.of()));
        declared.put(ResourceKey.networkPolicy("shop"), fields(11, Map.of("mode", "restricted")));
        declared.put(ResourceKey.networkRule("shop", "office-vpn"), fields(13, OFFICE));
        declared.put(ResourceKey.networkRule("shop", "ci"), fields(14, CI));
        declared.put(ResourceKey.networkRule("shop", "old"), fields(15, OLD));
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        applied.put(ResourceKey.networkRule("shop", "office-vpn"), applied(OFFICE));
        applied.put(ResourceKey.networkRule("shop", "gone"), applied(Map.of("cidr", "192.0.2.64/26")));
        world.registry = new Registry("acme", true, List.of(), applied, new TreeMap<>());
        world.access = seen();
        world.desired = Declarations.toDesired("acme", declared);
    }

    @Test
    void an_allowed_address_is_told_with_rule_line_and_layers() throws Exception {
        assertThat(explain("203.0.113.7", "direct")).isEqualTo(Exit.OK);
        Golden.check("an_address_is_explained", "allowed.txt", world.out());
        world.out.reset();
        assertThat(explain("203.0.113.7", "direct", "--output", "json")).isEqualTo(Exit.OK);
        Golden.check("an_address_is_explained", "allowed.json", world.out());
    }

    @Test
    void what_is_not_applied_yet_is_denied_now() throws Exception {
        assertThat(explain("198.51.100.9", "runtime")).isEqualTo(Exit.DENIED);
        Golden.check("an_address_is_explained", "not_yet.txt", world.out());
    }

    @Test
    void a_denied_address_is_told_what_comes_near_and_what_would_let_it_in() throws Exception {
        assertThat(explain("192.0.2.1", "direct")).isEqualTo(Exit.DENIED);
        Golden.check("an_address_is_explained", "denied.txt", world.out());
        world.out.reset();
        assertThat(explain("2001:db8::1", "runtime")).isEqualTo(Exit.DENIED);
        assertThat(world.out())
                .contains("none of this project holds the address")
                .contains("cidr: 2001:db8::1/128");
    }

    @Test
    void a_host_that_was_not_seen_is_no_answer() throws Exception {
        world.access = new AccessObservation.Unknown(
                Diagnostic.of(Code.HOST_UNREACHABLE, "db1.acme.example:22 does not answer", "see whether it is up"));
        assertThat(explain("203.0.113.7", "runtime")).isEqualTo(Exit.ERROR);
        Golden.check("an_address_is_explained", "unseen.txt", world.out());
        world.out.reset();
        assertThat(explain("203.0.113.7", "runtime", "--output", "json")).isEqualTo(Exit.ERROR);
        assertThat(world.out()).contains("\"allowed\" : null").contains("\"allowed_after_apply\" : true");
    }

    @Test
    void without_a_login_on_the_host_the_file_answers_and_it_says_so() throws Exception {
        world.access = new AccessObservation.Unmanaged();
        declared.put(ResourceKey.host("db1"), fields(5, Map.of("postgres.address", "10.0.0.9")));
        world.desired = Declarations.toDesired("acme", declared);
        assertThat(explain("203.0.113.7", "direct")).isEqualTo(Exit.OK);
        Golden.check("an_address_is_explained", "unmanaged.txt", world.out());
        world.out.reset();
        assertThat(explain("8.8.8.8", "direct")).isEqualTo(Exit.DENIED);
    }

    @Test
    void a_misspelt_name_is_answered_with_what_was_meant() {
        assertThat(world.run(
                        "network",
                        "explain",
                        "--from",
                        "10.0.0.1",
                        "--project",
                        "shop",
                        "--branch",
                        "mian",
                        "--port",
                        "direct"))
                .isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("branch mian of project shop").contains("did you mean \"main\"?");
        assertThat(world.run("network", "rule", "list", "--project", "shp")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("did you mean \"shop\"?");
        assertThat(world.run("network", "rule", "get", "--project", "shop", "--rule", "ofice-vpn"))
                .isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("did you mean \"office-vpn\"?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "010.0.0.1", "::ffff:10.0.0.1", "shop", "10.0.0.1%eth0"})
    void only_one_plain_address_is_an_address(String from) {
        assertThat(explain(from, "direct")).isEqualTo(Exit.USAGE);
        assertThat(world.out()).isEmpty();
    }

    @Test
    void rules_are_listed_below_the_mode_with_how_far_each_has_come() throws Exception {
        assertThat(world.run("network", "rule", "list", "--project", "shop")).isEqualTo(Exit.OK);
        Golden.check("rules_are_listed_with_how_far_they_have_come", "list.txt", world.out());
        world.out.reset();
        assertThat(world.run("network", "rule", "list", "--project", "shop", "--output", "json"))
                .isEqualTo(Exit.OK);
        Golden.check("rules_are_listed_with_how_far_they_have_come", "list.json", world.out());
    }

    @Test
    void one_rule_is_shown_with_what_the_host_makes_of_it() throws Exception {
        assertThat(world.run("network", "rule", "get", "--project", "shop", "--rule", "office-vpn"))
                .isEqualTo(Exit.OK);
        Golden.check("rules_are_listed_with_how_far_they_have_come", "get.txt", world.out());
        world.out.reset();
        assertThat(world.run("network", "rule", "get", "--project", "shop", "--rule", "ci", "-o", "json"))
                .isEqualTo(Exit.OK);
        Golden.check("rules_are_listed_with_how_far_they_have_come", "get.json", world.out());
    }

    private int explain(String from, String port, String... more) {
        List<String> words =
                new ArrayList<>(List.of("network", "explain", "--from", from, "--project", "shop", "--port", port));
        words.addAll(List.of(more));
        return world.run(words.toArray(String[]::new));
    }

    private static final AddressSet OTHERS = AddressSet.ALL.minus(AddressSet.of(cidr("203.0.113.0/24")));

    /** The office gets in by both doors; half of it only by runtime. */
    private static AccessObservation seen() {
        Access access = new Access(
                new TreeMap<>(Map.of("sq_shop_main", new TreeSet<>(List.of("shop_main_rw")))),
                new TreeSet<>(List.of(
                        new Access.Entry(Port.DIRECT, "sq_shop_main", cidr("203.0.113.0/24"), null),
                        new Access.Entry(Port.RUNTIME, "sq_shop_main", cidr("203.0.113.0/25"), null))),
                new TreeSet<>(List.of(
                        new Access.Opening(5432, cidr("203.0.113.0/24"), null),
                        new Access.Opening(6432, cidr("203.0.113.0/24"), null))));
        return new AccessObservation.Seen(
                new Facts("0.1.0", Instant.EPOCH, "10.77.0.1", 150018, "1.18.0", "7431", false),
                access,
                List.of(),
                List.of(),
                List.of(
                        new Passage(5432, Passing.LET_IN, "", AddressSet.of(cidr("203.0.113.0/24"))),
                        new Passage(5432, Passing.KEPT_OUT, "policy drop", OTHERS),
                        new Passage(6432, Passing.LET_IN, "", AddressSet.of(cidr("203.0.113.0/24"))),
                        new Passage(6432, Passing.KEPT_OUT, "policy drop", OTHERS)),
                List.of(),
                List.of(),
                EndsPooled.DATABASE,
                null,
                List.of());
    }

    private static Applied applied(Map<String, String> values) {
        TreeMap<String, String> all = new TreeMap<>(Map.of("label", "gone", "ports", "both", "scope", "project"));
        all.putAll(values);
        return new Applied("id", new Fields(all, Origin.UNKNOWN), true, true);
    }

    private static Fields fields(int line, Map<String, String> values) {
        Source self = new Source("axiomdb.yaml", line, 5, 4);
        return new Fields(new TreeMap<>(values), new Origin(self, new TreeMap<>()));
    }

    private static Cidr cidr(String text) {
        return ((Cidr.Read.Range) Cidr.read(text)).cidr();
    }
}
