package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.Progress;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.audit.EventNames;
import io.axiomdb.crash.Labels;
import io.axiomdb.crash.Lane;
import io.axiomdb.crash.Point.When;
import io.axiomdb.crash.Scenarios;
import io.axiomdb.crash.Tripwire;
import io.axiomdb.crash.Way;
import io.axiomdb.desired.Desired;
import io.axiomdb.engine.Engine;
import io.axiomdb.engine.Outside;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.Extent;
import io.axiomdb.testing.Killed;
import io.axiomdb.testing.TimeLimit;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * An apply that changes the files, the pooler, the firewall and the certificate of a host is cut short on both sides of these
 * steps: the next one converges, and the trail tells the truth. Here each step with half of the ways on each side; with
 * {@code -Pfull} all. What happens within a step is tried by {@link NetworkFaultsTest} and {@link ApplyCutShortTest}.
 */
@LabTest
@TimeLimit(900)
class CrashOnAHostTest {
    private static final Extent EXTENT = Extent.here();
    private static final List<Class<? extends Step>> STEPS = Scenarios.ON_A_MACHINE;

    private static Lane lane;
    private static Site site;
    private static int number;

    @BeforeAll
    static void prepare(Lab lab) throws IOException {
        lane = new Lane();
        site = Site.on(lab, lane.target());
        apply(site.outside, desired(yaml(0)));
    }

    @AfterAll
    static void end() throws IOException {
        site.close();
        lane.close();
    }

    private record Run(Class<? extends Step> step, When when, Way way) {
        @Override
        public String toString() {
            return way + " " + when.name().toLowerCase(Locale.ROOT) + " " + step.getSimpleName();
        }
    }

    @TestFactory
    Stream<DynamicTest> the_next_apply_makes_it_whole() {
        List<Run> all = new ArrayList<>();
        for (Class<? extends Step> step : STEPS) {
            for (Way way : Way.values()) {
                boolean can = way != Way.CUT && (way != Way.DISK_FULL || lane.hasSmallDisk());
                Arrays.stream(When.values()).filter(_ -> can).forEach(when -> all.add(new Run(step, when, way)));
            }
        }
        List<Run> chosen = all.stream().filter(CrashOnAHostTest::isChosen).toList();
        System.out.println("crash points on a host: " + chosen.size() + " of " + all.size() + " are tried"
                + (EXTENT.full() ? "" : "; -Pfull tries all"));
        return chosen.stream().map(run -> DynamicTest.dynamicTest(run.toString(), () -> cutShort(run)));
    }

    /** Each way with each step, on one side of it. */
    private static boolean isChosen(Run run) {
        int side = (STEPS.indexOf(run.step()) + run.way().ordinal()) % 2;
        return EXTENT.full() || run.when().ordinal() == side;
    }

    private static void cutShort(Run run) throws IOException {
        number++;
        String yaml = yaml(number);
        Desired wish = desired(yaml);
        long before = rows().size();
        Plan plan = new Engine(site.outside).plan(wish, Site.request()).plan();
        String label = label(plan, run.step());
        if (run.way() == Way.KILLED) {
            kill(yaml, label, run.when());
        } else {
            attempt(wish, plan, label, run);
        }
        lane.heal();
        boolean made = isMade();
        lane.forgetLeases();
        try (Site after = Site.again(site)) {
            apply(after.outside, wish);
            assertThat(isMade()).isTrue();
            assertThat(new Engine(after.outside)
                            .plan(wish, Site.request())
                            .plan()
                            .changes())
                    .isEmpty();
            assertThat(after.controlPlane.verifyAudit()).isEmpty();
            assertThat(after.controlPlane.unfinished(Site.ORGANIZATION)).isEmpty();
        }
        trail(rows().stream().skip(before).toList(), made);
    }

    private static String label(Plan plan, Class<? extends Step> kind) {
        return new Labels(plan, Site.ORGANIZATION)
                .places().stream()
                        .filter(place -> place.kind().equals(kind.getSimpleName()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + kind + " in " + plan.changes()))
                        .label();
    }

