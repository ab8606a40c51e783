package io.axiomdb.adapter.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Host.Ssh;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.lab.Lab;
import io.axiomdb.lab.LabTest;
import io.axiomdb.testing.Patience;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the real sshd. */
@LabTest(hosts = 2)
class ConnectionsLabTest {
    private static final Duration PATIENCE = Patience.of(Duration.ofSeconds(20));

    private final Machines machines = new Machines(LabHosts.REFERENCES);

    @AfterEach
    void close() {
        machines.close();
    }

    @Test
    void another_host_key_is_refused_before_anything_is_sent_and_its_fingerprint_shown(Lab lab) {
        Lab.Host real = lab.host();
        String other = lab.hosts().getLast().sshHostKey();
        Ssh pinned = LabHosts.ssh(real, real.ipv4());
        Ssh wrong = new Ssh(pinned.address(), 22, pinned.user(), pinned.key(), LabHosts.keys(other), null);
        Diagnostic refused = refused(LabHosts.of(real, wrong));
        assertThat(refused.code()).isEqualTo(Code.HOST_KEY);
        String fingerprint = lab.exec(real, "ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub")
                .ok()
                .split(" ")[1];
        assertThat(refused.detail()).contains(fingerprint);
        assertThat(refused.help()).contains(real.sshHostKey());
    }

