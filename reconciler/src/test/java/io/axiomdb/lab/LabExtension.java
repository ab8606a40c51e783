package io.axiomdb.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** Brings the lab of a {@link LabTest} class up and, by the store that closes what it holds, down. */
final class LabExtension implements ExecutionCondition, BeforeAllCallback, ParameterResolver {
    static final String REASON = "needs root and Linux namespaces";

    /** There after a run that left lab tests out: Maven's verify phase warns of it at its end. */
    private static final Path SKIPPED = Path.of("target", "lab-tests-skipped");

    private static final Namespace NAMESPACE = Namespace.create(LabExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (root()) {
            return ConditionEvaluationResult.enabled("root");
        }
        note(true);
        return ConditionEvaluationResult.disabled(REASON);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        LabTest wanted = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), LabTest.class)
                .orElseThrow();
        try {
            context.getStore(NAMESPACE).put(Lab.class, Lab.up(wanted.hosts(), wanted.clients()));
            note(false);
        } catch (TestAbortedException e) {
            note(true);
            throw e;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return Objects.requireNonNull(context.getStore(NAMESPACE).get(Lab.class), "beforeAll put it there");
    }

    private static boolean root() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no Linux
        }
    }

    private static void note(boolean skipped) {
        try {
            if (skipped) {
                Files.createDirectories(SKIPPED.toAbsolutePath().getParent());
                Files.writeString(SKIPPED, REASON + "\n");
            } else {
                Files.deleteIfExists(SKIPPED);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
