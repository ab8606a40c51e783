package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;
import static io.axiomdb.plan.SqlText.literals;

import io.axiomdb.compile.KeptNames;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Identity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Statements for setting aside, and for what was set aside: giving it its names back, or dropping it. These look first
 * whether it still is what was planned for, on the server and in the same transaction where PostgreSQL has one for it. Pure.
 */
final class SetAsideSteps {
    private SetAsideSteps() {}

    /**
     * What renaming needs: nobody logs in any more, and nobody is connected. Fails where a name is another thing's by now.
     *
     * @param actual in which they are what they were planned for
     */
    static List<Step> close(Collection<String> databases, Collection<String> roles, HostState actual) {
        List<String> lock = new ArrayList<>(List.of(same(databases, roles, actual)));
        roles.forEach(role -> lock.add("ALTER ROLE " + identifier(role) + " NOLOGIN"));
        databases.forEach(name -> lock.add("ALTER DATABASE " + identifier(name) + " ALLOW_CONNECTIONS false"));
        return List.of(
                new Step.Sql("no more logins", "", lock),
                new Step.Sql("end sessions", "", List.of(Disconnect.all(databases, roles))));
    }

    /**
     * What a branch has on its host and loses.
     *
     * @param id the registry's
     * @param database null when it is not there
     * @param roles names of those that are there
     * @param identity their numbers
     * @param days for how long it is retained at least
     */
    record Leaving(
            String organization,
            ResourceKey branch,
            String id,
            @Nullable String database,
            SortedMap<RoleKind, String> roles,
            Identity identity,
            int days) {
        private String name() {
            return database == null ? roles.values().iterator().next() : database;
        }

        /** Which row of axiomdb.retained is its own until it gets another name. */
        private String row() {
            return "id = " + literal(id) + " AND name = " + literal(name());
        }

        /** Whoever is a member of its roles has their rights. */
        private String alone() {
            return Memberships.takeOff(
                    roles.keySet().stream()
                            .map(kind -> identity.roles().getOrDefault(kind, 0L))
                            .toList(),
                    row());
        }
    }

    /**
     * Ends access and retains the data. The first two steps wait for nothing that is inside, such as a prepared transaction:
     * nobody logs in, the database is the administrator's, and superusers alone may enter it, to settle what is left there. Only
     * the last step, the new name, needs an empty database; until it is made the removal is planned again.
     */
    static List<Step> remove(Leaving leaving) {
        List<String> close = new ArrayList<>(List.of(planned(leaving)));
        leaving.roles().values().forEach(role -> close.add("ALTER ROLE " + identifier(role) + " NOLOGIN"));
        close.add(LedgerSql.forgetGone());
        close.add(LedgerSql.retain(
                leaving.organization(),
                leaving.branch(),
                leaving.id(),
                leaving.database(),
                leaving.roles(),
                "removed",
                leaving.days()));
        List<String> databases = new ArrayList<>();
        if (leaving.database() != null) {
            String name = identifier(leaving.database());
            databases.add(leaving.database());
            close.add("ALTER DATABASE " + name + " OWNER TO CURRENT_USER");
            close.add("ALTER DATABASE " + name + " CONNECTION LIMIT 0");
            // Whoever may make databases may copy one that is a template, whether it lets anybody in or not.
            close.add("ALTER DATABASE " + name + " IS_TEMPLATE false");
        }
        List<String> rename = new ArrayList<>(List.of(rename(leaving)));
        if (!leaving.roles().isEmpty()) {
            close.add(leaving.alone());
            rename.addFirst(leaving.alone());
        }
        return List.of(
                new Step.Sql("end access", "", close),
                new Step.Sql(
                        "end sessions",
                        "",
                        List.of(Disconnect.all(databases, leaving.roles().values()))),
                new Step.Sql("rename to " + KeptNames.PLANNED, "", rename));
    }

    /** Fails where one of these names is another thing's by now: an owner may give its database another name, and make one of the old. */
    static String same(Collection<String> databases, Collection<String> roles, HostState actual) {
        StringBuilder body = new StringBuilder();
        databases.forEach(name -> isDatabase(
                body, name, Objects.requireNonNull(actual.databases().get(name)).oid()));
        roles.forEach(name -> isRole(
                body, name, Objects.requireNonNull(actual.roles().get(name)).oid()));
        return block(body);
    }

    /** The same, by what the registry knows. */
    private static String planned(Leaving leaving) {
        StringBuilder body = new StringBuilder();
        if (leaving.database() != null) {
            isDatabase(body, leaving.database(), leaving.identity().database());
        }
        leaving.roles()
                .forEach((kind, role) ->
                        isRole(body, role, leaving.identity().roles().getOrDefault(kind, 0L)));
        return block(body);
    }

    private static void isDatabase(StringBuilder body, String name, long number) {
        refuseUnless(
                body,
                "EXISTS (SELECT FROM pg_catalog.pg_database d WHERE d.oid = " + number + " AND d.datname = "
                        + literal(name) + ")",
                "database " + name + " is another one by now; plan again");
    }

