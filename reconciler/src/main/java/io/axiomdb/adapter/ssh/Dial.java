package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Host.Ssh;
import io.axiomdb.port.SecretResolver;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import net.schmizz.keepalive.KeepAlive;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.method.AuthPublickey;
import org.jspecify.annotations.Nullable;

/** Opens connections: to the machine, or to the one before it and through that. */
final class Dial {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** From the first packet to being logged in; it ends a machine that takes the connection and then says nothing. */
    private static final Duration LOGIN = Duration.ofSeconds(20);
    /** Between two signs of life; three that get no answer end the connection. */
    private static final int ALIVE_SECONDS = 5;

    private static final int UNANSWERED = 3;
    private static final int ATTEMPTS = 6;
    private static final int PAUSE_MILLIS = 100;

    private final Host host;
    private final SecretResolver secrets;

    Dial(Host host, SecretResolver secrets) {
        this.host = host;
        this.secrets = secrets;
    }

    /**
     * A connection that is logged in.
     *
     * @throws AxiomException HOST_UNREACHABLE, HOST_KEY, HOST_REFUSES, SSH_KEY or SECRET_UNRESOLVED
     */
    Line open(Ssh ssh) {
        KeyPair key = PrivateKeys.read(ssh.key(), secrets);
        Line via = ssh.jump() == null ? null : open(ssh.jump());
        try {
            return new Line(patiently(ssh, via, key), via);
        } catch (RuntimeException e) {
            if (via != null) {
                via.close();
            }
            throw e;
        }
    }

    /** sshd turns away at random when many log in at once (MaxStartups): it is asked again, a little later. */
    private SSHClient patiently(Ssh ssh, @Nullable Line via, KeyPair key) {
        for (int attempt = 1; ; attempt++) {
            PinnedKeys pinned = new PinnedKeys(ssh.hostKeys());
            SSHClient client = client(pinned);
            try {
                connect(client, ssh, via, key);
                return client;
            } catch (IOException e) {
                Line.close(client);
                if (attempt == ATTEMPTS || !turnedAway(e, pinned) || !pause(attempt)) {
                    throw new AxiomException(Unreached.of(host, ssh, pinned.seen(), key, e));
                }
            }
        }
    }

    private static SSHClient client(PinnedKeys pinned) {
        SSHClient client = new SSHClient(Algorithms.config());
        client.setSocketFactory(new PromptSockets());
        client.setConnectTimeout((int) CONNECT.toMillis());
        client.getTransport().setTimeoutMs((int) CONNECT.toMillis());
        client.getConnection().setTimeoutMs((int) CONNECT.toMillis());
        client.addHostKeyVerifier(pinned);
        KeepAlive alive = client.getConnection().getKeepAlive();
        alive.setKeepAliveInterval(ALIVE_SECONDS);
        if (alive instanceof KeepAliveRunner runner) {
            runner.setMaxAliveCount(UNANSWERED);
        }
        return client;
    }

    private static void connect(SSHClient client, Ssh ssh, @Nullable Line via, KeyPair key) throws IOException {
        Thread watch = Thread.ofVirtual().name("ssh-login-watch").start(() -> {
            if (slept(LOGIN)) {
                Line.close(client);
            }
        });
        try {
            if (via == null) {
                client.connect(ssh.address(), ssh.port());
            } else {
                client.connectVia(via.client().newDirectConnection(ssh.address(), ssh.port()));
            }
            client.auth(ssh.user(), new AuthPublickey(client.loadKeys(key)));
        } finally {
            watch.interrupt();
        }
    }

    /** It took the connection and hung up before it had shown its key; what the network itself says is not that. */
    private static boolean turnedAway(IOException failure, PinnedKeys pinned) {
        return failure instanceof TransportException && pinned.seen() == null;
    }

    /** False when interrupted: then the failure is told instead. */
    private static boolean pause(int attempt) {
        return slept(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, (long) PAUSE_MILLIS << attempt)));
    }

    private static boolean slept(Duration duration) {
        try {
            Thread.sleep(duration);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
