package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.apply.Progress;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Request;
import io.axiomdb.host.CopyWay;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.testing.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Branches are copied by the host's own pg_dump and pg_restore while an application works in the parent. */
@LabTest
@TimeLimit(300)
class CopyOnAHostTest {
    private static final String CLIENT = "203.0.113.7";
    private static final String STRANGER = "198.51.100.9";
    private static final String ALL = ", all: { from: main, data: full, transform: mask.sql, assert: [check.sql] }";
    private static final String BOTH = ALL + ", bare: { from: main, data: schema }";
    private static final String MASK = "UPDATE pgbench_accounts SET filler = 'masked'";
    private static final String CHECK = "SELECT 1 FROM pgbench_accounts WHERE filler !~ '^masked'";

    /** The file, the script, and what must be true then. */
    private record WithMask(String yaml) implements DesiredSource {
        @Override
        public String root() {
            return "axiomdb.yaml";
        }

        @Override
        public byte[] read(String path, int limit) {
            String text = switch (path) {
                case "mask.sql" -> MASK;
                case "check.sql" -> CHECK;
                default -> yaml;
            };
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public List<String> match(String pattern) {
            return List.of();
        }

        @Override
        public @Nullable Commit commit() {
            return null;
        }
    }

    @Test
    void branches_with_data_are_made_while_pgbench_runs_in_the_parent(Lab lab) throws Exception {
        try (Site site = Site.on(lab)) {
            converge(site, declared(site, ""));
            fill(site);
            Attempt app = attempt(site, CLIENT, "main", RoleKind.RW);
            Path passwords = Attempts.passFile(app);
            Process load = Attempts.as(app, passwords, load(app));
            converge(site, declared(site, ALL));
            converge(site, declared(site, BOTH));
            assertThat(load.isAlive()).as("pgbench still runs").isTrue();
            load.toHandle().destroy(); // not the process object: that one would forget what was said
            String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said.lines()
                            .filter(line -> line.startsWith("progress: "))
                            .toList())
                    .isNotEmpty()
                    .allMatch(line -> line.contains(" 0 failed"));
            assertThat(said).doesNotContain("error", "abort", "FATAL");
            Files.delete(passwords);
            both(site);
            failing(site);
            again(site);
        }
    }

    /** An event trigger takes a superuser. */
    private static void failing(Site site) {
        admin(site, "create function et() returns event_trigger language plpgsql as 'begin end'");
        admin(site, "create event trigger forbidden on ddl_command_end execute function et()");
        Desired desired = declared(site, BOTH + ", more: { from: main, data: full }");
        String digest =
                site.engine.plan(desired, Site.request()).plan().digest().hex();
        ApplyReport report = site.engine.apply(desired, Site.request(), digest, Progress.NONE, () -> false);
        assertThat(report.results())
                .filteredOn(result -> result.status() == Status.FAILED)
                .extracting(result -> Objects.requireNonNull(result.why()).detail())
                .anyMatch(why -> why.contains("forbidden") && why.contains("taken back"));
        assertThat(admin(
                        site,
                        "select count(*) from pg_database, pg_roles"
                                + " where datname ~ 'axm_new|more' or rolname ~ 'axm_run|_more_'"))
                .isEqualTo("0");
        admin(site, "drop event trigger forbidden");
        admin(site, "drop function et()");
    }

    private static void again(Site site) {
        Attempt app = attempt(site, CLIENT, "all", RoleKind.RW);
        try (Talk all = new Talk(app, "sslmode=require")) {
            assertThat(all.ask("update hashed set h = 'only here'; select 1")).isEqualTo("1");
        }
        Request plain = Site.request();
        Request reset = new Request(
                plain.actor(), plain.trigger(), null, plain.asked().withReset(ResourceKey.branch("shop", "all")));
        converge(site, declared(site, BOTH), reset);
        try (Talk all = new Talk(app, "sslmode=require")) {
            assertThat(all.ask("select count(*) from hashed where h = 'only here'"))
                    .isEqualTo("0");
        }
    }

    private static String admin(Site site, String sql) {
        return site.lab
                .exec(site.host, "runuser", "-u", "postgres", "--", "psql", "-XAtqd", "sq_shop_main", "-c", sql)
                .ok()
                .strip();
    }

