package io.axiomdb.plan;

import io.axiomdb.compile.KeptNames;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Observation.Tie;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything on the hosts that was set aside, by whose it is. A name, its comment and the registry must agree; what they
 * don't agree on belongs to nobody and is never touched. Pure.
 */
final class SetAsides {
    private final SortedMap<Whose, List<SetAside>> all = new TreeMap<>();

    private SetAsides() {}

    /** A branch and the digits of the id that it had in the registry. */
    private record Whose(ResourceKey branch, String digits) implements Comparable<Whose> {
        @Override
        public int compareTo(Whose other) {
            int byBranch = branch.compareTo(other.branch);
            return byBranch != 0 ? byBranch : digits.compareTo(other.digits);
        }
    }

    /** What was set aside together. */
    private record Together(Whose whose, Instant moment) implements Comparable<Together> {
        @Override
        public int compareTo(Together other) {
            int byWhose = whose.compareTo(other.whose);
            return byWhose != 0 ? byWhose : moment.compareTo(other.moment);
        }
    }

    private static final class Parts {
        private @Nullable DatabaseState database;
        private final SortedMap<RoleKind, RoleState> roles = new TreeMap<>();
    }

    static SetAsides of(Registry registry, SortedMap<String, Observation> observations) {
        SetAsides found = new SetAsides();
        observations.forEach((host, observation) -> {
            if (observation instanceof Observation.Seen seen) {
                found.add(registry.organization(), host, seen);
            }
        });
        return found;
    }

    /** What is kept of a branch under an id of the registry, oldest first. */
    List<SetAside> of(ResourceKey branch, String id) {
        return all.getOrDefault(new Whose(branch, KeptNames.digits(id)), List.of());
    }

    /** What the registry knows nothing of. */
    List<SetAside> unknown(Registry registry) {
        SortedSet<Whose> known = new TreeSet<>();
        registry.removed().forEach(r -> known.add(new Whose(r.resource(), KeptNames.digits(r.id()))));
        registry.applied().forEach((key, applied) -> known.add(new Whose(key, KeptNames.digits(applied.id()))));
        return all.entrySet().stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }

    private void add(String organization, String host, Observation.Seen seen) {
        SortedMap<Together, Parts> together = new TreeMap<>();
        seen.state()
                .databases()
                .values()
                .forEach(database -> part(
                        organization,
                        database.name(),
                        database.marker(),
                        null,
                        together,
                        parts -> parts.database = database));
        seen.state().roles().values().forEach(role -> {
            RoleKind kind = KeptNames.read(role.name()).map(KeptNames::role).orElse(null);
            if (kind != null) {
                part(organization, role.name(), role.marker(), kind, together, parts -> parts.roles.put(kind, role));
            }
        });
        together.forEach((key, parts) -> {
            List<SetAside> ofBranch = all.computeIfAbsent(key.whose(), _ -> new ArrayList<>());
            ofBranch.add(new SetAside(
                    key.whose().branch(), host, key.moment(), parts.database, parts.roles, ties(parts, seen.ties())));
            ofBranch.sort(Comparator.comparing(SetAside::moment).thenComparing(SetAside::host));
        });
    }

    private static void part(
            String organization,
            String name,
            String comment,
            @Nullable RoleKind kind,
            SortedMap<Together, Parts> together,
            Consumer<Parts> add) {
        ResourceKey branch = branch(organization, comment);
        KeptNames kept = KeptNames.read(name).orElse(null);
        if (branch != null && kept != null && kept.role() == kind) {
            Whose whose = new Whose(branch, kept.id());
            add.accept(together.computeIfAbsent(new Together(whose, kept.moment()), _ -> new Parts()));
        }
    }

    /** {@code axm-removed:acme/shop/feature/auth 2026-01-01T00:00:00+00}: which branch it is about. */
    private static @Nullable ResourceKey branch(String organization, String comment) {
        String begin = KeptNames.comments(organization);
        int end = comment.lastIndexOf(' ');
        int slash = comment.indexOf('/', begin.length());
        return comment.startsWith(begin) && slash > begin.length() && end > slash + 1
                ? new ResourceKey(
                        Kind.BRANCH, comment.substring(begin.length(), slash), comment.substring(slash + 1, end))
                : null;
    }

    private static List<String> ties(Parts parts, List<Tie> ties) {
        SortedSet<String> elsewhere = new TreeSet<>();
        List<String> roles = parts.roles.values().stream().map(RoleState::name).toList();
        ties.stream()
                .filter(tie -> roles.contains(tie.role())
                        && (parts.database == null || !tie.database().equals(parts.database.name())))
                .forEach(tie -> elsewhere.add(tie.database()));
        return List.copyOf(elsewhere);
    }
}
