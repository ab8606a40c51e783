package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.host.HostState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Lets in again whom {@link SetAsideSteps#close} kept out for a new name. Closed stays what was closed before, by hand or by
 * an apply that was cut short. Pure.
 *
 * @param databases names that those get which were open, by the names that they had
 * @param roles the same of those that could log in
 * @param numbers of all of them, databases first: what else has such a name by then is not ours
 */
record Reopening(SortedMap<String, String> databases, SortedMap<String, String> roles, List<SortedSet<Long>> numbers) {
    /**
     * For what is renamed.
     *
     * @param databases new names by old ones
     * @param roles new names by old ones
     */
    static Reopening of(SortedMap<String, String> databases, SortedMap<String, String> roles, HostState before) {
        SortedMap<String, String> open = new TreeMap<>(databases);
        open.keySet()
                .removeIf(name ->
                        !Objects.requireNonNull(before.databases().get(name)).allowConnections());
        SortedMap<String, String> logins = new TreeMap<>(roles);
        logins.keySet()
                .removeIf(name -> !Objects.requireNonNull(before.roles().get(name))
                        .attributes()
                        .login());
        SortedSet<Long> ofDatabases = new TreeSet<>();
        open.keySet()
                .forEach(name -> ofDatabases.add(
                        Objects.requireNonNull(before.databases().get(name)).oid()));
        SortedSet<Long> ofRoles = new TreeSet<>();
        logins.keySet()
                .forEach(name -> ofRoles.add(
                        Objects.requireNonNull(before.roles().get(name)).oid()));
        return new Reopening(open, logins, List.of(ofDatabases, ofRoles));
    }

    /** Under the new names, once all have them. */
    List<String> renamed() {
        List<String> open = new ArrayList<>();
        databases.values().forEach(to -> open.add("ALTER DATABASE " + identifier(to) + " ALLOW_CONNECTIONS true"));
        roles.values().forEach(to -> open.add("ALTER ROLE " + identifier(to) + " LOGIN"));
        return open;
    }

    /**
     * When the renaming fails, or what comes after it: each under the name that it has by then.
     *
     * @param closing what it is needed for
     */
    List<Undo> undo(Step closing) {
        List<String> open = new ArrayList<>();
        if (!databases.isEmpty()) {
            open.add(forEach("pg_database", "datname", numbers.getFirst(), "ALTER DATABASE %I ALLOW_CONNECTIONS true"));
        }
        if (!roles.isEmpty()) {
            open.add(forEach("pg_authid", "rolname", numbers.getLast(), "ALTER ROLE %I LOGIN"));
        }
        return open.isEmpty() ? List.of() : List.of(new Undo(closing, new Step.Sql("let sessions in again", "", open)));
    }

    private static String forEach(String catalog, String name, SortedSet<Long> numbers, String change) {
        String all = numbers.stream().map(number -> Long.toString(number)).collect(Collectors.joining(", "));
        return "DO "
                + literal("DECLARE this name; BEGIN FOR this IN SELECT " + name + " FROM pg_catalog." + catalog
                        + " WHERE oid IN (" + all + ") ORDER BY 1 LOOP EXECUTE pg_catalog.format(" + literal(change)
                        + ", this); END LOOP; END");
    }
}