    private static void both(Site site) {
        // What pgbench changes, it changes in one transaction: the sums agree in every snapshot.
        String sums = "select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)"
                + " and (select sum(abalance) from pgbench_accounts) = (select sum(tbalance) from pgbench_tellers)";
        try (Talk all = new Talk(attempt(site, CLIENT, "all", RoleKind.RW), "sslmode=require")) {
            assertThat(all.ask("select count(*) > 0 from pgbench_history")).isEqualTo("t");
            assertThat(all.ask(sums)).isEqualTo("t");
            assertThat(all.ask("select distinct trim(filler) from pgbench_accounts"))
                    .isEqualTo("masked");
            assertThat(all.ask("select string_agg(trim(filler), ',') || (select n from their_count) from fillers"))
                    .isEqualTo("masked1");
            assertThat(all.ask("select encode(digest('x', 'sha1'), 'hex') = h from hashed"))
                    .isEqualTo("t");
        }
        try (Talk bare = new Talk(attempt(site, CLIENT, "bare", RoleKind.RW), "sslmode=require")) {
            assertThat(bare.ask("select count(*) from pgbench_accounts")).isEqualTo("0");
        }
        Map<Attempt, Boolean> expected = new LinkedHashMap<>();
        for (String branch : List.of("all", "bare")) {
            expected.put(attempt(site, CLIENT, branch, RoleKind.RO), true);
            expected.put(attempt(site, STRANGER, branch, RoleKind.RO), false);
        }
        assertThat(Attempts.wrong(expected)).isEmpty();
    }

    private static void fill(Site site) throws IOException, InterruptedException {
        Attempt owner = attempt(site, CLIENT, "main", RoleKind.OWNER);
        Path passwords = Attempts.passFile(owner);
        Process init = Attempts.as(
                owner, passwords, "pgbench", "-i", "-q", "-s", "3", Attempts.target(owner) + " sslmode=require");
        String said = new String(init.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(init.waitFor()).as(said).isZero();
        Files.delete(passwords);
        try (Talk session = new Talk(owner, "sslmode=require")) {
            assertThat(session.ask("create extension pgcrypto; create table hashed as"
                            + " select encode(digest('x', 'sha1'), 'hex') as h;"
                            + " create materialized view fillers as select distinct filler from pgbench_accounts;"
                            + " create materialized view their_count as select count(*) as n from fillers; select 1"))
                    .isEqualTo("1");
        }
    }

    private static String[] load(Attempt app) {
        return new String[] {
            "pgbench", "-n", "-c", "4", "-R", "100", "-T", "600", "-P", "1", Attempts.target(app) + " sslmode=require"
        };
    }

    private static void converge(Site site, Desired desired) {
        converge(site, desired, Site.request());
    }

    private static void converge(Site site, Desired desired, Request request) {
        Plan plan = site.engine.plan(desired, request).plan();
        assertThat(plan.changes().stream()
                        .flatMap(change -> change.steps().stream())
                        .filter(Step.Copy.class::isInstance)
                        .map(step -> ((Step.Copy) step).way()))
                .allMatch(way ->
                        way instanceof CopyWay.Dump(CopyWay.Place place, boolean _) && place == CopyWay.Place.HOST);
        ApplyReport report = site.engine.apply(desired, request, plan.digest().hex(), Progress.NONE, () -> false);
        assertThat(report.results().stream()
                        .filter(result -> result.status() != Status.DONE)
                        .map(result -> result.change().resource() + ": " + result.why()))
                .isEmpty();
        assertThat(report.converged()).isTrue();
        assertThat(report.after().plan().changes()).isEmpty();
    }

    private static Desired declared(Site site, String branches) {
        Loaded loaded = Loader.load(
                new WithMask("""
                version: 1
                organization: acme
                hosts:
                  db1:
                %s
                projects:
                  shop:
                    host: db1
                    branches: { main: {}%s }
                    network:
                      mode: restricted
                      rules: { office: { label: Office, cidr: 203.0.113.0/24 } }
                """.formatted(site.fields().indent(4).stripTrailing(), branches)), Instant.now());
        return Objects.requireNonNull(
                loaded.desired(), () -> loaded.diagnostics().toString());
    }

    private static Attempt attempt(Site site, String from, String branch, RoleKind kind) {
        String stem = branch.equals("main") ? "shop_main" : "shop_main_br_" + branch;
        return new Attempt(
                site.sources.namespace(InetAddress.ofLiteral(from)),
                from,
                site.host.ipv4(),
                site.host.postgresPort(),
                "sq_" + stem,
                stem + "_" + kind.name().toLowerCase(Locale.ROOT),
                site.controlPlane
                        .secrets()
                        .current(Site.ORGANIZATION, new CredentialKey("shop", branch, kind))
                        .orElseThrow()
                        .password()
                        .reveal());
    }
}
