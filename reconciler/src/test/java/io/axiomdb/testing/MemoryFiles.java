package io.axiomdb.testing;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Expired;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.AccessObservation.Sessions;
import io.axiomdb.host.KeptMark;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostFiles;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The files of hosts in memory: each organization has its own part of a host, a change of it is all or nothing, a lease of
 * a lower epoch of the same line is refused, and what has expired is closed at a tick and journalled.
 */
public final class MemoryFiles implements HostFiles {
    private Supplier<Instant> clock;
    private final Map<String, Access> parts = new TreeMap<>();
    private final Map<String, List<Mark>> marks = new TreeMap<>();
    private final Map<String, Long> epochs = new TreeMap<>();
    private final Map<String, List<Expired>> journals = new TreeMap<>();
    private final Map<String, String> silent = new TreeMap<>();
    private final List<Sessions> sessions = new ArrayList<>();
    private final Map<String, String> full = new TreeMap<>();
    private String refusal = "";
    private int changes;
    private long lookupRole;
    private String unfit = "";

    /** With the clock that all hosts go by. */
    public MemoryFiles(Supplier<Instant> clock) {
        this.clock = clock;
    }

    /** What an organization's part of a host lets in. */
    public synchronized Access access(String host, String organization) {
        return parts.getOrDefault(key(host, organization), Access.NONE);
    }

    /** Somebody edits it by hand. */
    public synchronized void edit(String host, String organization, Access access) {
        parts.put(key(host, organization), access);
    }

    /** From now on the host does not answer; empty words and it does again. */
    public synchronized void silence(String host, String words) {
        silent.put(host, words);
    }

    /** From now on looks say that every host is not fit for a change; empty words and it is. */
    public synchronized void unfit(String words) {
        unfit = words;
    }

    /** From now on changes are refused; empty words and they are made again. */
    public synchronized void refuse(String words) {
        refusal = words;
    }

    /** From now on the enrolment of every host has made the pooler's role with this number; 0 and it has made none. */
    public synchronized void lookupRole(long oid) {
        lookupRole = oid;
    }

    /** From now on a host can't write what it keeps of control planes; empty words and it can again. */
    public synchronized void fill(String host, String words) {
        full.put(host, words);
    }

    /** The hosts go on with the control planes of a test that begins them anew. */
    public synchronized MemoryFiles goingBy(Supplier<Instant> other) {
        clock = other;
        return this;
    }

    /** Sessions that are open on every host. */
    public synchronized void connect(Sessions open) {
        sessions.add(open);
    }

    /** How often something was changed. */
    public synchronized int changes() {
        return changes;
    }

    /** What the timer of a host does. */
    public synchronized void tick() {
        Instant now = clock.get();
        parts.replaceAll((part, access) -> {
            SortedSet<Access.Entry> entries = new TreeSet<>(access.entries());
            access.entries().stream()
                    .filter(entry -> entry.until() != null && !entry.until().isAfter(now))
                    .forEach(entry -> {
                        entries.remove(entry);
                        journals.computeIfAbsent(part, _ -> new ArrayList<>())
                                .add(new Expired(
                                        now,
                                        entry.port(),
                                        entry.database(),
                                        entry.cidr().toString()));
                    });
            SortedSet<Access.Opening> openings = new TreeSet<>(access.openings());
            openings.removeIf(
                    opening -> opening.until() != null && !opening.until().isAfter(now));
            return new Access(access.branches(), entries, openings);
        });
    }

    /** What a host keeps of an organization's control planes; root writes what it likes. */
    public synchronized void keep(String host, String organization, Mark... all) {
        marks.put(key(host, organization), List.of(all));
    }

    @Override
    public synchronized boolean leaveMark(
            Host host, String organization, Lease lease, Collection<Mark> before, Mark mark) throws HostFailure {
        String words = full.getOrDefault(host.name(), "");
        if (!words.isEmpty()) {
            throw HostFailure.refused(words, "make room there", null);
        }
        checkEpoch(host, lease);
        String key = key(host.name(), organization);
        if (!Set.copyOf(marks.getOrDefault(key, List.of())).equals(Set.copyOf(before))) {
            return false;
        }
        marks.put(key, List.of(mark));
        return true;
    }

    @Override
    public void copy(Host host, String organization, Lease lease, DumpCopy copy) {
        throw new AssertionError("it says that it has no tools");
    }

    @Override
    public AccessObservation examine(Host host, String organization) {
        return look(host, organization);
    }

    @Override
    public synchronized AccessObservation look(Host host, String organization) {
        String words = silent.getOrDefault(host.name(), "");
        if (host.ssh() == null) {
            return new AccessObservation.Unmanaged();
        }
        if (!words.isEmpty()) {
            return new AccessObservation.Unknown(
                    Diagnostic.of(Code.HOST_UNREACHABLE, "host " + host.name() + ": " + words, "mend it"));
        }
        return new AccessObservation.Seen(
                new Facts(
                        "0.1.0",
                        clock.get(),
                        "10.0.0.9",
                        180000,
                        "1.24.1",
                        "7000000000000000001",
                        false,
                        lookupRole,
                        marks.getOrDefault(key(host.name(), organization), List.of()).stream()
                                .map(mark -> new KeptMark(mark, clock.get()))
                                .toList()),
                access(host.name(), organization),
                List.of(),
                List.of(),
                host.firewall() == Host.Firewall.UFW
                        ? Passages.of(access(host.name(), organization), 5432, 6432)
                        : Passages.open(5432, 6432),
                unfit.isEmpty()
                        ? List.of()
                        : List.of(Diagnostic.of(Code.HOST_UNFIT, "host " + host.name() + ": " + unfit, "mend it")),
                sessions,
                EndsPooled.CLIENT,
                null,
                journals.getOrDefault(key(host.name(), organization), List.of()));
    }

    @Override
    public synchronized List<Diagnostic> setAccess(Host host, String organization, Lease lease, Access access)
            throws HostFailure {
        change(host, lease);
        parts.put(key(host.name(), organization), access);
        return List.of();
    }

    private void change(Host host, Lease lease) throws HostFailure {
        String words = refusal.isEmpty() ? silent.getOrDefault(host.name(), "") : refusal;
        if (!words.isEmpty()) {
            throw new HostFailure("", words, null);
        }
        checkEpoch(host, lease);
        epochs.put(line(host, lease), lease.epoch());
        changes++;
    }

    private void checkEpoch(Host host, Lease lease) throws HostFailure {
        if (epochs.getOrDefault(line(host, lease), 0L) > lease.epoch()) {
            throw new HostFailure("", "STALE_EPOCH", null);
        }
    }

    private static String line(Host host, Lease lease) {
        return host.name() + "/" + lease.lineDigits();
    }

    @Override
    public synchronized void setCertificate(Host host, String organization, Lease lease, String chain)
            throws HostFailure {
        throw new AssertionError("no host shows a certificate");
    }

    @Override
    public synchronized void setCertificate(Host host, String organization, Lease lease, Host.Certificate.Files files)
            throws HostFailure {
        throw new AssertionError("no host shows a certificate");
    }

    private static String key(String host, String organization) {
        return organization + "/" + host;
    }

    @Override
    public void close() {}
}
