package io.axiomdb.adapter.ssh;

import java.io.IOException;
import net.schmizz.sshj.SSHClient;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is open and logged in.
 *
 * @param via the connection that it goes through; null when it is direct
 */
record Line(SSHClient client, @Nullable Line via) implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Line.class.getName());

    boolean alive() {
        return client.isConnected() && client.isAuthenticated() && (via == null || via.alive());
    }

    @Override
    public void close() {
        close(client);
        if (via != null) {
            via.close();
        }
    }

    static void close(SSHClient client) {
        try {
            client.close();
        } catch (IOException e) {
            // It is gone already, which is what was wanted.
            LOG.log(System.Logger.Level.DEBUG, "a connection was gone before it was closed", e);
        }
    }
}
