package io.axiomdb.crash;

import io.axiomdb.adapter.controlplane.ControlPlaneDatabase;
import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.ScramHasher;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.adapter.secrets.TinkKey;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.Outside;
import io.axiomdb.testing.NoFiles;
import io.axiomdb.testing.Servers.Server;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

/** What an apply needs, put together as the command line does, from what fits on a few lines of text. */
record Rig(ControlPlaneDatabase controlPlane, Outside outside) implements AutoCloseable {
    /**
     * Where everything is.
     *
     * @param control port of the control plane's server, or of a wire before it
     * @param home where the key of the secret store is
     * @param host port of the host's server, or of a wire before it
     */
    record Address(int control, String controlUser, Secret controlPassword, Path home, int host, Secret hostPassword) {
        List<String> lines() {
            return List.of(
                    Integer.toString(control),
                    controlUser,
                    controlPassword.reveal(),
                    home.toString(),
                    Integer.toString(host),
                    hostPassword.reveal());
        }

        static Address of(List<String> lines) {
            return new Address(
                    Integer.parseInt(lines.get(0)),
                    lines.get(1),
                    Secret.of(lines.get(2)),
                    Path.of(lines.get(3)),
                    Integer.parseInt(lines.get(4)),
                    Secret.of(lines.get(5)));
        }
    }

    static Rig open(Address at, String holder) {
        JdbcTarget target = new JdbcTarget(
                Server.ADDRESS, at.control(), "postgres", at.controlUser(), at.controlPassword(), "disable", null);
        ControlPlaneDatabase controlPlane =
                ControlPlaneDatabase.open(target, TinkKey.at(null, at.home(), Map.of()), ControlPlaneDatabase.LEASE);
        Target host = new Target(
                Server.ADDRESS, at.host(), "postgres", at.controlUser(), at.hostPassword(), Host.Tls.DISABLE);
        Outside outside = new Outside(
                controlPlane,
                controlPlane.secrets(),
                controlPlane.leases(),
                new PostgresReader(_ -> host),
                new PostgresWriter(_ -> host, ClientTools::none),
                new NoFiles(),
                new NoFiles(),
                new ScramHasher(),
                new SecureRandom(),
                holder);
        return new Rig(controlPlane, outside);
    }

    @Override
    public void close() {
        controlPlane.close();
    }
}
