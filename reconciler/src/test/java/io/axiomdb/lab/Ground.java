package io.axiomdb.lab;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.lab.Lab.Host;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A host with the databases and roles of two projects and the host helper, before any policy: for proofs below the engine. */
final class Ground {
    private static final String PASSWORD = "the same for all, it is a lab";
    private static final String DECLARED = """
            postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axiomdb, password: "env:ADMIN" }
            ssh:
              address: db1.acme.example
              key: "env:KEY"
              host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
            ports: { direct: 5432, runtime: 6432 }
            """;

    final Lab lab;
    final Host host;
    final HostHelper helper;
    final Sources sources;

    /** A door of a branch: who stands before it, and what it is called. */
    record Door(String project, String branch, String port, BranchNames names) {}

    Ground(Lab lab, Policy everything) {
        this.lab = lab;
        this.host = lab.host();
        this.helper = new HostHelper(lab, host);
        this.sources = new Sources(lab);
        helper.install();
        doors(everything).stream()
                .filter(door -> door.port().equals(Oracle.DIRECT))
                .forEach(this::create);
    }

    private void create(Door door) {
        String database = door.names().database();
        StringBuilder sql = new StringBuilder();
        for (RoleKind kind : RoleKind.values()) {
            sql.append("create role \"%s\" login password '%s';\n"
                    .formatted(door.names().role(kind), PASSWORD));
        }
        sql.append("create database \"%s\" owner \"%s\";\n"
                .formatted(database, door.names().owner()));
        sql.append("grant connect on database \"%s\" to axm_pooler;\n".formatted(database));
        sql.append("\\connect \"%s\"\n".formatted(database));
        sql.append(
                "grant select (rolname, rolpassword, rolsuper, rolcanlogin, rolvaliduntil) on pg_authid to axm_pooler;\n");
        psql(sql.toString());
    }

    /** Runs a script as PostgreSQL's own user on the host; unaligned rows, tabs between. */
    String psql(String script) {
        return lab.execWith(
                        host,
                        script,
                        "runuser",
                        "-u",
                        "postgres",
                        "--",
                        "psql",
                        "-XqAt",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-F",
                        "\t")
                .ok();
    }

    static Access access(Policy policy) {
        Desired desired = desired(policy);
        return Objects.requireNonNull(
                        AccessCompiler.compile(desired, Instant.now()).get("db1"))
                .access();
    }

    private static Desired desired(Policy policy) {
        return Declaring.desired(policy.yaml(DECLARED), Instant.now());
    }

    /** Every door of every branch. */
    static List<Door> doors(Policy policy) {
        return doors(policy, desired(policy));
    }

    static List<Door> doors(Policy policy, Desired desired) {
        List<Door> doors = new ArrayList<>();
        policy.projects().forEach(project -> {
            var declared = Objects.requireNonNull(desired.projects().get(project.name()));
            project.allBranches().forEach(branch -> {
                BranchNames names = BranchNames.of(
                        declared, Objects.requireNonNull(declared.branches().get(branch)));
                Oracle.PORTS.forEach(port -> doors.add(new Door(project.name(), branch, port, names)));
            });
        });
        return doors;
    }

    int number(String port) {
        return port.equals(Oracle.RUNTIME) ? host.poolerPort() : host.postgresPort();
    }

    /** Someone at an address who knows a role's password, before a door. */
    Attempt attempt(InetAddress from, Door door, RoleKind kind) {
        return new Attempt(
                sources.namespace(from),
                from.getHostAddress(),
                from instanceof Inet4Address ? host.ipv4() : host.ipv6(),
                number(door.port()),
                door.names().database(),
                door.names().role(kind),
                PASSWORD);
    }

    Layers layers() {
        return Layers.of(lab, host);
    }
}
