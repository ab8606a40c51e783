package io.axiomdb.testing;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Interrupts a test that takes too long, for {@link TimeLimit}. */
final class TimeLimitExtension implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        within(invocation, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        within(invocation, context);
    }

    private static void within(Invocation<Void> invocation, ExtensionContext context) throws Throwable {
        Duration limit = Duration.ofSeconds(AnnotationSupport.findAnnotation(context.getElement(), TimeLimit.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), TimeLimit.class))
                .orElseThrow()
                .value());
        Thread test = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean late = new AtomicBoolean();
        long start = System.nanoTime();
        Thread watch = Thread.ofVirtual().start(() -> watch(test, done, late, start, limit));
        try {
            invocation.proceed();
        } catch (Throwable e) {
            throw late.get() ? new AssertionError("not within " + Patience.of(limit), e) : e;
        } finally {
            done.countDown();
            watch.join();
            if (late.get()) {
                Thread.interrupted(); // what comes next is another test
            }
        }
    }

    private static void watch(Thread test, CountDownLatch done, AtomicBoolean late, long start, Duration limit) {
        try {
            while (!done.await(1, TimeUnit.SECONDS)) {
                if (Patience.isOver(start, limit)) {
                    late.set(true);
                    test.interrupt();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
