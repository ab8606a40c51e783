package io.axiomdb.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * The one way Java has to hear a signal more than once: {@code sun.misc.Signal}, supported but without a public API.
 * By reflection, because the compiler warns about it in a way that can't be turned off for one class.
 */
final class Signals {
    private Signals() {}

    /**
     * From now on the signal runs this instead of what it did.
     *
     * @param name such as {@code INT}
     * @return puts back what was there before
     */
    static Runnable handle(String name, Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Method handle = type.getMethod("handle", type, handlerType);
            Object signal = type.getConstructor(String.class).newInstance(name);
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(),
                    new Class<?>[] {handlerType},
                    (proxy, method, arguments) -> answer(proxy, method, arguments, action));
            Object before = handle.invoke(null, signal, handler);
            return () -> restore(handle, signal, before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Signal", e);
        }
    }

    private static @Nullable Object answer(Object proxy, Method method, Object[] arguments, Runnable action) {
        switch (method.getName()) {
            case "equals" -> {
                return proxy == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "toString" -> {
                return "axm";
            }
            default -> {
                action.run();
                return null;
            }
        }
    }

    private static void restore(Method handle, Object signal, Object before) {
        try {
            handle.invoke(null, signal, before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a signal's handler can't be put back", e);
        }
    }
}
