package io.axiomdb.observe;

import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostFiles;
import io.axiomdb.port.HostReader;
import java.util.Collection;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at several hosts in parallel; a slow or dead one does not keep the others from being seen. */
public final class Observer {
    private Observer() {}

    /** One observation for each probe. */
    public static SortedMap<String, Observation> look(
            HostReader reader,
            HostFiles files,
            String organization,
            SortedMap<String, Host> hosts,
            SortedMap<String, Probe> probes) {
        SortedMap<String, Observation> seen = new TreeMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            SortedMap<String, Future<Observation>> looks = new TreeMap<>();
            probes.forEach((name, probe) -> {
                Host host = Objects.requireNonNull(hosts.get(name), name);
                Future<AccessObservation> access = threads.submit(() -> files.look(host, organization));
                looks.put(name, threads.submit(() -> with(reader.look(host, probe), access)));
            });
            looks.forEach((name, look) -> seen.put(name, result(look)));
        }
        return seen;
    }

    /** The files, the pooler and the firewall alone; one observation for each host. */
    public static SortedMap<String, AccessObservation> access(
            HostFiles files, String organization, Collection<Host> hosts) {
        SortedMap<String, AccessObservation> seen = new TreeMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            SortedMap<String, Future<AccessObservation>> looks = new TreeMap<>();
            hosts.forEach(host -> looks.put(host.name(), threads.submit(() -> files.look(host, organization))));
            looks.forEach((name, look) -> seen.put(name, result(look)));
        }
        return seen;
    }

    private static Observation with(Observation databases, Future<AccessObservation> access) {
        return switch (databases) {
            case Observation.Unreachable unreachable -> unreachable;
            case Observation.Seen seen -> seen.with(result(access));
        };
    }

    private static <T> T result(Future<T> look) {
        try {
            return look.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at hosts", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a host reader broke its promise not to throw", e.getCause());
        }
    }
}
