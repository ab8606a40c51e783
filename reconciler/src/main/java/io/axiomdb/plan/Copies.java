package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.compile.CopyNames;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is left of an interrupted copy, and its end. Nobody but superusers is ever let in to a copy before it has its
 * branch's name, and so nothing that is found under {@link CopyNames} is anybody's data. Pure.
 */
final class Copies {
    /** Superusers alone pass it. */
    static final int CLOSED = 0;

    private Copies() {}

    /** Whether something of an interrupted copy is on the host. */
    static boolean isLeft(String marker, HostState actual) {
        CopyNames names = CopyNames.of(marker);
        return actual.databases().containsKey(names.database())
                || actual.roles().containsKey(names.login());
    }

    /** Without what a left login is a member of: that ends with the login, which is dropped first. */
    static HostState withoutMembers(String marker, HostState actual) {
        String login = CopyNames.of(marker).login();
        if (!actual.roles().containsKey(login)) {
            return actual;
        }
        SortedMap<String, RoleState> roles = new TreeMap<>(actual.roles());
        roles.replaceAll((_, role) -> role.with(role.memberOf(), others(role.members(), login)));
        return new HostState(roles, actual.databases());
    }

    private static SortedSet<Membership> others(SortedSet<Membership> members, String login) {
        SortedSet<Membership> others = new TreeSet<>(members);
        others.removeIf(member -> member.role().equals(login));
        return others;
    }

    /** The steps, and before them what takes an interrupted copy away, if there is one. */
    static List<Step> cleared(String marker, HostState actual, List<Step> steps) {
        List<Step> all = new ArrayList<>(isLeft(marker, actual) ? clear(marker) : List.of());
        all.addAll(steps);
        return all;
    }

    /** For the digest. */
    static String canonical(CopyWay way) {
        return switch (way) {
            case CopyWay.Template(boolean ends, boolean clones) ->
                "template" + (ends ? ", ends sessions" : "") + (clones ? ", clones" : "");
            case CopyWay.Dump(CopyWay.Place place, boolean schemaOnly) ->
                "dump, " + place + (schemaOnly ? ", schema only" : "");
        };
    }

    /**
     * Takes an unfinished copy away, after making sure that it is one: AxiomDB's own, never opened. Safe to run when there
     * is none, and again.
     */
    static List<Step> clear(String marker) {
        String database = CopyNames.of(marker).database();
        String login = CopyNames.of(marker).login();
        return List.of(
                new Step.Sql("see that " + database + " was never opened", "", List.of(refuseForeign(database, login))),
                new Step.SqlAlone(
                        "drop the unfinished copy",
                        "",
                        "DROP DATABASE IF EXISTS " + identifier(database) + " WITH (FORCE)"),
                new Step.Sql("drop its role", "", List.of("DROP ROLE IF EXISTS " + identifier(login))));
    }

    private static String refuseForeign(String database, String login) {
        String name = literal(database);
        return "DO "
                + literal("BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_database d"
                        + " JOIN pg_catalog.pg_roles r ON r.oid = d.datdba WHERE d.datname = " + name
                        + " AND (NOT r.rolsuper OR d.datconnlimit NOT IN (" + CLOSED + ", " + CopyWay.CONNECTIONS + ")"
                        + " OR pg_catalog.shobj_description(d.oid, 'pg_database') IS NOT NULL))"
                        + " OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = " + literal(login)
                        + " AND pg_catalog.shobj_description(r.oid, 'pg_authid') IS DISTINCT FROM " + literal(login)
                        + ") THEN RAISE EXCEPTION USING MESSAGE = "
                        + literal("database " + database + " or role " + login
                                + " is no unfinished copy of AxiomDB's: it stays as it is")
                        + ", HINT = 'look at what it is, and rename it'; END IF; END");
    }
}
