package io.axiomdb.load;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.core.SecretRef;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.testing.TimeLimit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoaderTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final String FULL = """
            version: 1
            organization: acme
            members: { dba@acme.example: owner, ci@acme.example: developer }
            hosts:
              db1:
                postgres: { url: "jdbc:postgresql://[2001:DB8::20]:5433/maintenance", user: axiomdb, password: "env:DB1" }
                public_endpoint: db.acme.example
                ports: { direct: 15432, runtime: 6432 }
                tls: verify-full
              local: { postgres: embedded }
            projects:
              shop:
                host: db1
                env: prod
                prefix: sq
                network:
                  mode: restricted
                  rules:
                    one: { label: One, cidr: 192.0.2.17, ports: runtime, scope: branch, branch: feature/auth }
                    two: { cidr: "2001:DB8:0::/48", expires_at: 2099-01-01T00:00:00Z }
                rotation_policy: { interval_days: 30, notify: [owner, admin], target: runtime }
                branches:
                  main: { schemas: [reporting, billing], connection_limits: { rw: 020, database: 60 } }
                  feature/auth:
                    from: main
                    data: schema
                    slug: auth
                    settings: { auto_explain.log_min_duration: 1s, jit: off, random_page_cost: 1.10, work_mem: 64 }
              wiki:
                host: local
            """;

    @Test
    void everything_declared_arrives_with_its_place() {
        Desired desired = good(FULL);
        assertThat(desired.organization()).isEqualTo("acme");
        assertThat(requireNonNull(desired.members().get("dba@acme.example")).role())
                .isEqualTo(MemberRole.OWNER);
        Host host = requireNonNull(desired.hosts().get("db1"));
        assertThat(host.postgres())
                .isEqualTo(new Host.Server(
                        "2001:db8::20",
                        5433,
                        "maintenance",
                        "axiomdb",
                        SecretRef.parse("env:DB1").orElseThrow()));
        assertThat(host.tls()).isEqualTo(Host.Tls.VERIFY_FULL);
        assertThat(host.runtimePort()).isEqualTo(6432);
        assertThat(host.origin().of("postgres.port")).isEqualTo(new Source("axiomdb.yaml", 6, 22, 51));
        Project shop = requireNonNull(desired.projects().get("shop"));
        assertThat(shop.origin().self()).isEqualTo(new Source("axiomdb.yaml", 12, 3, 4));
        assertThat(shop.origin().of("env").fileAndLine()).isEqualTo("axiomdb.yaml:14");
        Network network = requireNonNull(shop.network());
        assertThat(network.rules().values().stream().map(Network.Rule::cidr))
                .containsExactly("192.0.2.17/32", "2001:db8::/48");
        Branch main = requireNonNull(shop.branches().get("main"));
        assertThat(main.connectionLimits().rw()).isEqualTo(20);
        assertThat(main.schemas()).containsExactly("billing", "reporting");
        Branch auth = requireNonNull(shop.branches().get("feature/auth"));
        assertThat(auth.settings())
                .containsEntry("auto_explain.log_min_duration", "1s")
                .containsEntry("jit", "off")
                .containsEntry("random_page_cost", "1.10")
                .containsEntry("work_mem", "64");
        assertThat(auth.origin().of("settings.jit").line()).isEqualTo(28);
    }

    @Test
    void every_project_has_a_protected_main_that_points_at_the_project_where_it_is_not_written() {
        Project wiki = requireNonNull(good(FULL).projects().get("wiki"));
        Branch main = requireNonNull(wiki.branches().get("main"));
        assertThat(main.isProtected()).isTrue();
        assertThat(main.origin().self()).isEqualTo(wiki.origin().self());
    }

    @Test
    void a_file_that_is_missing_says_so() {
        Loaded loaded = Loader.load(new Sources(Map.of()), NOW);
        assertThat(loaded.diagnostics()).singleElement().satisfies(d -> {
            assertThat(d.code()).isEqualTo(Code.FILE_MISSING);
            assertThat(d.detail()).isEqualTo("axiomdb.yaml: there is no such file");
        });
    }

    @Test
    void bytes_that_are_no_text_are_told_with_their_place() {
        byte[] bytes = "version: 1\norg: ä".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Loader.load(Sources.of(bytes), NOW).diagnostics())
                .singleElement()
                .satisfies(d -> {
                    assertThat(d.code()).isEqualTo(Code.NOT_UTF8);
                    assertThat(d.source()).isEqualTo(new Source("axiomdb.yaml", 2, 6, 1));
                });
    }

    @Test
    void a_file_of_256_KiB_is_read_and_one_byte_more_is_not() {
        String head = "version: 1\norganization: acme\nprojects: {}\n#";
        String full = head + "x".repeat(Limits.FILE_BYTES - head.length());
        assertThat(codes(full)).isEmpty();
        assertThat(codes(full + "x")).containsExactly(Code.FILE_TOO_LARGE);
    }

    @Test
    void all_files_together_have_a_limit() {
        Sources sources = Sources.of("version: 1\norganization: acme\ninclude: ['p/*.yaml']\n");
        String filler = "projects: {}\n#" + "x".repeat(Limits.FILE_BYTES - 14);
        byte[] bytes = filler.getBytes(StandardCharsets.UTF_8);
        var files = new TreeMap<>(sources.files());
        IntStream.range(0, 300).forEach(i -> files.put("p/%03d.yaml".formatted(i), bytes));
        assertThat(Loader.load(new Sources(files), NOW).diagnostics())
                .extracting(Diagnostic::code)
                .containsExactly(Code.FILE_TOO_LARGE);
    }

    @Test
    void expiry_is_judged_by_the_time_that_is_given() {
        assertThat(Loader.load(Sources.of(FULL), Instant.parse("2098-12-31T23:59:59Z"))
                        .diagnostics())
                .isEmpty();
        Loaded later = Loader.load(Sources.of(FULL), Instant.parse("2099-01-01T00:00:00Z"));
        assertThat(later.diagnostics()).extracting(Diagnostic::code).containsExactly(Code.EXPIRED);
        assertThat(later.desired()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "{", "- ", "? ", "a: {", "'", "\"", "&a ", "!a ", "|", "%", "[a, ", "{a: 1, ", "*a ", "\t"})
    @TimeLimit(60)
    void hostile_repetition_is_refused_quickly(String unit) {
        int times = (Limits.FILE_BYTES - 100) / unit.length();
        assertThat(codes("version: 1\nprojects: " + unit.repeat(times))).isNotEmpty();
        assertThat(codes(unit.repeat(times))).isNotEmpty();
        assertThat(codes("version: 1\nprojects:\n  " + (unit + "\n  ").repeat(times / 4)))
                .isNotEmpty();
    }

    @Test
    @TimeLimit(60)
    void a_quarter_million_digits_cost_nothing() {
        assertThat(codes("version: " + "9".repeat(Limits.FILE_BYTES - 100))).contains(Code.SCALAR_TOO_LONG);
        assertThat(codes("version: " + "9".repeat(4000))).contains(Code.BAD_VALUE);
    }

    @Property(tries = 500, seed = "42")
    void no_bytes_make_the_loader_throw(@ForAll @Size(max = 300) byte[] bytes) {
        assertThat(Loader.load(Sources.of(bytes), NOW)).isNotNull();
    }

    @Property(tries = 1500, seed = "42")
    void no_change_to_a_good_file_makes_it_throw_or_pass_with_errors(@ForAll Random random) {
        StringBuilder text = new StringBuilder(FULL);
        String pieces = "{}[]:,&*!|>'\"%@`#-?\n \t~0.1eE<=nul\\u202eä😀\u0085\u2028";
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, pieces.charAt(random.nextInt(pieces.length())));
                case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
                default -> text.delete(at, Math.min(text.length(), at + random.nextInt(60)));
            }
        }
        Loaded loaded = Loader.load(Sources.of(text.toString().getBytes(StandardCharsets.UTF_8)), NOW);
        assertThat(loaded.desired() == null).isEqualTo(loaded.errors() > 0);
        assertThat(loaded.diagnostics()).isSorted();
        assertThat(DiagnosticText.render(loaded.diagnostics(), loaded.texts())).isNotNull();
    }

    @Property(tries = 50, seed = "42")
    void the_order_of_the_file_does_not_matter(@ForAll Random random) {
        List<String> projects = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<String> parts = new ArrayList<>(List.of(
                    "host: local",
                    "env: e" + i,
                    "branches: {" + shuffled(random, "a: {from: main}", "b: {}", "main: {}") + "}"));
            Collections.shuffle(parts, random);
            projects.add("p" + i + ": { " + String.join(", ", parts) + " }");
        }
        String head = "version: 1\norganization: acme\nhosts: { local: { postgres: embedded } }\nprojects:\n";
        String one = head + lines(projects);
        Collections.shuffle(projects, random);
        assertThat(Declarations.of(good(one)).keySet())
                .isEqualTo(Declarations.of(good(head + lines(projects))).keySet());
        assertThat(values(good(one))).isEqualTo(values(good(head + lines(projects))));
    }

    /** The time limit is only there so that something that grows with the square of the input ends. */
    @Test
    @TimeLimit(120)
    void twenty_thousand_branches_with_two_problems_each_are_all_told() {
        int branches = 20_000;
        Sources sources = Sources.of(
                "version: 1\norganization: acme\nhosts: { local: { postgres: embedded } }\ninclude: ['p/*.yaml']\n");
        var files = new TreeMap<>(sources.files());
        for (int p = 0; p < branches / 1000; p++) {
            int project = p;
            String text = "projects:\n  p" + p + ":\n    host: locla\n    branches:\n"
                    + IntStream.range(0, 1000)
                            .mapToObj(b -> "      b" + b + ":\n        from: mian\n        evn: x\n        expires_at: "
                                    + "2099-01-01T00:00:00Z\n        connection_limits: { rw: " + (b + project)
                                    + " }\n")
                            .collect(Collectors.joining());
            files.put("p/" + p + ".yaml", text.getBytes(StandardCharsets.UTF_8));
        }
        Loaded loaded = Loader.load(new Sources(files), NOW);
        assertThat(loaded.errors()).isEqualTo(2L * branches + branches / 1000);
    }

    private static String values(Desired desired) {
        return Declarations.of(desired).entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().values())
                .collect(Collectors.joining("\n"));
    }

    private static String shuffled(Random random, String... parts) {
        List<String> all = new ArrayList<>(List.of(parts));
        Collections.shuffle(all, random);
        return String.join(", ", all);
    }

    private static String lines(List<String> projects) {
        return projects.stream().map(p -> "  " + p + "\n").collect(Collectors.joining());
    }

    private static List<Code> codes(String text) {
        return Loader.load(Sources.of(text), NOW).diagnostics().stream()
                .map(Diagnostic::code)
                .toList();
    }

    private static Desired good(String text) {
        Loaded loaded = Loader.load(Sources.of(text), NOW);
        assertThat(DiagnosticText.render(loaded.diagnostics(), loaded.texts())).isEmpty();
        return requireNonNull(loaded.desired());
    }
}
