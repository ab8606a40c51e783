package io.axiomdb.plan;

import io.axiomdb.compile.CopyNames;
import io.axiomdb.core.Sorted;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.CopyWay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes of one plan that exclude each other on a shared thing take turns: two copies of one parent, for the one that
 * needs it free of sessions would end the other's; whoever works inside a database that is about to be copied or renamed; two that
 * alter one role. What they touch is read off their steps. Unlike a need, an earlier turn that fails stops nothing. Pure.
 */
final class Turns {
    private static final String NAME = "(\"(?:[^\"]|\"\")+\"|[a-z_][a-z0-9_$]*)";
    private static final Pattern ALTERED = Pattern.compile("\\b(DATABASE|ROLE)(?: IF EXISTS)? " + NAME);
    private static final Pattern RENAMED = Pattern.compile("^ALTER (DATABASE|ROLE) .* RENAME TO " + NAME + "$");
    private static final String DATABASE = "DATABASE";
    private static final String ROLE = "ROLE";

    /** What is there once on a host. */
    private record Thing(String host, String kind, String name) {}

    /** Those who came since the last one that had the thing for itself, and that one. */
    private static final class Queue {
        private final Set<ResourceKey> sharing = new LinkedHashSet<>();
        private final Set<ResourceKey> alone = new LinkedHashSet<>();
    }

    private final Map<Thing, Boolean> touched = new LinkedHashMap<>();

    private Turns() {}

    /**
     * Whom each resource's changes wait for.
     *
     * @return without those who wait for nobody; never in circles, also together with the needs
     */
    static SortedMap<ResourceKey, SortedSet<ResourceKey>> of(List<Change> changes) {
        Map<Thing, Queue> queues = new HashMap<>();
        SortedMap<ResourceKey, SortedSet<ResourceKey>> turns = new TreeMap<>();
        inOrder(changes).forEach((resource, all) -> {
            SortedSet<ResourceKey> before = new TreeSet<>();
            touched(all).forEach((thing, alone) -> {
                Queue queue = queues.computeIfAbsent(thing, _ -> new Queue());
                if (alone) {
                    before.addAll(queue.sharing.isEmpty() ? queue.alone : queue.sharing);
                    queue.sharing.clear();
                    queue.alone.clear();
                    queue.alone.add(resource);
                } else {
                    before.addAll(queue.alone);
                    queue.sharing.add(resource);
                }
            });
            if (!before.isEmpty()) {
                turns.put(resource, before);
            }
        });
        return Sorted.map(turns);
    }

    /** By resource, what is needed first: turns that follow this order and needs can't go in circles. */
    private static Map<ResourceKey, List<Change>> inOrder(List<Change> changes) {
        Map<ResourceKey, List<Change>> given = new LinkedHashMap<>();
        changes.forEach(change ->
                given.computeIfAbsent(change.resource(), _ -> new ArrayList<>()).add(change));
        Map<ResourceKey, List<Change>> ordered = new LinkedHashMap<>();
        Set<ResourceKey> begun = new HashSet<>();
        given.keySet().forEach(resource -> add(resource, given, begun, ordered));
        return ordered;
    }

    private static void add(
            ResourceKey resource,
            Map<ResourceKey, List<Change>> given,
            Set<ResourceKey> begun,
            Map<ResourceKey, List<Change>> ordered) {
        List<Change> changes = given.get(resource);
        if (changes == null || !begun.add(resource)) {
            return;
        }
        changes.forEach(change -> change.needs().forEach(need -> add(need, given, begun, ordered)));
        ordered.put(resource, changes);
    }

    /** Everything that these changes touch, and whether they have to have it for themselves. */
    private static Map<Thing, Boolean> touched(List<Change> changes) {
        Turns turns = new Turns();
        for (Change change : changes) {
            change.steps().forEach(step -> turns.step(change.host(), step));
            change.undo().forEach(undo -> turns.step(change.host(), undo.step()));
        }
        return turns.touched;
    }

    private void step(String host, Step step) {
        switch (step) {
            case Step.Sql sql -> {
                touch(host, DATABASE, sql.database(), false);
                sql.statements().forEach(statement -> statement(host, statement));
            }
            case Step.SqlAlone alone -> {
                touch(host, DATABASE, alone.database(), false);
                statement(host, alone.statement());
            }
            case Step.MakeRoles roles -> roles.statements().forEach(statement -> statement(host, statement));
            case Step.Copy copy -> {
                touch(host, DATABASE, copy.from(), copy.way() instanceof CopyWay.Template);
                touch(host, DATABASE, copy.to(), true);
            }
            case Step.RunScript script -> touch(host, DATABASE, script.database(), false);
            case Step.RefreshDerived derived -> touch(host, DATABASE, derived.database(), false);
            case Step.SetPasswords passwords ->
                passwords.targets().forEach(target -> touch(host, ROLE, target.role(), true));
            case Step.NoteDatabase _, Step.CarryPasswords _, Step.SetAccess _, Step.SetCertificate _ -> {}
        }
    }

    private void statement(String host, String statement) {
        Matcher altered = ALTERED.matcher(statement);
        while (altered.find()) {
            touch(host, altered.group(1), plain(altered.group(2)), true);
        }
        Matcher renamed = RENAMED.matcher(statement);
        if (renamed.matches()) {
            touch(host, renamed.group(1), plain(renamed.group(2)), true);
        }
    }

    /** The maintenance database is nobody's: an empty name. What is still to be drawn is another one for each change. */
    private void touch(String host, String kind, String name, boolean alone) {
        if (!name.isEmpty() && !name.equals(CopyNames.PLANNED.database()) && !name.equals(CopyNames.PLANNED.login())) {
            touched.merge(new Thing(host, kind, name), alone, Boolean::logicalOr);
        }
    }

    private static String plain(String name) {
        return name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
    }
}
