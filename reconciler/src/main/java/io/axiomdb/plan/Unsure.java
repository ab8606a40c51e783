package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an apply that died was renaming: its host may have the new names already while the registry has the old ones, so what
 * is not found there is not gone. Pure.
 *
 * @param resources projects and branches under both names, and who may reach their hosts
 */
public record Unsure(SortedSet<ResourceKey> resources) {
    public static final Unsure NOTHING = new Unsure(new TreeSet<>());

    public Unsure {
        resources = Collections.unmodifiableSortedSet(new TreeSet<>(resources));
    }

    boolean covers(ResourceKey resource) {
        return resources.contains(resource) || resources.contains(ResourceKey.project(resource.project()));
    }

    static Blocked blocked(Change change) {
        return new Blocked(
                change.resource(),
                List.of(Diagnostic.of(
                        Code.BLOCKED,
                        change.source(),
                        change.resource() + " waits: an apply that was renaming what it is about was interrupted",
                        "apply the file, which finishes the rename: axm apply")));
    }
}
