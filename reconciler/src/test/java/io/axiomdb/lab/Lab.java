package io.axiomdb.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A lab that is up. It goes down with {@link #close()}, or when this JVM ends in whatever way. */
public final class Lab implements AutoCloseable {
    private static final int NOT_HERE = 77;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;
    private final Program program;
    private final JsonNode description;

    private Lab(String name, Program program, JsonNode description) {
        this.name = name;
        this.program = program;
        this.description = description;
    }

    /** A machine with sshd, PostgreSQL, PgBouncer and UFW. The passfile is libpq's, for the role {@code postgresAdmin}. */
    public record Host(
            String name,
            String ipv4,
            String ipv6,
            int sshPort,
            String sshHostKey,
            String sshUser,
            Path sshPrivateKey,
            int postgresPort,
            String postgresAdmin,
            Path postgresPasswordFile,
            Path postgresPassfile,
            int poolerPort) {}

    /** A machine that connects to hosts; {@link #address} gives it more addresses. */
    public record Client(String name, String ipv4, String ipv6) {}

    /**
     * A new lab, fresh in every part.
     *
     * @throws TestAbortedException where no lab can be
     */
    public static Lab up(int hosts, int clients) {
        return up(hosts, clients, ProcessHandle.current().pid());
    }

    /** As {@link #up(int, int)}, for another process than this one to own: the lab goes down when that one ends. */
    static Lab up(int hosts, int clients, long owner) {
        String name = "t" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        Program program = new Program(name);
        Output up = program.run("up", "", "--hosts", hosts + "", "--clients", clients + "", "--owner", owner + "");
        if (up.code() == NOT_HERE) {
            throw new TestAbortedException(
                    LabExtension.REASON + ": " + up.text().strip());
        }
        return new Lab(name, program, JsonMapper.shared().readTree(up.ok()));
    }

    /** What `lab up` told, for tests that need more than the methods here give. */
    public JsonNode description() {
        return description;
    }

    public String name() {
        return name;
    }

    /** Where this JVM's connections to the lab come from. */
    public String control() {
        return description.at("/control/ipv4").asString();
    }

    public List<Host> hosts() {
        return description.get("hosts").valueStream().map(Lab::host).toList();
    }

    /** The first host. */
    public Host host() {
        return hosts().getFirst();
    }

    public List<Client> clients() {
        return description
                .get("clients")
                .valueStream()
                .map(c -> new Client(text(c, "name"), text(c, "ipv4"), text(c, "ipv6")))
                .toList();
    }

    /** The first client. */
    public Client client() {
        return clients().getFirst();
    }

    /** A command in a host, as root. */
    public Output exec(Host host, String... command) {
        return execWith(host, "", command);
    }

    /** A command in a host, as root, with its standard input. */
    public Output execWith(Host host, String input, String... command) {
        return program.run("exec", input, words(Stream.of(host.name(), "--"), command));
    }

    /** A command of this machine, in a client's network. */
    public Output run(Client client, String... command) {
        return program.run("client", "", words(Stream.of(client.name(), "--"), command));
    }

    /** A command in a client's network, whose connections come from {@code source}: see {@link #address}. */
    public Output run(Client client, String source, List<String> command) {
        String[] words = command.toArray(String[]::new);
        return program.run("client", "", words(Stream.of(client.name(), "--from", source, "--"), words));
    }

    /** SQL as the host's administrator from a client, to one of the host's addresses; gives up after 3 s without an answer. */
    public Output psql(Client client, String source, Host host, String address, String sql) {
        String target = "host=%s port=%d user=%s dbname=postgres connect_timeout=3 passfile=%s"
                .formatted(address, host.postgresPort(), host.postgresAdmin(), host.postgresPassfile());
        return run(client, source, List.of("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", target, "-c", sql));
    }

    /** Gives a client one more address, IPv4 or IPv6; any that nobody else in the lab has. */
    public void address(Client client, String address) {
        program.run("address", "", client.name(), address).ok();
    }

    /** The host loses its power. */
    public void kill(Host host) {
        program.run("kill", "", host.name()).ok();
    }

    /** Restarts {@code postgres}, {@code pgbouncer}, {@code sshd}, {@code ufw}, or {@code all}: the host itself, also a killed one. */
    public void restart(Host host, String service) {
        program.run("restart", "", host.name(), service).ok();
    }

    /** The host loses its network, silently. */
    public void cut(Host host) {
        program.run("cut", "", host.name()).ok();
    }

    /** Undoes {@link #cut}. */
    public void heal(Host host) {
        program.run("heal", "", host.name()).ok();
    }

    /** No byte more fits into the file system of the host's /etc and /var/lib/axm. */
    public void full(Host host) {
        program.run("full", "", host.name()).ok();
    }

    /** Undoes {@link #full}. */
    public void unfull(Host host) {
        program.run("unfull", "", host.name()).ok();
    }

    /** What is up, for people. */
    public Output status() {
        return program.run("status", "");
    }

    @Override
    public void close() {
        program.run("down", "").ok();
    }

    private static Host host(JsonNode told) {
        return new Host(
                text(told, "name"),
                text(told, "ipv4"),
                text(told, "ipv6"),
                told.get("ssh_port").asInt(),
                text(told, "ssh_host_key"),
                text(told, "ssh_user"),
                Path.of(text(told, "ssh_private_key")),
                told.get("postgres_port").asInt(),
                text(told, "postgres_admin"),
                Path.of(text(told, "postgres_password_file")),
                Path.of(text(told, "postgres_passfile")),
                told.get("pooler_port").asInt());
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).asString();
    }

    private static String[] words(Stream<String> first, String... rest) {
        return Stream.concat(first, Stream.of(rest)).toArray(String[]::new);
    }
}
