package io.axiomdb.lab;

import io.axiomdb.host.Access;
import io.axiomdb.lab.Lab.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The host helper of a lab's host, spoken to past all of AxiomDB: documents in and out, as root, by the words of its protocol. */
final class HostHelper {
    static final String ORGANIZATION = "acme";

    private static final Path BUILD =
            Path.of("..", "deploy", "host", "build.py").toAbsolutePath().normalize();
    private static final String PROGRAM = "axm-host";
    private static final int CONFIRM_SECONDS = 60;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Lab lab;
    private final Host host;

    HostHelper(Lab lab, Host host) {
        this.lab = lab;
        this.host = host;
    }

    /** What it answered, whether or not it did as asked. */
    record Answer(boolean ok, JsonNode json) {
        JsonNode done() {
            if (!ok) {
                throw new AssertionError(json.toString());
            }
            return json;
        }
    }

    /** Puts the program on the host and has it install itself. */
    void install() {
        try {
            Path program = Files.createTempFile("axm-host-", "");
            Program.run("", List.of("python3", BUILD.toString(), program.toString()))
                    .ok();
            lab.execWith(
                            host,
                            Base64.getEncoder().encodeToString(Files.readAllBytes(program)),
                            "bash",
                            "-c",
                            "base64 -d > /root/axm-host && chmod 755 /root/axm-host && /root/axm-host install %s %d %d"
                                    .formatted(host.sshUser(), host.postgresPort(), host.poolerPort()))
                    .ok();
            Files.delete(program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Root's orders, such as {@code tick}, with settings of the environment in front. */
    Output order(String... words) {
        List<String> command = new ArrayList<>(List.of("env"));
        for (String word : words) {
            if (!word.contains("=") && !command.contains("axm-host")) {
                command.add("axm-host");
            }
            command.add(word);
        }
        return lab.exec(host, command.toArray(String[]::new));
    }

    /** The points at which a test may break it. */
    List<String> points() {
        return order("points").ok().lines().toList();
    }

    Answer look() {
        return ask(head("look"), PROGRAM);
    }

    /**
     * Asks for a change.
     *
     * @param fault such as {@code kill:loosen:ufw:installed}; empty for none
     */
    Answer change(Access access, int confirmSeconds, String fault) {
        return fault.isEmpty()
                ? changeBy(access, confirmSeconds, PROGRAM)
                : changeBy(access, confirmSeconds, "env", "AXM_HOST_FAULT=" + fault, PROGRAM);
    }

    /** Asks for a change with another program in the helper's place. */
    Answer changeBy(Access access, int confirmSeconds, String... program) {
        ObjectNode request = head("change");
        lease(request);
        request.put("confirm_seconds", confirmSeconds);
        request.set("access", json(access));
        return ask(request, program);
    }

    Answer confirm(String change, String fault) {
        ObjectNode request = head("confirm");
        lease(request);
        request.put("change", change);
        return ask(request, "env", "AXM_HOST_FAULT=" + fault, PROGRAM);
    }

    /** Changes and confirms; gives the answer to the change. */
    JsonNode set(Access access) {
        JsonNode done = change(access, CONFIRM_SECONDS, "").done();
        if (done.get("changed").asBoolean()) {
            confirm(done.get("change").asString(), "").done();
        }
        return done;
    }

    private ObjectNode head(String op) {
        ObjectNode head = JSON.createObjectNode();
        head.put("protocol", 1).put("op", op).put("organization", ORGANIZATION);
        head.putObject("postgres").put("port", host.postgresPort()).put("admin", host.postgresAdmin());
        head.putObject("pooler").put("port", host.poolerPort());
        head.put("firewall", "ufw").put("ssh_port", host.sshPort());
        head.put("now", Instant.now().toString().replaceAll("\\.(\\d{1,6})\\d*Z", ".$1Z"));
        return head;
    }

    private static void lease(ObjectNode request) {
        request.putObject("lease").put("epoch", 1).put("line", "a3f1c09b12de4455");
    }

    private static ObjectNode json(Access access) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode branches = json.putArray("branches");
        access.branches().forEach((database, roles) -> branch(branches.addObject(), database, roles));
        ArrayNode entries = json.putArray("entries");
        access.entries()
                .forEach(entry -> entries.addObject()
                        .put("port", entry.port().word())
                        .put("database", entry.database())
                        .put("cidr", entry.cidr().toString())
                        .put(
                                "until",
                                entry.until() == null ? null : entry.until().toString()));
        ArrayNode openings = json.putArray("openings");
        access.openings()
                .forEach(opening -> openings.addObject()
                        .put("port", opening.port())
                        .put("cidr", opening.cidr().toString())
                        .put(
                                "until",
                                opening.until() == null ? null : opening.until().toString()));
        return json;
    }

    private static void branch(ObjectNode branch, String database, SortedSet<String> roles) {
        branch.put("database", database);
        roles.forEach(branch.putArray("roles")::add);
    }

    private Answer ask(ObjectNode request, String... program) {
        Output said = lab.execWith(host, request.toString(), program);
        if (said.text().isBlank()) {
            return new Answer(
                    false, JSON.createObjectNode().put("code", "KILLED").put("exit", said.code()));
        }
        return new Answer(said.code() == 0, JSON.readTree(said.text()));
    }
}
