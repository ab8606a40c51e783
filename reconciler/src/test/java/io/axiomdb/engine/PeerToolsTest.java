package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.testing.Servers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL's own tools as the application: pgbench, pg_dump and pg_restore of Debian's version 15. */
@TestInstance(Lifecycle.PER_CLASS)
class PeerToolsTest {
    private static final String BIN = "/usr/lib/postgresql/15/bin/";
    private static final Desired DESIRED = Installation.desired("""
            version: 1
            organization: acme
            hosts:
              db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
            projects:
              bench: { host: db1, branches: { copy: {} } }
            """);

    private final Installation installation = Installation.of(15);

    @TempDir
    Path directory;

    @BeforeAll
    void apply() {
        assertThat(installation.apply(DESIRED).converged()).isTrue();
    }

    @AfterAll
    void drop() {
        for (String branch : List.of("", "_br_copy")) {
            installation.admin("postgres", "DROP DATABASE \"sq_bench_main" + branch + "\" WITH (FORCE)");
            for (String role : List.of("owner", "rw", "ro")) {
                installation.admin("postgres", "DROP ROLE \"bench_main" + branch + "_" + role + "\"");
            }
        }
        installation.close();
    }

    @Test
    void pgbench_initializes_as_owner_runs_as_rw_reads_as_ro_and_a_dump_comes_back_into_another_branch()
            throws IOException, InterruptedException {
        String db = "sq_bench_main";
        run(RoleKind.OWNER, "main", "pgbench", "-i", "-q", "-s", "1", "--foreign-keys", db);
        assertThat(run(RoleKind.RW, "main", "pgbench", "-n", "-c", "2", "-t", "50", db))
                .contains("number of transactions actually processed: 100/100");
        assertThat(run(RoleKind.RO, "main", "pgbench", "-n", "-S", "-t", "50", db))
                .contains("number of transactions actually processed: 50/50");
        assertThat(fails(RoleKind.RO, "main", "pgbench", "-n", "-t", "1", db)).contains("permission denied");

        String dump = directory.resolve("main.dump").toString();
        run(RoleKind.OWNER, "main", "pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", dump, db);
        String copy = "sq_bench_main_br_copy";
        run(RoleKind.OWNER, "copy", "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "-d", copy, dump);

        String history = "SELECT count(*) FROM pgbench_history";
        assertThat(installation.as("bench", "copy", RoleKind.RO, "bench_main_br_copy_ro", copy, history))
                .isEqualTo("100");
        assertThat(run(RoleKind.RW, "copy", "pgbench", "-n", "-t", "10", copy)).contains("10/10");
        assertThat(installation.plan(DESIRED).plan().isEmpty()).isTrue();
        assertThat(installation.plan(DESIRED).plan().heldBack()).isEmpty();
    }

    private String run(RoleKind role, String branch, String tool, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(role, branch, tool, arguments);
        String output = output(process);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private String fails(RoleKind role, String branch, String tool, String... arguments)
            throws IOException, InterruptedException {
        Process process = start(role, branch, tool, arguments);
        String output = output(process);
        assertThat(process.waitFor()).as(output).isNotZero();
        return output;
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Process start(RoleKind role, String branch, String tool, String... arguments) throws IOException {
        String name = "bench_main" + (branch.equals("main") ? "" : "_br_" + branch) + "_" + role.word();
        Path passwords = directory.resolve("pgpass");
        String escaped = installation.password("bench", branch, role).replaceAll("([:\\\\])", "\\\\$1");
        Files.writeString(passwords, "*:*:*:*:" + escaped + "\n");
        passwords.toFile().setReadable(false, false);
        passwords.toFile().setReadable(true, true);
        List<String> command = new ArrayList<>(List.of(BIN + tool));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSFILE", passwords.toString());
        builder.environment().put("PGHOST", Servers.Server.ADDRESS);
        builder.environment().put("PGPORT", Integer.toString(installation.host.port()));
        builder.environment().put("PGUSER", name);
        return builder.start();
    }
}
