package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.lab.Lab.Client;
import io.axiomdb.lab.Lab.Host;
import io.axiomdb.testing.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab is what it claims to be: what is open is open, what is closed is closed, and a fault is a real one. */
@LabTest(clients = 2)
@TimeLimit(120)
class HostsInNamespacesTest {
    @TempDir
    Path directory;

    @Test
    void a_host_is_known_by_its_key_and_lets_the_user_and_root_in_by_theirs(Lab lab) throws IOException {
        Host host = lab.host();
        for (String address : List.of(host.ipv4(), host.ipv6())) {
            assertThat(ssh(host, address, host.sshHostKey(), "axiomdb", "hostname")
                            .ok())
                    .isEqualTo("h1\n");
            assertThat(ssh(host, address, host.sshHostKey(), "axiomdb", "sudo -n id -u")
                            .ok())
                    .isEqualTo("0\n");
            assertThat(ssh(host, address, host.sshHostKey(), "root", "id -u").ok())
                    .isEqualTo("0\n");
        }
        String stranger = Files.readString(Path.of(host.sshPrivateKey() + ".pub"));
        assertThat(ssh(host, host.ipv4(), stranger, "axiomdb", "true").code()).isEqualTo(255);
    }

    @Test
    void postgresql_takes_the_administrators_password_on_the_loopback_and_no_other(Lab lab) throws IOException {
        Host host = lab.host();
        String right = Files.readString(host.postgresPassfile());
        String sql = "select current_user, usesuper, (select ssl from pg_stat_ssl where pid = pg_backend_pid())"
                + " from pg_user where usename = current_user";
        assertThat(loopback(lab, host, right, host.postgresPort(), sql).ok()).isEqualTo("axiomdb|t|t\n");
        assertThat(loopback(lab, host, "*:*:*:axiomdb:wrong\n", host.postgresPort(), sql)
                        .text())
                .contains("password authentication failed");
        assertThat(loopback(lab, host, right, host.poolerPort(), sql).text()).contains("authentication failed");
        assertThat(lab.exec(host, "ss", "-Htln", "sport = :6432").ok())
                .contains("127.0.0.1:6432")
                .doesNotContain("0.0.0.0:6432", "[::]:6432");
    }

    @Test
    void a_client_gets_in_when_the_firewall_and_postgresql_both_let_it_and_not_before(Lab lab) {
        Host host = lab.host();
        Client client = lab.client();
        lab.address(client, "198.51.100.7");
        lab.address(client, "2001:db8:5::7");
        assertThat(from(lab, client.ipv4(), host.ipv4())).contains("timeout expired");
        assertThat(from(lab, client.ipv6(), host.ipv6())).contains("timeout expired");
        lab.exec(host, "ufw", "allow", "5432/tcp").ok();
        assertThat(from(lab, "198.51.100.7", host.ipv4())).contains("no pg_hba.conf entry for host \"198.51.100.7\"");
        assertThat(from(lab, "2001:db8:5::7", host.ipv6())).contains("no pg_hba.conf entry for host \"2001:db8:5::7\"");
        String hba = "/etc/postgresql/15/main/pg_hba.conf";
        lab.exec(host, "sed", "-i", "$ a hostssl all axiomdb all scram-sha-256", hba)
                .ok();
        lab.exec(host, "service", "postgresql", "reload").ok();
        assertThat(from(lab, "198.51.100.7", host.ipv4())).isEqualTo("198.51.100.7\n");
        assertThat(from(lab, "2001:db8:5::7", host.ipv6())).isEqualTo("2001:db8:5::7\n");
        assertThat(from(lab, client.ipv4(), host.ipv4())).isEqualTo(client.ipv4() + "\n");
        assertThat(from(lab, client.ipv6(), host.ipv6())).isEqualTo(client.ipv6() + "\n");
    }

    @Test
    void what_does_not_fit_is_refused_by_the_kernel_and_fits_again_later(Lab lab) {
        Host host = lab.host();
        for (String place : List.of("/etc/one", "/var/lib/axm/one")) {
            lab.full(host);
            assertThat(lab.execWith(host, "text", "tee", place).text()).contains("No space left on device");
            lab.unfull(host);
            assertThat(lab.execWith(host, "text", "tee", place).ok()).isEqualTo("text");
        }
    }

    @Test
    void a_host_that_is_cut_off_runs_on_and_answers_nobody_until_it_is_healed(Lab lab) {
        Host host = lab.host();
        Client second = lab.clients().getLast();
        assertThat(greeting(lab, second, host.ipv4()).ok()).startsWith("SSH-2.0-");
        lab.cut(host);
        for (String address : List.of(host.ipv4(), host.ipv6())) {
            assertThat(greeting(lab, second, address).code()).isNotZero();
        }
        assertThat(lab.exec(host, "hostname").ok()).isEqualTo("h1\n");
        lab.heal(host);
        for (String address : List.of(host.ipv4(), host.ipv6())) {
            assertThat(greeting(lab, second, address).ok()).startsWith("SSH-2.0-");
        }
    }

