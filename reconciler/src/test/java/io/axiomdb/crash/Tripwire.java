package io.axiomdb.crash;

import io.axiomdb.crash.Point.When;
import io.axiomdb.engine.Outside;
import io.axiomdb.port.HostWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Stands around everything that an apply calls outside, writes down which places it passes, and strikes at one point. Every
 * method of a port that changes something is a place, also one that is added tomorrow.
 */
public final class Tripwire {
    /** What only looks, or gives back what would run out by itself. */
    private static final Set<String> LOOKS = Set.of(
            "now",
            "tools",
            "site",
            "read",
            "credentialsSince",
            "unfinished",
            "audit",
            "verifyAudit",
            "mark",
            "strangers",
            "look",
            "numberOf",
            "ready",
            "current",
            "renew",
            "lasting",
            "close",
            "toString",
            "hashCode",
            "equals");

    /** What is done at the point; may throw. */
    public interface Strike {
        void at(When when);
    }

    private record Armed(String label, Strike strike) {}

    private final Labels labels;
    private final SortedSet<Place> passed = new ConcurrentSkipListSet<>();
    private final @Nullable Armed armed;

    private Tripwire(Labels labels, @Nullable Armed armed) {
        this.labels = labels;
        this.armed = armed;
    }

    /** Strikes nowhere. */
    public static Tripwire recording(Labels labels) {
        return new Tripwire(labels, null);
    }

    /** Calls the strike on both sides of the place with this label. */
    public static Tripwire at(Labels labels, String label, Strike strike) {
        return new Tripwire(labels, new Armed(label, strike));
    }

    public SortedSet<Place> passed() {
        return new TreeSet<>(passed);
    }

    public Outside around(Outside real) {
        return new Outside(
                around(io.axiomdb.port.ControlPlane.class, real.controlPlane()),
                around(io.axiomdb.port.SecretStore.class, real.secrets()),
                around(io.axiomdb.port.Leases.class, real.leases()),
                real.reader(),
                around(HostWriter.class, real.writer()),
                around(io.axiomdb.port.HostFiles.class, real.files()),
                real.authority(),
                real.hasher(),
                real.random(),
                real.holder());
    }

    private <T> T around(Class<T> port, T real) {
        InvocationHandler handler = (_, method, arguments) ->
                LOOKS.contains(method.getName()) ? call(real, method, arguments) : place(real, method, arguments);
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }

    private @Nullable Object place(Object real, Method method, Object @Nullable [] arguments) throws Throwable {
        List<Place> places = labels.of(method.getName(), arguments == null ? new Object[0] : arguments);
        passed.addAll(places);
        boolean isHere =
                armed != null && places.stream().anyMatch(place -> place.label().equals(armed.label()));
        Armed here = isHere ? armed : null;
        if (here != null) {
            here.strike().at(When.BEFORE);
        }
        Object result = call(real, method, arguments);
        if (here != null) {
            here.strike().at(When.AFTER);
        }
        return result instanceof HostWriter.Session session ? around(HostWriter.Session.class, session) : result;
    }

    private static @Nullable Object call(Object real, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
