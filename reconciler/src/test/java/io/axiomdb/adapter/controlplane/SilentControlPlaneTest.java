package io.axiomdb.adapter.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.testing.adversary.StoppedServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A control plane whose processes are stopped is given up in its own time, at the login and in the middle. */
class SilentControlPlaneTest {
    private static final long AT_MOST_SECONDS = 300;

    private static ControlPlaneDatabase open(JdbcTarget target) {
        return ControlPlaneDatabase.open(target, TestKey.noKey(), ControlPlaneDatabase.LEASE);
    }

    @Test
    void it_is_given_up() throws Exception {
        try (StoppedServer server = StoppedServer.running()) {
            JdbcTarget target = new JdbcTarget(
                    "127.0.0.1", server.port(), "postgres", StoppedServer.USER, server.password(), "disable", null);
            ControlPlaneDatabase database = open(target);
            server.stop();

            CompletableFuture<AxiomException> login =
                    CompletableFuture.supplyAsync(() -> catchThrowableOfType(AxiomException.class, () -> open(target)));
            CompletableFuture<AxiomException> work = CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                    AxiomException.class, () -> database.record("acme", Samples.entry("m", ResourceKey.host("db1")))));

            assertThat(login.get(AT_MOST_SECONDS, TimeUnit.SECONDS).code()).isEqualTo(Code.CONTROL_PLANE_UNREACHABLE);
            assertThat(work.get(AT_MOST_SECONDS, TimeUnit.SECONDS).code()).isEqualTo(Code.CONTROL_PLANE_UNREACHABLE);
            server.goOn();
            database.close();
        }
    }
}
