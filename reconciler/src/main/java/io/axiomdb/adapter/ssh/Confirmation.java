package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.ssh.Command.Lost;
import io.axiomdb.adapter.ssh.HostCall.Answer;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells a host to keep a change, over a connection that began after it: an old one would stay alive through a firewall
 * that lets nobody in any more, and so prove nothing.
 */
final class Confirmation {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Machines machines;
    private final AdminLogin login;

    Confirmation(Machines machines, AdminLogin login) {
        this.machines = machines;
        this.login = login;
    }

    void of(Host host, Requests requests, Lease lease, String change, Instant by) throws HostFailure {
        try (Link fresh = machines.fresh(host)) {
            prove(fresh, host);
            switch (HostCall.of(fresh, requests.confirm(lease, change), PATIENCE)) {
                case Answer.Done(Part _) -> {}
                case Answer.Refused(String code, String what, String _, boolean _) ->
                    throw Outcomes.unconfirmed(what + " (" + code + ")", by.toString(), null);
                case Answer.None(Diagnostic why, boolean _) ->
                    throw Outcomes.unconfirmed(why.detail(), by.toString(), null);
            }
        } catch (AxiomException e) {
            throw Outcomes.unconfirmed(e.diagnostics().getFirst().detail(), by.toString(), e);
        } catch (Lost e) {
            throw Outcomes.unconfirmed(e.words(), by.toString(), e);
        }
    }

    private void prove(Link fresh, Host host) {
        if (!(host.postgres() instanceof Host.Server server)) {
            throw new IllegalArgumentException("host " + host.name() + " has no server of its own");
        }
        fresh.line();
        try (Tunnel tunnel = Tunnel.open(fresh, server)) {
            login.prove(host, tunnel.port());
        } catch (HostFailure e) {
            throw new AxiomException(
                    HostCall.diagnostic(host, Code.HOST_REFUSES, "PostgreSQL: " + e.getMessage(), e.help()), e);
        }
    }
}
