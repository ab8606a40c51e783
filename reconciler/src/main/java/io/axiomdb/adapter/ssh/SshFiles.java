package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.ssh.Command.Lost;
import io.axiomdb.adapter.ssh.HostCall.Answer;
import io.axiomdb.adapter.ssh.Part.Wrong;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostFiles;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/** The files of hosts that have {@code ssh}, through the host helper. */
public final class SshFiles implements HostFiles {
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final Duration CHANGE = Duration.ofSeconds(120);
    private static final Duration COPY = Duration.ofDays(2);
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final Machines machines;
    private final Supplier<Instant> now;
    private final Confirmation confirmation;

    /**
     * Ready for all hosts.
     *
     * @param login proved over a connection of its own before a change is confirmed
     * @param now the control plane's clock: the host refuses a change when its own is behind, or far ahead
     */
    public SshFiles(Machines machines, AdminLogin login, Supplier<Instant> now) {
        this.machines = machines;
        this.now = now;
        this.confirmation = new Confirmation(machines, login);
    }

    @Override
    public AccessObservation look(Host host, String organization) {
        return seen(host, organization, Requests::look);
    }

    @Override
    public AccessObservation examine(Host host, String organization) {
        return seen(host, organization, Requests::doctor);
    }

    private AccessObservation seen(Host host, String organization, Function<Requests, byte[]> question) {
        if (host.ssh() == null || !(host.postgres() instanceof Host.Server)) {
            return new AccessObservation.Unmanaged();
        }
        try {
            return seen(host, HostCall.of(machines.link(host), question.apply(requests(host, organization)), LOOK));
        } catch (AxiomException e) {
            return new AccessObservation.Unknown(e.diagnostics().getFirst());
        } catch (Lost e) {
            return new AccessObservation.Unknown(
                    HostCall.diagnostic(host, Code.HOST_UNREACHABLE, e.words(), "try again"));
        }
    }

    private static AccessObservation seen(Host host, Answer answer) {
        return switch (answer) {
            case Answer.Done(Part document) -> read(host, document);
            case Answer.Refused(String code, String what, String mend, boolean _) ->
                new AccessObservation.Unknown(
                        HostCall.diagnostic(host, Code.HOST_UNFIT, what + " (" + code + ")", mend));
            case Answer.None(Diagnostic why, boolean _) -> new AccessObservation.Unknown(why);
        };
    }

    private static AccessObservation read(Host host, Part document) {
        try {
            return new Answers(host).seen(document);
        } catch (Wrong e) {
            return new AccessObservation.Unknown(otherVersion(host, e));
        }
    }

    @Override
    public List<Diagnostic> setAccess(Host host, String organization, Lease lease, Access access) throws HostFailure {
        Requests requests = requests(host, organization);
        Part done = Outcomes.done(
                () -> HostCall.of(machines.link(host), requests.change(lease, access, now.get()), CHANGE));
        try {
            if (done.yes("changed")) {
                confirmation.of(host, requests, lease, done.text("change"), done.time("confirm_by"));
            }
            return new Answers(host).told("findings", Code.HOST_FINDING, done);
        } catch (Wrong e) {
            throw Outcomes.unconfirmed(e.words(), Requests.CONFIRM_SECONDS + " s after it was made", e);
        }
    }

    @Override
    public void setCertificate(Host host, String organization, Lease lease, String chain) throws HostFailure {
        Requests requests = requests(host, organization);
        Outcomes.done(() -> HostCall.of(
                machines.link(host), requests.certificate(lease, chain, Names.of(chain), now.get()), CHANGE));
    }

    @Override
    public void setCertificate(Host host, String organization, Lease lease, Host.Certificate.Files files)
            throws HostFailure {
        Requests requests = requests(host, organization);
        Outcomes.done(() -> HostCall.of(machines.link(host), requests.certificate(lease, files, now.get()), CHANGE));
    }

    @Override
    public void copy(Host host, String organization, Lease lease, DumpCopy copy) throws HostFailure {
        Requests requests = requests(host, organization);
        Outcomes.done(
                () -> HostCall.of(machines.link(host), requests.copy(lease, copy), COPY, SILENCE),
                "the host ends the copy once the lease is over, and nobody is let in to what is there of it");
    }

    @Override
    public boolean leaveMark(Host host, String organization, Lease lease, Collection<Mark> before, Mark mark)
            throws HostFailure {
        Requests requests = requests(host, organization);
        AtomicBoolean overtaken = new AtomicBoolean();
        try {
            Outcomes.done(() -> {
                Answer answer = HostCall.of(machines.link(host), requests.mark(lease, before, mark), LOOK);
                overtaken.set(answer instanceof Answer.Refused(String code, String _, String _, boolean _)
                        && code.equals("OVERTAKEN"));
                return answer;
            });
            return true;
        } catch (HostFailure e) {
            if (overtaken.get()) {
                return false;
            }
            throw e;
        }
    }

    private static Diagnostic otherVersion(Host host, Wrong wrong) {
        return HostCall.diagnostic(
                host,
                Code.HOST_PROTOCOL,
                wrong.words(),
                "bring both sides to one version: axm host enroll " + host.name());
    }

    private static Requests requests(Host host, String organization) {
        if (host.ssh() == null || !(host.postgres() instanceof Host.Server server)) {
            throw new IllegalArgumentException("host " + host.name() + " has no ssh");
        }
        return new Requests(host, server, host.ssh(), organization);
    }

    /** The connections themselves are whoever's made them. */
    @Override
    public void close() {}
}
