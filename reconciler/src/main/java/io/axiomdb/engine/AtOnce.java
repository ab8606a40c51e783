package io.axiomdb.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Does the same on several hosts at once, for a limited time: one that does not come to an end holds no other up.
 *
 * @param within for all of them together
 * @param late what counts for a host that was not done in time; its work is interrupted
 * @param unwanted takes what comes after that
 */
record AtOnce<R>(Duration within, Function<String, R> late, Consumer<R> unwanted) {
    SortedMap<String, R> on(Collection<String> hosts, Function<String, R> work) {
        Map<String, CompletableFuture<R>> ends = new HashMap<>();
        Map<String, Thread> threads = new HashMap<>();
        hosts.forEach(host -> {
            CompletableFuture<R> end = new CompletableFuture<>();
            ends.put(host, end);
            threads.put(host, Thread.ofVirtual().name("axm-host-" + host).start(() -> work(host, work, end)));
        });
        long until = System.nanoTime() + within.toNanos();
        SortedMap<String, R> all = new TreeMap<>();
        List<Throwable> unexpected = new ArrayList<>();
        ends.forEach((host, end) -> {
            try {
                all.put(host, result(host, end, until));
            } catch (RuntimeException | Error e) {
                unexpected.add(e);
            }
            Objects.requireNonNull(threads.get(host)).interrupt();
        });
        if (!unexpected.isEmpty()) {
            all.values().forEach(unwanted);
            throw unexpected(unexpected.getFirst());
        }
        return all;
    }

    private void work(String host, Function<String, R> work, CompletableFuture<R> end) {
        try {
            R result = work.apply(host);
            if (!end.complete(result)) {
                unwanted.accept(result);
            }
        } catch (RuntimeException | Error e) {
            end.completeExceptionally(e);
        }
    }

    private R result(String host, CompletableFuture<R> end, long until) {
        try {
            return end.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            R instead = late.apply(host);
            return end.complete(instead) ? instead : end.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for hosts", e);
        } catch (ExecutionException e) {
            throw unexpected(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static RuntimeException unexpected(Throwable why) {
        if (why instanceof Error error) {
            throw error;
        }
        return why instanceof RuntimeException known ? known : new IllegalStateException(why);
    }
}