    @Test
    void a_host_that_lost_its_power_comes_back_with_its_disk_and_its_firewall(Lab lab) {
        Host host = lab.host();
        lab.execWith(host, "kept", "tee", "/etc/kept", "/root/kept").ok();
        lab.kill(host);
        assertThat(lab.exec(host, "true").text()).contains("h1 is off");
        assertThat(greeting(lab, lab.client(), host.ipv4()).code()).isNotZero();
        lab.restart(host, "all");
        assertThat(lab.exec(host, "cat", "/etc/kept", "/root/kept").ok()).isEqualTo("keptkept");
        assertThat(lab.exec(host, "ufw", "status").ok()).contains("Status: active", "22/tcp");
        assertThat(greeting(lab, lab.client(), host.ipv4()).ok()).startsWith("SSH-2.0-");
        for (String service : List.of("postgres", "pgbouncer", "sshd", "ufw")) {
            lab.restart(host, service);
        }
        assertThat(lab.status().ok()).contains("postgres=on pgbouncer=on sshd=on ufw=on");
    }

    /** The pipe gives its line only when something wrote to it: the test waits for the timer and for nothing else. */
    @Test
    void the_timer_of_the_host_helper_runs_as_soon_as_the_helper_is_there(Lab lab) {
        Host host = lab.host();
        lab.exec(host, "mkfifo", "/root/ticks").ok();
        String helper = "#!/bin/sh\necho \"$@ as $(id -un)\" > /root/ticks\n";
        lab.execWith(host, helper, "install", "-m", "755", "/dev/stdin", "/usr/local/sbin/axm-host")
                .ok();
        for (int round = 0; round < 2; round++) {
            assertThat(lab.exec(host, "timeout", "20", "head", "-n", "1", "/root/ticks")
                            .ok())
                    .isEqualTo("tick as root\n");
        }
        lab.exec(host, "rm", "/usr/local/sbin/axm-host").ok();
    }

    @Test
    void labs_side_by_side_do_not_see_each_other_and_one_goes_with_its_owner(Lab lab) throws IOException {
        Process owner = new ProcessBuilder("sleep", "600").start();
        try (Lab other = Lab.up(2, 1, owner.pid())) {
            Host theirs = other.hosts().getLast();
            assertThat(greeting(other, other.client(), theirs.ipv6()).ok()).startsWith("SSH-2.0-");
            assertThat(greeting(lab, lab.client(), theirs.ipv4()).code()).isNotZero();
            assertThat(theirs.sshHostKey())
                    .isNotIn(lab.host().sshHostKey(), other.host().sshHostKey());
            assertThat(lab.exec(lab.host(), "hostname").ok()).isEqualTo("h1\n");
            owner.destroyForcibly();
            String gone = "no lab '" + other.name() + "' is up";
            String status = other.status().text();
            while (!status.contains(gone)) { // the limit is the timeout of the class
                status = other.status().text();
            }
        } finally {
            owner.destroyForcibly();
        }
        assertThat(greeting(lab, lab.client(), lab.host().ipv4()).ok()).startsWith("SSH-2.0-");
    }

    private Output ssh(Host host, String address, String key, String user, String command) throws IOException {
        Path known = Files.writeString(directory.resolve("known_hosts"), address + " " + key + "\n");
        return Program.run(
                "",
                List.of(
                        "ssh",
                        "-F",
                        "/dev/null",
                        "-i",
                        host.sshPrivateKey().toString(),
                        "-p",
                        host.sshPort() + "",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "StrictHostKeyChecking=yes",
                        "-o",
                        "ConnectTimeout=5",
                        "-o",
                        "GlobalKnownHostsFile=/dev/null",
                        "-o",
                        "UserKnownHostsFile=" + known,
                        user + "@" + address,
                        command));
    }

    private static Output loopback(Lab lab, Host host, String passfile, int port, String sql) {
        lab.execWith(host, passfile, "install", "-m", "600", "/dev/stdin", "/root/.pgpass")
                .ok();
        return lab.exec(
                host,
                "psql",
                "-XAtq",
                "-h",
                "127.0.0.1",
                "-p",
                port + "",
                "-U",
                "axiomdb",
                "-d",
                "postgres",
                "-c",
                sql);
    }

    private static String from(Lab lab, String source, String address) {
        return lab.psql(lab.client(), source, lab.host(), address, "select inet_client_addr()")
                .text();
    }

    /** The first line that whoever listens on port 22 says; fails after 3 s. */
    private static Output greeting(Lab lab, Client client, String address) {
        return lab.run(client, "timeout", "3", "bash", "-c", "head -n 1 < /dev/tcp/" + address + "/22");
    }
}
