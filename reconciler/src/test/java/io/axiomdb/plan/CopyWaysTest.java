package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Observation.Measure;
import io.axiomdb.load.Loader;
import io.axiomdb.testing.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server of version 15, with this or that around it. */
class CopyWaysTest {
    private static final String PARENT = "sq_shop_main";

    @ParameterizedTest
    @CsvSource({
        "data: schema, -, no, no, refused",
        "data: schema, 15, no, no, 'dump, HERE, schema only'",
        "data: schema, 14 16, no, no, refused",
        "data: schema, 15, yes, no, 'dump, HOST, schema only'",
        "'data: schema, hold_sessions: true', 15, no, no, 'dump, HERE, schema only'",
        "data: full, -, no, no, template",
        "data: full, 14 16 17 18, no, no, template",
        "data: full, -, no, yes, 'template, clones'",
        "data: full, 14 15, no, yes, 'dump, HERE'",
        "data: full, -, yes, no, 'dump, HOST'",
        "'data: full, hold_sessions: true', 15, yes, no, 'template, ends sessions'",
        "'data: full, hold_sessions: true', 15, yes, yes, 'template, ends sessions, clones'",
    })
    void the_way_follows_from_what_is_declared_and_installed(
            String branch, String tools, String onHost, String clones, String way) {
        TreeSet<Integer> majors = new TreeSet<>();
        for (String major : tools.equals("-") ? new String[0] : tools.split(" ")) {
            majors.add(Integer.valueOf(major));
        }
        assertThat(CopyWays.of(branch(branch), PARENT, seen(onHost.equals("yes"), clones.equals("yes")), majors)
                        .map(Copies::canonical)
                        .orElse("refused"))
                .isEqualTo(way);
    }

    private static Branch branch(String fields) {
        Desired desired = Objects.requireNonNull(
                Loader.load(TextSource.of("""
                version: 1
                organization: acme
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  shop: { host: db1, branches: { main: {}, b: { from: main, %s } } }
                """.formatted(fields)), World.NOW).desired());
        return Objects.requireNonNull(Objects.requireNonNull(desired.projects().get("shop"))
                .branches()
                .get("b"));
    }

    private static Observation.Seen seen(boolean dumps, boolean clones) {
        AccessObservation.Facts facts = new AccessObservation.Facts("0.1.0", World.NOW, "", 150018, null, "1", dumps);
        return new Observation.Seen(
                new HostState(new TreeMap<>(), new TreeMap<>()),
                150018,
                List.of(),
                List.of(),
                new TreeMap<>(Map.of(PARENT, new Measure(1, 0, clones))),
                List.of(),
                io.axiomdb.host.Ledger.EMPTY,
                new AccessObservation.Seen(
                        facts,
                        Access.NONE,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        AccessObservation.EndsPooled.CLIENT,
                        null,
                        List.of()),
                Duration.ZERO);
    }
}