    private static void isRole(StringBuilder body, String name, long number) {
        refuseUnless(
                body,
                "EXISTS (SELECT FROM pg_catalog.pg_authid r WHERE r.oid = " + number + " AND r.rolname = "
                        + literal(name) + ")",
                "role " + name + " is another one by now; plan again");
    }

    /** The server draws the name, so that nobody can have it ready. */
    private static String rename(Leaving leaving) {
        StringBuilder body = new StringBuilder(drawn());
        if (leaving.database() != null) {
            body.append(execute("ALTER DATABASE %I RENAME TO %I", literal(leaving.database()) + ", kept"))
                    .append(execute("ALTER DATABASE %I ALLOW_CONNECTIONS false", "kept"))
                    .append(comment("DATABASE", "kept", leaving.organization(), leaving.branch()));
        }
        leaving.roles().forEach((kind, role) -> {
            String to = "kept || " + literal("_" + kind.word());
            body.append(execute("ALTER ROLE %I RENAME TO %I", literal(role) + ", " + to))
                    .append(comment("ROLE", to, leaving.organization(), leaving.branch()));
        });
        body.append(
                        " UPDATE axiomdb.retained SET name = kept, removed = now(), keep_until = greatest(keep_until, now() +")
                .append(" make_interval(days => ")
                .append(leaving.days())
                .append(")) WHERE ")
                .append(leaving.row())
                .append(
                        "; IF NOT FOUND THEN RAISE EXCEPTION USING MESSAGE = 'axiomdb_lock has no row of what is retained'; END IF; ")
                .append(LedgerSql.noBranch(leaving.organization(), leaving.branch()))
                .append("; END");
        return "DO " + literal(body.toString());
    }

    /**
     * Retains the database of a branch that goes on living, whose roles stay. Nobody is connected to it, and nobody can be.
     * To be run in the transaction that puts another in its place.
     */
    static String replace(String organization, ResourceKey branch, String id, String database, int days) {
        String body = drawn()
                + " " + LedgerSql.retain(organization, branch, id, database, new TreeMap<>(), "reset", days) + ";"
                + " UPDATE axiomdb.retained SET name = kept WHERE id = " + literal(id) + " AND name = "
                + literal(database) + ";"
                + execute("ALTER DATABASE %I RENAME TO %I", literal(database) + ", kept")
                + execute("ALTER DATABASE %I OWNER TO CURRENT_USER", "kept")
                + execute("ALTER DATABASE %I CONNECTION LIMIT 0", "kept")
                + execute("ALTER DATABASE %I IS_TEMPLATE false", "kept")
                + comment("DATABASE", "kept", organization, branch) + " END";
        return "DO " + literal(body);
    }

    private static String drawn() {
        return "DECLARE kept text := " + literal(KeptNames.BEGIN)
                + " || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''); BEGIN";
    }

    private static String execute(String format, String values) {
        return " EXECUTE pg_catalog.format(" + literal(format) + ", " + values + ");";
    }

    private static String comment(String kind, String name, String organization, ResourceKey branch) {
        String text = literal(KeptNames.comment(organization, branch) + " ")
                + " || pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD\"T\"HH24:MI:SSOF')";
        return execute("COMMENT ON " + kind + " %I IS %L", name + ", " + text);
    }

