package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;
import static io.axiomdb.plan.SqlText.literals;

import io.axiomdb.host.HostState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Lets in again whom {@link SetAsideSteps#close} kept out for a renaming. Pure. */
final class Reopening {
    private Reopening() {}

    /**
     * When the renaming fails, or what comes after it: opens what was open, and lets in who could log in, under the old names or
     * the new ones. All of them were to change in one transaction, so one name tells; what else got a new name meanwhile is
     * not ours.
     *
     * @param databases names that they were to have, by those that they had
     */
    static List<Step> afterFailure(
            SortedMap<String, String> databases, SortedMap<String, String> roles, HostState before) {
        String isOld = Stream.concat(
                        moved(databases).map(name -> exists("datname", "pg_database", name)),
                        moved(roles).map(name -> exists("rolname", "pg_roles", name)))
                .findFirst()
                .orElse("true");
        List<String> open = new ArrayList<>();
        SortedMap<String, String> opened = wereOpen(databases, before);
        if (!opened.isEmpty()) {
            open.add(forEach(isOld, opened, "datname", "pg_database", "ALTER DATABASE %I ALLOW_CONNECTIONS true"));
        }
        SortedMap<String, String> loggedIn = couldLogIn(roles, before);
        if (!loggedIn.isEmpty()) {
            open.add(forEach(isOld, loggedIn, "rolname", "pg_roles", "ALTER ROLE %I LOGIN"));
        }
        return open.isEmpty() ? List.of() : List.of(new Step.Sql("let sessions in again", "", open));
    }

    private static Stream<String> moved(SortedMap<String, String> names) {
        return names.keySet().stream().filter(from -> !from.equals(names.get(from)));
    }

    private static String exists(String name, String catalog, String value) {
        return "EXISTS (SELECT FROM pg_catalog." + catalog + " x WHERE x." + name + " = " + literal(value) + ")";
    }

    private static String forEach(
            String isOld, SortedMap<String, String> names, String name, String catalog, String change) {
        return "DO "
                + literal("DECLARE this name; BEGIN FOR this IN SELECT " + name + " FROM pg_catalog." + catalog
                        + " WHERE CASE WHEN " + isOld + " THEN " + name + " IN (" + literals(names.keySet()) + ") ELSE "
                        + name + " IN (" + literals(names.values()) + ") END LOOP EXECUTE pg_catalog.format("
                        + literal(change) + ", this); END LOOP; END");
    }

    /**
     * Opens what was open, and lets in who could log in; closed stays what was closed before, by hand or by an apply that was
     * cut short.
     *
     * @param databases names that they have by then, by those that they had
     */
    static List<String> of(SortedMap<String, String> databases, SortedMap<String, String> roles, HostState before) {
        List<String> open = new ArrayList<>();
        wereOpen(databases, before)
                .values()
                .forEach(to -> open.add("ALTER DATABASE " + identifier(to) + " ALLOW_CONNECTIONS true"));
        couldLogIn(roles, before).values().forEach(to -> open.add("ALTER ROLE " + identifier(to) + " LOGIN"));
        return open;
    }

    private static SortedMap<String, String> wereOpen(SortedMap<String, String> databases, HostState before) {
        SortedMap<String, String> open = new TreeMap<>(databases);
        open.keySet()
                .removeIf(name ->
                        !Objects.requireNonNull(before.databases().get(name)).allowConnections());
        return open;
    }

    private static SortedMap<String, String> couldLogIn(SortedMap<String, String> roles, HostState before) {
        SortedMap<String, String> login = new TreeMap<>(roles);
        login.keySet()
                .removeIf(name -> !Objects.requireNonNull(before.roles().get(name))
                        .attributes()
                        .login());
        return login;
    }
}
