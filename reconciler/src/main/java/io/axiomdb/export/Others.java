package io.axiomdb.export;

import io.axiomdb.host.Grant;
import io.axiomdb.host.Inventory.Held;
import io.axiomdb.host.Inventory.Inside;
import io.axiomdb.host.Inventory.Item;
import io.axiomdb.host.RoleState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a branch would have beside its own rights, in words: what {@code rights: additive} leaves and exact takes. Pure. */
final class Others {
    private final Set<String> own;
    private final List<String> found = new ArrayList<>();

    private Others(Set<String> own) {
        this.own = own;
    }

    /**
     * One line each.
     *
     * @param own the branch's roles that are there
     */
    static List<String> of(Item item, Collection<RoleState> own) {
        Others others =
                new Others(new TreeSet<>(own.stream().map(RoleState::name).toList()));
        Inside inside = Objects.requireNonNull(item.inside());
        others.grants("the database", item.state().grants());
        inside.schemas().values().forEach(schema -> others.grants("schema " + schema.name(), schema.grants()));
        others.tables(inside);
        inside.defaults()
                .forEach((role, grants) -> grants.stream()
                        .map(grant -> grant.grant().grantee())
                        .filter(others::isOther)
                        .distinct()
                        .forEach(grantee -> others.found.add(who(grantee) + ": what " + role + " makes in future")));
        inside.owned().stream()
                .filter(owned -> !others.own.contains(owned.owner()))
                .forEach(owned -> others.found.add(owned.owner() + " owns " + owned.count()
                        + " tables and views of schema " + owned.schema()
                        + "; adoption leaves them alone and gives no rights on them"));
        own.forEach(others::role);
        return others.found;
    }

    private boolean isOther(String grantee) {
        return !own.contains(grantee);
    }

    private void grants(String on, Collection<Grant> grants) {
        SortedMap<String, TreeSet<String>> held = new TreeMap<>();
        grants.stream()
                .filter(grant -> isOther(grant.grantee()))
                .forEach(grant -> held.computeIfAbsent(grant.grantee(), _ -> new TreeSet<>())
                        .add(grant.privilege()));
        held.forEach((who, privileges) -> found.add(who(who) + ": " + String.join(", ", privileges) + " on " + on));
    }

    private void tables(Inside inside) {
        SortedMap<String, TreeSet<String>> held = new TreeMap<>();
        for (Held one : inside.held()) {
            if (isOther(one.grantee())) {
                held.computeIfAbsent(who(one.grantee()) + "\0" + one.schema(), _ -> new TreeSet<>())
                        .add(one.privilege() + " on " + one.count());
            }
        }
        held.forEach((key, privileges) -> found.add(key.substring(0, key.indexOf('\0')) + ": "
                + String.join(", ", privileges) + " tables and views of schema "
                + key.substring(key.indexOf('\0') + 1)));
    }

    private void role(RoleState role) {
        RoleState.Attributes a = role.attributes();
        List<String> words = new ArrayList<>();
        add(a.createDb(), "CREATEDB", words);
        add(a.createRole(), "CREATEROLE", words);
        add(a.replication(), "REPLICATION", words);
        add(a.bypassRls(), "BYPASSRLS", words);
        add(a.validUntil() != null, "a password that is valid until " + a.validUntil(), words);
        role.memberOf().forEach(of -> words.add("membership in " + of.role()));
        role.members().forEach(member -> words.add("member " + member.role()));
        if (!words.isEmpty()) {
            found.add(role.name() + " has " + String.join(", ", words));
        }
    }

    private static void add(boolean has, String word, List<String> words) {
        if (has) {
            words.add(word);
        }
    }

    private static String who(String grantee) {
        return grantee.equals(Grant.PUBLIC) ? "PUBLIC" : grantee;
    }
}
