package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.CopyNames;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Grant;
import io.axiomdb.host.RoleState;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A branch's wanted database, as seen from outside of it, against the actual one. Pure. */
final class DatabaseDifferences {
    private final BranchWant branch;
    private final DatabaseState want;
    private final String database;
    private final String subject;
    private final Origin origin;
    private final Set<String> newRoles;
    private final List<Difference> found = new ArrayList<>();

    private DatabaseDifferences(BranchWant branch, Set<String> newRoles) {
        this.newRoles = newRoles;
        this.branch = branch;
        this.want = branch.database();
        this.database = SqlText.identifier(want.name());
        this.subject = "database " + want.name();
        this.origin = branch.origin();
    }

    static List<Difference> between(BranchWant branch, @Nullable DatabaseState actual, Set<String> newRoles) {
        DatabaseDifferences differences = new DatabaseDifferences(branch, newRoles);
        if (actual == null) {
            differences.create();
        } else {
            differences.compare(actual);
        }
        return differences.found;
    }

    /**
     * Under a name that nobody can guess, from template0, which nobody can have altered, as the administrator's, and with a
     * connection limit of 0, which only superusers pass: nobody else connects before everything is as it should be. The last
     * transaction gives it its name and its owner.
     */
    private void create() {
        add(
                Nature.GONE,
                Stage.CREATE_DATABASE,
                "",
                "",
                "owner " + want.owner(),
                origin.self(),
                List.of("CREATE DATABASE " + SqlText.identifier(CopyNames.PLANNED.database())
                        + " TEMPLATE template0 CONNECTION LIMIT " + Copies.CLOSED));
        settings(Collections.emptySortedMap());
        ordinary(
                Stage.DATABASE_TAKE,
                "not wanted: privileges of PUBLIC",
                "CONNECT, TEMPORARY",
                "",
                origin.self(),
                "REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
        found.addAll(grants("").between(want.grants(), List.of()));
        open();
    }

    private void compare(DatabaseState actual) {
        if (!actual.owner().equals(want.owner())) {
            ordinary(
                    Stage.DATABASE_GIVE,
                    "owner",
                    actual.owner(),
                    want.owner(),
                    origin.self(),
                    "ALTER DATABASE " + database + " OWNER TO " + SqlText.identifier(want.owner()));
        }
        settings(actual.settings());
        found.addAll(grants(actual.owner()).between(want.grants(), withoutLookup(actual.grants())));
        limit(actual.connectionLimit());
        comment(actual.marker());
        if (actual.template()) {
            add(
                    Nature.UNASKED,
                    Stage.DATABASE_TAKE,
                    "template",
                    "yes",
                    "no",
                    origin.self(),
                    List.of("ALTER DATABASE " + database + " IS_TEMPLATE false"));
        }
        if (!actual.allowConnections()) {
            ordinary(
                    Stage.DATABASE_OPEN,
                    "allows connections",
                    "no",
                    "yes",
                    origin.self(),
                    "ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
        }
    }

    private void comment(String actual) {
        if (!actual.equals(want.marker())) {
            ordinary(Stage.DATABASE_OPEN, "comment", actual, want.marker(), origin.self(), commentStatement());
        }
    }

    private String commentStatement() {
        return "COMMENT ON DATABASE " + database + " IS " + SqlText.literal(want.marker());
    }

    private void open() {
        int limit = Math.max(want.connectionLimit(), RoleState.UNLIMITED);
        add(
                Nature.ORDINARY,
                Stage.DATABASE_OPEN,
                "connection limit",
                Limits.words(Copies.CLOSED),
                Limits.words(limit),
                origin.of("connection_limits.database"),
                List.of("ALTER DATABASE " + database + " CONNECTION LIMIT " + limit));
        comment("");
    }

    private void limit(int actual) {
        int wanted = want.connectionLimit();
        if (wanted != BranchWant.UNMANAGED && wanted != actual) {
            ordinary(
                    Stage.DATABASE_GIVE,
                    "connection limit",
                    Limits.words(actual),
                    Limits.words(wanted),
                    origin.of("connection_limits.database"),
                    "ALTER DATABASE " + database + " CONNECTION LIMIT " + wanted);
        }
    }

    private void settings(SortedMap<String, String> actual) {
        want.settings().forEach((name, value) -> {
            String now = actual.get(name);
            if (now == null || !Parameters.same(name, now, value)) {
                ordinary(
                        Stage.DATABASE_GIVE,
                        "setting " + name,
                        now == null ? "" : now,
                        value,
                        origin.of("settings." + name),
                        "ALTER DATABASE " + database + " SET " + Parameters.assignment(name, value));
            }
        });
        for (String name : new TreeSet<>(branch.releasedSettings())) {
            String now = actual.get(name);
            if (now != null) {
                ordinary(
                        Stage.DATABASE_GIVE,
                        "setting " + name,
                        now,
                        "",
                        origin.self(),
                        "ALTER DATABASE " + database + " RESET " + Parameters.quoted(name));
            }
        }
    }

    /**
     * An owner's rights are no grants: whoever is owner now keeps nothing of them once it is not, so nothing was taken
     * away. The pooler's role is AxiomDB's own, and nobody takes anything from it on purpose.
     */
    private GrantDifferences grants(String ownerNow) {
        return new GrantDifferences(
                subject,
                origin.self(),
                Stage.DATABASE_GIVE,
                Stage.DATABASE_TAKE,
                (privileges, grantee) -> "GRANT " + privileges + " ON DATABASE " + database + " TO " + grantee,
                (privileges, grantee) ->
                        "REVOKE " + privileges + " ON DATABASE " + database + " FROM " + grantee + " CASCADE",
                grantee -> grantee.equals(ownerNow) || grantee.equals(Lookup.ROLE) || newRoles.contains(grantee));
    }

    /** Where no pooler is kept, or whose its role is could not be seen, the rights of that role are left alone. */
    private Collection<Grant> withoutLookup(Collection<Grant> actual) {
        boolean left = branch.lookup() == Lookup.Rights.LEFT;
        return actual.stream()
                .filter(grant -> !left || !grant.grantee().equals(Lookup.ROLE))
                .toList();
    }

    private void ordinary(Stage stage, String name, String before, String after, Source source, String statement) {
        add(Nature.ORDINARY, stage, name, before, after, source, List.of(statement));
    }

    private void add(
            Nature nature,
            Stage stage,
            String name,
            String before,
            String after,
            Source source,
            List<String> statements) {
        found.add(new Difference(subject, name, before, after, source, nature, stage, statements));
    }
}
