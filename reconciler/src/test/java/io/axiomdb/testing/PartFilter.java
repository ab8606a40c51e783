package io.axiomdb.testing;

import java.util.Optional;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;

/** Keeps the test classes of the {@link Extent}'s part. Those tagged {@code parts} divide themselves. */
public final class PartFilter implements PostDiscoveryFilter {
    private final Extent extent = Extent.here();

    @Override
    public FilterResult apply(TestDescriptor test) {
        String name = test.getSource().flatMap(PartFilter::testClass).orElse("");
        return FilterResult.includedIf(name.isEmpty() || isDivided(test) || extent.has(name));
    }

    private static boolean isDivided(TestDescriptor test) {
        return test.getTags().stream().anyMatch(tag -> tag.getName().equals("parts"));
    }

    private static Optional<String> testClass(TestSource source) {
        return switch (source) {
            case ClassSource declared -> Optional.of(declared.getClassName());
            case MethodSource method -> Optional.of(method.getClassName());
            default -> Optional.empty();
        };
    }
}