    private static void attempt(Desired wish, Plan plan, String label, Run run) {
        boolean[] struck = {false};
        Tripwire tripwire = Tripwire.at(new Labels(plan, Site.ORGANIZATION), label, when -> {
            if (when == run.when()) {
                struck[0] = true;
                strike(run);
            }
        });
        try {
            apply(tripwire.around(site.outside), wish);
        } catch (RuntimeException e) {
            assertThat(struck[0]).as("%s; %s", label, e).isTrue();
        }
        assertThat(struck[0]).as(label).isTrue();
    }

    private static void strike(Run run) {
        switch (run.way()) {
            case EXCEPTION -> throw new IllegalStateException("broken on purpose " + run);
            case GONE -> lane.stop();
            case DISK_FULL -> lane.fill();
            case KILLED, CUT -> throw new IllegalArgumentException("not from within");
        }
    }

    private static void kill(String yaml, String label, When when) throws IOException {
        Process child = Child.start(site, yaml, label, when);
        try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).as("the apply comes by %s", label).isEqualTo(Child.HERE);
        } finally {
            Killed.now(child);
        }
    }

    /** Each intent has one outcome; what it says about the host was so when the apply was cut short. */
    private static void trail(List<AuditRow> rows, boolean made) {
        Map<String, List<Phase>> phases = rows.stream()
                .collect(Collectors.groupingBy(
                        row -> row.entry().mutationId(),
                        TreeMap::new,
                        Collectors.mapping(row -> row.entry().phase(), Collectors.toList())));
        assertThat(phases.values()).allSatisfy(one -> {
            assertThat(one).hasSize(2);
            assertThat(one.getFirst()).isEqualTo(Phase.INTENT);
        });
        AuditRow first = rows.stream()
                .filter(row -> row.entry().event().equals(EventNames.ACCESS_CHANGED))
                .findFirst()
                .orElseThrow();
        Phase end =
                Objects.requireNonNull(phases.get(first.entry().mutationId())).getLast();
        assertThat(end == Phase.DONE || end == Phase.FOUND_DONE)
                .as("is %s", end)
                .isEqualTo(made);
    }

    /** Whether the host lets in what this run wants, and shows a certificate for the name that it wants. */
    private static boolean isMade() {
        if (!(site.files.look(site.declared(), Site.ORGANIZATION) instanceof AccessObservation.Seen seen)
                || seen.certificate() == null) {
            throw new AssertionError("the host can't be looked at");
        }
        String installed = seen.certificate().installed();
        return seen.access().lines().contains("direct sq_shop_main from " + cidr(number))
                && installed != null
                && names(installed).contains(name(number));
    }

    private static String names(String pem) {
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            return String.valueOf(certificate.getSubjectAlternativeNames());
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<AuditRow> rows() {
        try (Site fresh = Site.again(site)) {
            return fresh.controlPlane
                    .audit(Site.ORGANIZATION, new AuditQuery(10_000, null, null, null))
                    .reversed();
        }
    }

    private static void apply(Outside outside, Desired wish) {
        Engine engine = new Engine(outside);
        String digest = engine.plan(wish, Site.request()).plan().digest().hex();
        engine.apply(wish, Site.request(), digest, Progress.NONE, () -> false);
    }

    private static Desired desired(String yaml) {
        return Declaring.desired(yaml, Instant.now());
    }

    private static String cidr(int run) {
        return "203.0." + run + ".0/24";
    }

    private static String name(int run) {
        return "db%dx.acme.example".formatted(run);
    }

    private static String yaml(int run) {
        Policy policy = new Policy(List.of(new Project(
                "shop", "restricted", List.of(), List.of(new Rule("office", cidr(run), "both", null, null)))));
        return policy.yaml(site.fields().replaceAll("public_endpoint: .*", "public_endpoint: \"" + name(run) + "\""));
    }
}
