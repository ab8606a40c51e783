package io.axiomdb.export;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Inventory.Held;
import io.axiomdb.host.Inventory.Inside;
import io.axiomdb.host.Inventory.Item;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.RoleState;
import io.axiomdb.load.check.Names;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which roles already do what a branch's rw and ro roles do. Careful, for adoption gives them all rights of that kind: only
 * a role counts that has them on every table, logs in, and has to do with no other database. Pure.
 */
final class RoleGuess {
    private static final Set<String> WRITES = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");
    private static final Set<String> READS = Set.of("SELECT");

    private final Inventory all;

    RoleGuess(Inventory all) {
        this.all = all;
    }

    /** Empty when a new role is to be made. */
    Optional<String> of(Item item, RoleKind kind) {
        Inside inside = Objects.requireNonNull(item.inside());
        String owner = item.state().owner();
        int tables = inside.ownedBy(owner);
        SortedMap<String, SortedMap<String, Integer>> held = tables > 0 ? held(inside, owner) : defaults(inside, owner);
        return held.entrySet().stream()
                .filter(entry -> fits(entry.getKey(), item) && does(kind, entry.getValue(), Math.max(tables, 1)))
                .map(Map.Entry::getKey)
                .min(Comparator.comparing(
                                (String name) -> !name.startsWith(item.state().name()))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static boolean does(RoleKind kind, SortedMap<String, Integer> privileges, int tables) {
        Set<String> whole = privileges.entrySet().stream()
                .filter(entry -> entry.getValue() >= tables)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return switch (kind) {
            case OWNER -> false;
            case RW -> whole.containsAll(WRITES);
            case RO -> whole.containsAll(READS) && READS.containsAll(privileges.keySet());
        };
    }

    private boolean fits(String name, Item item) {
        RoleState role = all.roles().get(name);
        return role != null
                && Names.fits(name)
                && role.attributes().login()
                && !role.attributes().superuser()
                && all.ledger().branchOfRole(role.oid()).isEmpty()
                && all.databases().values().stream()
                        .filter(other -> !other.equals(item))
                        .noneMatch(other -> uses(name, other));
    }

    private static boolean uses(String role, Item database) {
        Inside inside = database.inside();
        return database.state().owner().equals(role)
                || database.state().grants().stream().anyMatch(g -> g.grantee().equals(role))
                || inside != null
                        && (inside.held().stream().anyMatch(h -> h.grantee().equals(role)) || inside.ownedBy(role) > 0);
    }

    /** By grantee and privilege, on how many tables of the owner. */
    private static SortedMap<String, SortedMap<String, Integer>> held(Inside inside, String owner) {
        SortedMap<String, SortedMap<String, Integer>> held = new TreeMap<>();
        inside.held().stream()
                .filter(h -> h.owner().equals(owner) && !h.grantee().equals(Grant.PUBLIC))
                .forEach(h -> add(held, h));
        return held;
    }

    private static void add(SortedMap<String, SortedMap<String, Integer>> held, Held one) {
        held.computeIfAbsent(one.grantee(), _ -> new TreeMap<>()).merge(one.privilege(), one.count(), Integer::sum);
    }

    /** Where there is no table yet, what the owner's tables will give. */
    private static SortedMap<String, SortedMap<String, Integer>> defaults(Inside inside, String owner) {
        SortedMap<String, SortedMap<String, Integer>> held = new TreeMap<>();
        for (DefaultGrant grant : inside.defaults().getOrDefault(owner, new TreeSet<>())) {
            if (grant.kind() == ObjectKind.TABLE && !grant.grant().grantee().equals(Grant.PUBLIC)) {
                held.computeIfAbsent(grant.grant().grantee(), _ -> new TreeMap<>())
                        .put(grant.grant().privilege(), 1);
            }
        }
        return held;
    }
}
