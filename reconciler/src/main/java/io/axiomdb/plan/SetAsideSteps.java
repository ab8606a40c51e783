package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;
import static io.axiomdb.plan.SqlText.literals;

import io.axiomdb.desired.BranchNames;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.RoleState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Statements for setting aside, and for what was set aside: giving it its names back, or dropping it. These look first
 * whether it still is what was planned for, on the server and in the same transaction where PostgreSQL has one for it. Pure.
 */
final class SetAsideSteps {
    /** How long a session that is told to end may take, in milliseconds. */
    private static final int END_MS = 5000;

    private static final String NOW =
            "pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.now()), 'YYYYMMDDHH24MISS')";

    private SetAsideSteps() {}

    /**
     * What renaming needs: nobody logs in any more, and nobody is connected.
     *
     * @param database empty for none
     */
    static List<Step> close(String database, Collection<String> roles) {
        return close(database.isEmpty() ? List.of() : List.of(database), roles);
    }

    /** The same for several databases at once. */
    static List<Step> close(Collection<String> databases, Collection<String> roles) {
        List<String> lock = new ArrayList<>();
        roles.forEach(role -> lock.add("ALTER ROLE " + identifier(role) + " NOLOGIN"));
        databases.forEach(name -> lock.add("ALTER DATABASE " + identifier(name) + " ALLOW_CONNECTIONS false"));
        return List.of(
                new Step.Sql("no more logins", "", lock),
                new Step.Sql("end sessions", "", List.of(end(databases, roles))));
    }

    /**
     * Gives it a name that nothing else has, with the moment in it, and a comment that keeps where it came from. A branch may
     * be set aside, come back and be set aside again. All statements of a transaction see the same moment.
     *
     * @param suffix follows the moment, so that database and roles of one branch stand together
     */
    static String setAside(String kind, String name, String kept, String suffix, String marker) {
        return setAside(kind, name, kept, suffix, marker, NOW);
    }

    /**
     * The same by another moment.
     *
     * @param moment an expression, with its seconds
     */
    static String setAside(String kind, String name, String kept, String suffix, String marker, String moment) {
        String to = literal(kept + "_") + " || moment || " + literal(suffix);
        String origin = literal(marker.replaceFirst("axm:", "axm-removed:") + " ")
                + " || pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD\"T\"HH24:MI:SSOF')";
        // The body is quoted as a literal, so that nothing in a name can end it.
        String body = "DECLARE moment text := " + moment + "; BEGIN"
                + " EXECUTE pg_catalog.format(" + literal("ALTER " + kind + " %I RENAME TO %I") + ", " + literal(name)
                + ", " + to + ");"
                + " EXECUTE pg_catalog.format(" + literal("COMMENT ON " + kind + " %I IS %L") + ", " + to + ", "
                + origin
                + "); END";
        return "DO " + literal(body);
    }

    /** Ends every session of databases and of roles, and waits for them to be gone. */
    private static String end(Collection<String> databases, Collection<String> roles) {
        String byRole = roles.isEmpty() ? "" : " OR usename IN (" + literals(roles) + ")";
        String byDatabase = databases.size() > 1
                ? "datname IN (" + literals(databases) + ")"
                : "datname = " + (databases.isEmpty() ? literal("") : literals(databases));
        return "SELECT pg_catalog.pg_terminate_backend(pid, " + END_MS + ") FROM pg_catalog.pg_stat_activity WHERE"
                + " (" + byDatabase + byRole + ") AND pid <> pg_catalog.pg_backend_pid()";
    }

    /**
     * Gives names and comments back, all at once. The database can be entered from then on; its roles still can't log in, for
     * that comes last of all.
     */
    static Step bringBack(SetAside kept, BranchNames names, String marker) {
        DatabaseState database = kept.requireDatabase();
        String name = identifier(names.database());
        List<String> statements = new ArrayList<>();
        StringBuilder still = new StringBuilder();
        same(kept, still);
        statements.add(block(still));
        statements.add("ALTER DATABASE " + identifier(database.name()) + " RENAME TO " + name);
        statements.add("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
        statements.add("COMMENT ON DATABASE " + name + " IS " + literal(marker));
        kept.roles().forEach((kind, role) -> {
            String to = identifier(names.role(kind));
            statements.add("ALTER ROLE " + identifier(role.name()) + " RENAME TO " + to);
            statements.add("COMMENT ON ROLE " + to + " IS " + literal(marker));
        });
        return new Step.Sql("bring back " + database.name(), "", statements);
    }

    /** The database first, alone, then its roles. What a crash leaves of it is dropped the next time. */
    static List<Step> drop(SetAside kept) {
        List<Step> steps = new ArrayList<>();
        DatabaseState database = kept.database();
        if (database != null) {
            steps.add(new Step.Sql("check " + database.name(), "", List.of(unused(kept))));
            steps.add(new Step.SqlAlone("drop " + database.name(), "", "DROP DATABASE " + identifier(database.name())));
        }
        if (!kept.roles().isEmpty()) {
            SetAside rest = new SetAside(kept.branch(), kept.host(), kept.moment(), null, kept.roles(), kept.ties());
            List<String> roles =
                    kept.roles().values().stream().map(RoleState::name).toList();
            steps.add(new Step.Sql(
                    "drop its roles", "", List.of(unused(rest), "DROP ROLE " + SqlText.identifiers(roles))));
        }
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

    /** The same database and roles, with the same comments and the same owner. */
    private static void same(SetAside kept, StringBuilder body) {
        DatabaseState database = kept.database();
        if (database != null) {
            refuseUnless(
                    body,
                    "EXISTS (SELECT FROM pg_catalog.pg_database d JOIN pg_catalog.pg_authid o ON o.oid = d.datdba WHERE"
                            + " d.datname = " + literal(database.name()) + " AND o.rolname = "
                            + literal(database.owner()) + " AND pg_catalog.shobj_description(d.oid, 'pg_database') = "
                            + literal(database.marker()) + ")",
                    "database " + database.name() + " is not as it was set aside");
        }
        kept.roles()
                .values()
                .forEach(role -> refuseUnless(
                        body,
                        "EXISTS (SELECT FROM pg_catalog.pg_authid r WHERE r.rolname = " + literal(role.name())
                                + " AND pg_catalog.shobj_description(r.oid, 'pg_authid') = " + literal(role.marker())
                                + ")",
                        "role " + role.name() + " is not as it was set aside"));
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