    @Test
    void another_private_key_is_refused_with_its_fingerprint(Lab lab, @TempDir Path directory) throws Exception {
        Path key = directory.resolve("key");
        run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key.toString());
        Diagnostic refused = refused(withKey(lab.host(), key));
        assertThat(refused.code()).isEqualTo(Code.HOST_REFUSES);
        assertThat(refused.detail()).contains("SHA256:").contains("axiomdb");
    }

    @Test
    void an_rsa_key_lets_in_when_it_is_authorized(Lab lab, @TempDir Path directory) throws Exception {
        Path key = directory.resolve("key");
        run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key.toString());
        String pub = Files.readString(directory.resolve("key.pub"));
        lab.execWith(lab.host(), pub, "tee", "-a", "/home/axiomdb/.ssh/authorized_keys")
                .ok();
        assertThat(whoami(withKey(lab.host(), key))).isEqualTo("axiomdb\n");
    }

    @Test
    void a_key_with_a_passphrase_is_refused_without_quoting_it(Lab lab, @TempDir Path directory) throws Exception {
        Path key = directory.resolve("key");
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key.toString());
        Diagnostic refused = refused(withKey(lab.host(), key));
        assertThat(refused.code()).isEqualTo(Code.SSH_KEY);
        assertThat(refused.help()).contains("ssh-keygen -p");
    }

    @Test
    void by_ipv6(Lab lab) throws Exception {
        assertThat(whoami(LabHosts.of(
                        lab.host(), LabHosts.ssh(lab.host(), lab.host().ipv6()))))
                .isEqualTo("axiomdb\n");
    }

    @Test
    void nobody_there_is_told_in_the_networks_words(Lab lab) {
        Ssh ssh = LabHosts.ssh(lab.host(), lab.host().ipv4());
        Ssh closed = new Ssh(ssh.address(), 23, ssh.user(), ssh.key(), ssh.hostKeys(), null);
        lab.exec(lab.host(), "ufw", "allow", "23/tcp").ok();
        Diagnostic refused = refused(LabHosts.of(lab.host(), closed));
        assertThat(refused.code()).isEqualTo(Code.HOST_UNREACHABLE);
        assertThat(refused.detail()).contains("Connection refused");
        assertThat(refused.help()).contains("port 23");
    }

    @Test
    void through_a_jump_host_whose_key_is_pinned_too(Lab lab) throws Exception {
        Lab.Host jump = lab.hosts().getFirst();
        Lab.Host behind = lab.hosts().getLast();
        Ssh first = LabHosts.ssh(jump, jump.ipv4());
        Ssh second = LabHosts.through(LabHosts.ssh(behind, behind.ipv4()), first);
        try (Link link = machines.fresh(LabHosts.of(behind, second))) {
            String from = Command.run(link, "echo $SSH_CONNECTION", new byte[0], PATIENCE)
                    .out();
            assertThat(from).startsWith(jump.ipv4() + " ");
        }
        Ssh other = new Ssh(first.address(), 22, first.user(), first.key(), second.hostKeys(), null);
        Diagnostic refused = refused(LabHosts.of(behind, LabHosts.through(second, other)));
        assertThat(refused.code()).isEqualTo(Code.HOST_KEY);
        assertThat(refused.detail()).contains("jump host of host " + behind.name());
    }

    @Test
    void postgresql_is_looked_at_through_the_tunnel_also_by_many_and_after_a_break(Lab lab) throws Exception {
        Host host = LabHosts.of(lab.host());
        PostgresReader reader = new PostgresReader(LabHosts.targets(machines));
        Probe nothing = new Probe(new TreeSet<>(), new TreeMap<>());
        assertThat(reader.look(host, nothing)).isInstanceOf(Observation.Seen.class);
        lab.exec(lab.host(), "pkill", "-u", "axiomdb", "sshd").ok();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Observation>> looks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                looks.add(threads.submit(() -> reader.look(host, nothing)));
            }
            for (Future<Observation> look : looks) {
                assertThat(look.get()).isInstanceOf(Observation.Seen.class);
            }
        }
        assertThat(machines.link(host).opened()).isEqualTo(2);
    }

    /** Everybody on this machine could go through, and some servers trust their own loopback. */
    @Test
    void another_user_of_this_machine_gets_nothing_from_the_tunnel(Lab lab) throws Exception {
        Host host = LabHosts.of(lab.host());
        int port = machines.tunnel(host, (Host.Server) host.postgres());
        String ask = "import socket, sys; s = socket.create_connection(('127.0.0.1', " + port
                + ")); s.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))\ntry: sys.stdout.write(s.recv(1).decode() or '-')"
                + "\nexcept OSError: sys.stdout.write('-')";
        assertThat(said("python3", "-c", ask)).isEqualTo("S");
        assertThat(said("runuser", "-u", "nobody", "--", "python3", "-c", ask)).isEqualTo("-");
    }

    @Test
    void a_postgresql_that_does_not_run_is_told_by_the_machines_words(Lab lab) {
        Lab.Host other = lab.hosts().getLast();
        Host host = LabHosts.of(other);
        lab.exec(other, "service", "postgresql", "stop").ok();
        try {
            Observation seen = new PostgresReader(LabHosts.targets(machines))
                    .look(host, new Probe(new TreeSet<>(), new TreeMap<>()));
            assertThat(seen).isInstanceOfSatisfying(Observation.Unreachable.class, unreachable -> {
                assertThat(unreachable.why().code()).isEqualTo(Code.HOST_UNREACHABLE);
                assertThat(unreachable.why().detail()).contains("port 5432 of 127.0.0.1: Connect");
            });
        } finally {
            lab.exec(other, "service", "postgresql", "start").ok();
        }
    }

    @Test
    void two_hundred_at_once_share_one_connection_and_at_most_eight_sessions(Lab lab) throws Exception {
        Link link = machines.link(LabHosts.of(lab.host()));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String word = "w" + i;
                all.add(threads.submit(() -> Command.run(link, "cat", word.getBytes(StandardCharsets.UTF_8), PATIENCE)
                        .out()));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(all.get(i).get()).isEqualTo("w" + i);
            }
        }
        assertThat(link.opened()).isEqualTo(1);
    }

    /** sshd drops some of those who log in at the same time (MaxStartups 10:30:100): everyone gets in all the same. */
    @Test
    void sixty_logins_at_once_get_in(Lab lab) throws Exception {
        Host host = LabHosts.of(lab.host());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                all.add(threads.submit(() -> whoami(host)));
            }
            for (Future<String> one : all) {
                assertThat(one.get()).isEqualTo("axiomdb\n");
            }
        }
    }

    @Test
    void a_megabyte_goes_both_ways_and_words_on_stderr_do_not_mix(Lab lab) throws Exception {
        byte[] much = "x".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8);
        try (Link link = machines.fresh(LabHosts.of(lab.host()))) {
            Command.Reply reply = Command.run(link, "cat; echo said >&2; exit 3", much, PATIENCE);
            assertThat(reply.exit()).isEqualTo(3);
            assertThat(reply.out()).hasSize(much.length);
            assertThat(reply.err()).isEqualTo("said\n");
        }
    }

    @Test
    void a_command_without_an_answer_is_lost_and_its_connection_stays(Lab lab) throws Exception {
        Link link = machines.link(LabHosts.of(lab.host()));
        assertThatThrownBy(() -> Command.run(link, "cat; exec sleep 60", new byte[0], Duration.ofMillis(500)))
                .isInstanceOf(Command.Lost.class)
                .hasMessageContaining("no answer within");
        assertThat(Command.run(link, "echo on", new byte[0], PATIENCE).out()).isEqualTo("on\n");
        assertThat(link.opened()).isEqualTo(1);
    }

    private String whoami(Host host) throws Exception {
        try (Link link = machines.fresh(host)) {
            return Command.run(link, "whoami", new byte[0], PATIENCE).out();
        }
    }

    private Diagnostic refused(Host host) {
        try (Link link = machines.fresh(host)) {
            link.line();
            throw new AssertionError("it was let in");
        } catch (AxiomException e) {
            return e.diagnostics().getFirst();
        }
    }

    private static Host withKey(Lab.Host host, Path key) {
        Ssh ssh = LabHosts.ssh(host, host.ipv4());
        SecretRef ref = new SecretRef(SecretRef.Kind.FILE, key.toString());
        return LabHosts.of(host, new Ssh(ssh.address(), ssh.port(), ssh.user(), ref, ssh.hostKeys(), null));
    }

    private static String said(String... words) throws Exception {
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }

    private static void run(String... words) throws Exception {
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
    }
}
