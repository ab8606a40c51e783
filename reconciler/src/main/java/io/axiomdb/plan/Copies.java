package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.compile.CopyNames;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.registry.BeingMade;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is left of databases that were being made, and their end. Nobody but superusers is ever let in to one before it has its
 * branch's name. It is dropped only if the registry holds its name, it belongs to a superuser, and it has the number that was
 * written down, if one was; whatever else is called so is somebody else's, and stays. Pure.
 */
final class Copies {
    /** Superusers alone pass it. */
    static final int CLOSED = 0;

    private Copies() {}

    /** What of a branch's is on the host. */
    static List<BeingMade> left(Ours ours, HostState actual) {
        return ours.beingMade().stream().filter(one -> isLeft(one, actual)).toList();
    }

    /** What of a branch's is nowhere on the host: it was never made, or is gone. */
    static List<BeingMade> gone(Ours ours, HostState actual) {
        return ours.beingMade().stream()
                .filter(one -> !isLeft(one, actual) && actual.database(one.oid(), one.name()) == null)
                .toList();
    }

    private static boolean isLeft(BeingMade one, HostState actual) {
        DatabaseState there = actual.databases().get(one.name());
        return there != null && (one.oid() == 0 || one.oid() == there.oid())
                || actual.roles().containsKey(CopyNames.of(one.digits()).login());
    }

    /** Without what left logins are members of: that ends with the logins, which are dropped first. */
    static HostState withoutMembers(Ours ours, HostState actual) {
        SortedSet<String> logins = new TreeSet<>();
        left(ours, actual).forEach(one -> logins.add(CopyNames.of(one.digits()).login()));
        if (logins.isEmpty()) {
            return actual;
        }
        SortedMap<String, RoleState> roles = new TreeMap<>(actual.roles());
        roles.replaceAll((_, role) -> role.with(role.memberOf(), others(role.members(), logins)));
        return new HostState(roles, actual.databases());
    }

    private static SortedSet<Membership> others(SortedSet<Membership> members, SortedSet<String> logins) {
        SortedSet<Membership> others = new TreeSet<>(members);
        others.removeIf(member -> logins.contains(member.role()));
        return others;
    }

    /** The change, which first takes away what is left; the registry learns that it is gone. */
    static Change cleared(List<BeingMade> left, Change change) {
        List<Step> first = left.stream()
                .flatMap(one -> clear(CopyNames.of(one.digits()), one.oid()).stream())
                .toList();
        return change.after(first).settling(change.settles().and(left));
    }

    /** Takes away what a change itself makes, when it is undone. */
    static List<Step> clear() {
        return clear(CopyNames.PLANNED, 0);
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

    /** Safe to run when there is none, and again. */
    private static List<Step> clear(CopyNames names, long oid) {
        return List.of(
                new Step.Sql(
                        "see that " + names.database() + " is what was begun",
                        "",
                        List.of(refuseForeign(names.database(), oid))),
                new Step.SqlAlone(
                        "drop the unfinished database",
                        "",
                        "DROP DATABASE IF EXISTS " + identifier(names.database()) + " WITH (FORCE)"),
                new Step.Sql("drop its role", "", List.of("DROP ROLE IF EXISTS " + identifier(names.login()))));
    }

    private static String refuseForeign(String database, long oid) {
        return "DO "
                + literal("BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_database d"
                        + " JOIN pg_catalog.pg_roles r ON r.oid = d.datdba WHERE d.datname = " + literal(database)
                        + " AND (NOT r.rolsuper" + (oid == 0 ? "" : " OR d.oid <> " + oid)
                        + ")) THEN RAISE EXCEPTION USING MESSAGE = "
                        + literal("database " + database
                                + " is not the one that AxiomDB began to make: it stays as it is")
                        + ", HINT = 'plan again'; END IF; END");
    }
}