    /**
     * Gives names, owner and limit back, all at once, and takes off what others granted meanwhile. The database can be entered
     * from then on; its roles still can't log in, for that comes last of all.
     *
     * @param withMembers whether memberships are given back
     */
    static Step bringBack(
            String organization,
            ResourceKey branch,
            SetAside kept,
            BranchNames names,
            String marker,
            boolean withMembers) {
        DatabaseState database = kept.requireDatabase();
        String name = identifier(names.database());
        List<String> statements = new ArrayList<>();
        StringBuilder still = new StringBuilder();
        same(kept, still);
        statements.add(block(still));
        statements.add(Memberships.takeOff(
                kept.roles().values().stream().map(RoleState::oid).toList()));
        kept.roles().forEach((kind, role) -> {
            String to = identifier(names.role(kind));
            statements.add("ALTER ROLE " + identifier(role.name()) + " RENAME TO " + to);
            statements.add("COMMENT ON ROLE " + to + " IS " + literal(marker));
        });
        statements.add("ALTER DATABASE " + identifier(database.name()) + " RENAME TO " + name);
        if (kept.roles().containsKey(RoleKind.OWNER)) {
            statements.add("ALTER DATABASE " + name + " OWNER TO " + identifier(names.owner()));
        }
        statements.add(
                "ALTER DATABASE " + name + " CONNECTION LIMIT " + kept.row().connectionLimit());
        statements.add("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
        statements.add("COMMENT ON DATABASE " + name + " IS " + literal(marker));
        if (withMembers) {
            statements.add(Memberships.giveBack(kept.row().number()));
        }
        statements.add(LedgerSql.broughtBack(organization, branch, kept.row().number(), names));
        statements.add(LedgerSql.notRetained(kept.row().number()));
        return new Step.Sql("bring back " + database.name(), "", statements);
    }

    /**
     * The database first, alone, then its roles. What a crash leaves of it is dropped the next time, and roles that are tied to
     * something else, as anybody can tie them by a GRANT, go once that is undone.
     */
    static List<Step> drop(SetAside kept) {
        List<Step> steps = new ArrayList<>();
        DatabaseState database = kept.database();
        if (database != null) {
            steps.add(new Step.Sql(
                    "check " + database.name(),
                    "",
                    List.of(
                            unused(kept.ties().isEmpty() ? kept : kept.withoutRoles()),
                            "ALTER DATABASE " + identifier(database.name()) + " IS_TEMPLATE false")));
            steps.add(new Step.SqlAlone("drop " + database.name(), "", "DROP DATABASE " + identifier(database.name())));
        }
        if (!kept.ties().isEmpty()) {
            return steps;
        }
        List<String> rest = new ArrayList<>();
        if (!kept.roles().isEmpty()) {
            List<String> roles =
                    kept.roles().values().stream().map(RoleState::name).toList();
            rest.add(unused(new SetAside(kept.branch(), kept.host(), kept.row(), null, kept.roles(), kept.ties())));
            rest.add("DROP ROLE " + SqlText.identifiers(roles));
        }
        rest.add(LedgerSql.notRetained(kept.row().number()));
        rest.add(LedgerSql.forgetGone());
        steps.add(new Step.Sql(kept.roles().isEmpty() ? "forget it" : "drop its roles", "", rest));
        return steps;
    }

    /** Fails, with words for people, when anything is not as it was set aside: reopened, marked otherwise, in use. */
    private static String unused(SetAside kept) {
        StringBuilder body = new StringBuilder();
        same(kept, body);
        DatabaseState database = kept.database();
        if (database != null) {
            refuseUnless(
                    body,
                    "EXISTS (SELECT FROM pg_catalog.pg_database d WHERE d.datname = " + literal(database.name())
                            + " AND NOT d.datallowconn)",
                    "database " + database.name() + " allows connections again");
        }
        String names = literals(kept.names());
        refuseUnless(
                body,
                "NOT EXISTS (SELECT FROM pg_catalog.pg_authid r WHERE r.rolname IN (" + names + ") AND r.rolcanlogin)",
                "a role of " + kept.name() + " may log in again");
        refuseUnless(
                body,
                "NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datname IN (" + names
                        + ") OR a.usename IN (" + names + "))",
                "somebody is connected to " + kept.name() + ", or as one of its roles");
        untied(kept, body);
        return block(body);
    }

    /** The same database and roles by number, under the names that they were given, and the administrator's still. */
    private static void same(SetAside kept, StringBuilder body) {
        refuseUnless(
                body,
                "EXISTS (SELECT FROM axiomdb.retained r WHERE r.number = "
                        + kept.row().number() + " AND r.name = " + literal(kept.name()) + ")",
                "axiomdb_lock no longer says that " + kept.name() + " is retained");
        DatabaseState database = kept.database();
        if (database != null) {
            refuseUnless(
                    body,
                    "EXISTS (SELECT FROM pg_catalog.pg_database d JOIN pg_catalog.pg_authid o ON o.oid = d.datdba WHERE"
                            + " d.oid = " + database.oid() + " AND d.datname = " + literal(kept.name())
                            + " AND o.rolname = " + literal(kept.row().keeper()) + ")",
                    "database " + kept.name() + " is not as it was left");
        }
        kept.roles()
                .values()
                .forEach(role -> refuseUnless(
                        body,
                        "EXISTS (SELECT FROM pg_catalog.pg_authid r WHERE r.rolname = " + literal(role.name())
                                + " AND r.oid = " + role.oid() + ")",
                        "role " + role.name() + " is not as it was left"));
    }

    private static String block(StringBuilder body) {
        return "DO " + literal("BEGIN" + body + " END");
    }

    /** A role that owns or may use anything else can't be dropped, and what it owns is nobody's to drop. */
    private static void untied(SetAside kept, StringBuilder body) {
        if (kept.roles().isEmpty()) {
            return;
        }
        String roles =
                literals(kept.roles().values().stream().map(RoleState::name).toList());
        DatabaseState database = kept.database();
        String own = database == null
                ? ""
                : " AND NOT EXISTS (SELECT FROM pg_catalog.pg_database d WHERE d.datname = " + literal(database.name())
                        + " AND (s.dbid = d.oid OR s.dbid = 0 AND s.classid = 'pg_catalog.pg_database'::pg_catalog.regclass"
                        + " AND s.objid = d.oid))";
        refuseUnless(
                body,
                "NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend s JOIN pg_catalog.pg_authid r ON r.oid = s.refobjid WHERE"
                        + " s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND r.rolname IN (" + roles + ")"
                        + own + ")",
                "a role of it owns something, or has rights, elsewhere");
    }

    private static void refuseUnless(StringBuilder body, String condition, String why) {
        body.append(" IF NOT (")
                .append(condition)
                .append(") THEN RAISE EXCEPTION USING MESSAGE = ")
                .append(literal(why))
                .append("; END IF;");
    }
}
