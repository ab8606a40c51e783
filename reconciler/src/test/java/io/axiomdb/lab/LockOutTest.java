package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.host.Access;
import io.axiomdb.lab.HostHelper.Answer;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.testing.TimeLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A change that would shut AxiomDB itself out is refused by the host; one that slips through is undone by the host alone. */
@LabTest
@TimeLimit(180)
class LockOutTest {
    private static final Policy POLICY = new Policy(List.of(new Project(
            "shop", "restricted", List.of(), List.of(new Rule("office", "203.0.113.0/24", "both", null, null)))));

    /** The helper with its guards taken out, by somebody who is root there; it is the same program otherwise. */
    private static final String UNGUARDED = """
            import sys
            sys.path.insert(0, "/usr/local/sbin/axm-host")
            from axm_host import change, main, request
            request.check_branches = lambda branches, admin: {branch["database"] for branch in branches}
            change.refuse_unfit = lambda host, wanted: None
            code, said = main.answer(sys.stdin.buffer.read())
            print(main.json.dumps(said))
            sys.exit(code)
            """;

    @Test
    void what_would_lock_axiomdb_out_is_refused_and_what_does_is_undone(Lab lab) {
        Ground ground = new Ground(lab, POLICY);
        Access good = Ground.access(POLICY);
        ground.helper.set(good);
        assertThat(administrator(ground)).isEqualTo("axiomdb");
        Access bad = with(good, ground.host.postgresAdmin());
        Answer refused = ground.helper.change(bad, 10, "");
        assertThat(refused.ok()).isFalse();
        assertThat(refused.json().get("code").asString()).isEqualTo("LOCK_OUT");
        assertThat(administrator(ground)).isEqualTo("axiomdb");

        Answer slipped = ground.helper.changeBy(bad, 10, "python3", "-c", UNGUARDED);
        assertThat(slipped.done().get("changed").asBoolean()).isTrue();
        assertThat(administrator(ground)).contains("pg_hba.conf rejects connection");
        Eventually.within(
                Duration.ofSeconds(60),
                "the administrator gets in",
                () -> administrator(ground).equals("axiomdb"));
        assertThat(ground.helper.change(good, 10, "").done().get("changed").asBoolean())
                .isFalse();
    }

    /** Logs in as AxiomDB does at the end of its tunnel: over the loopback, with the password. */
    private static String administrator(Ground ground) {
        String read =
                "read -r PGPASSWORD; export PGPASSWORD; psql -XqAt -h 127.0.0.1 -U %s -d postgres -c 'select current_user' 2>&1 || true";
        try {
            String password = Files.readString(ground.host.postgresPasswordFile());
            return ground.lab
                    .execWith(ground.host, password + "\n", "bash", "-c", read.formatted(ground.host.postgresAdmin()))
                    .ok()
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Access with(Access access, String role) {
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>();
        access.branches().forEach((database, roles) -> {
            SortedSet<String> more = new TreeSet<>(roles);
            more.add(role);
            branches.put(database, more);
        });
        return new Access(branches, access.entries(), access.openings());
    }
}
