package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Source;
import io.axiomdb.host.DatabaseState.Contents;
import io.axiomdb.host.Grant;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.ObjectRights;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Rights on objects that exist, one group of like objects at a time, against what every object should grant. Pure. */
final class ObjectDifferences {
    private final Contents want;
    private final String owner;
    private final String quotedOwner;
    private final Source self;
    private final boolean additive;
    private final Grants grants;

    /** Compares grants on one thing in a schema, whose owner now has its rights without them. */
    interface Grants {
        GrantDifferences on(
                String schema,
                String ownerNow,
                String subject,
                BiFunction<String, String, String> grant,
                BiFunction<String, String, String> revoke);
    }

    /**
     * For one branch.
     *
     * @param grants compares grants on something inside the branch's database
     */
    ObjectDifferences(BranchWant branch, Contents want, Grants grants) {
        this.want = want;
        this.owner = branch.names().owner();
        this.quotedOwner = SqlText.identifier(owner);
        this.self = branch.origin().self();
        this.additive = branch.additive();
        this.grants = grants;
    }

    List<Difference> of(ObjectRights rights) {
        List<Difference> found = new ArrayList<>(owner(rights));
        if (rights.kind() == ObjectKind.COLUMN) {
            rights.names().forEach(name -> found.addAll(column(rights, name)));
        } else {
            found.addAll(objects(rights));
        }
        return found;
    }

    /** Tables sort before sequences: one that is linked to a column has followed its table by then, and stays. */
    private List<Difference> owner(ObjectRights rights) {
        if (rights.owner().equals(owner)) {
            return List.of();
        }
        String alter = rights.kind() == ObjectKind.ROUTINE ? "ALTER ROUTINE " : "ALTER TABLE ";
        List<String> statements = rights.names().stream()
                .map(name -> alter + name.sql() + " OWNER TO " + quotedOwner)
                .toList();
        return List.of(new Difference(
                subject(rights), "owner", rights.owner(), owner, self, Nature.UNASKED, Stage.INSIDE_GIVE, statements));
    }

    private List<Difference> objects(ObjectRights rights) {
        String on = " ON " + keyword(rights.kind()) + " "
                + rights.names().stream().map(ObjectRights.ObjectName::sql).collect(Collectors.joining(", "));
        return grants.on(
                        rights.schema(),
                        rights.owner(),
                        subject(rights),
                        (privileges, grantee) -> "GRANT " + privileges + on + " TO " + grantee,
                        (privileges, grantee) -> "REVOKE " + privileges + on + " FROM " + grantee + " CASCADE")
                .between(toOthers(rights), rights.grants());
    }

    private List<Difference> column(ObjectRights rights, ObjectRights.ObjectName name) {
        return grants.on(
                        rights.schema(),
                        rights.owner(),
                        "column " + name.sql() + "." + name.column(),
                        (privileges, grantee) -> column("GRANT ", privileges, name, " TO " + grantee),
                        (privileges, grantee) -> column("REVOKE ", privileges, name, " FROM " + grantee + " CASCADE"))
                .between(allowed(rights), rights.grants());
    }

    /** {@code SELECT (c), UPDATE (c)}: on columns each privilege names the column. */
    private static String column(String verb, String privileges, ObjectRights.ObjectName name, String tail) {
        String option = privileges.startsWith("GRANT OPTION FOR ") ? "GRANT OPTION FOR " : "";
        String each = List.of(privileges.substring(option.length()).split(", ")).stream()
                .map(privilege -> privilege + " (" + name.column() + ")")
                .collect(Collectors.joining(", "));
        return verb + option + each + " ON TABLE " + name.sql() + tail;
    }

    /**
     * On a column nothing is wanted, but what a role should have on the whole table may stay: where somebody put it in
     * the place of the table's, which is held back, taking it would leave the role with nothing.
     */
    private SortedSet<Grant> allowed(ObjectRights column) {
        SortedSet<Grant> both = new TreeSet<>(wanted(column.schema(), ObjectKind.TABLE));
        both.removeIf(g ->
                !column.grants().contains(g) && !column.grants().contains(new Grant(g.grantee(), g.privilege(), true)));
        return both;
    }

    /** Where the owner stays who it is, it needs no grants: it has its rights without them. */
    private SortedSet<Grant> toOthers(ObjectRights rights) {
        SortedSet<Grant> wanted = new TreeSet<>(wanted(rights.schema(), rights.kind()));
        if (additive) {
            wanted.removeIf(grant -> grant.grantee().equals(rights.owner()));
        }
        return wanted;
    }

    private SortedSet<Grant> wanted(String schema, ObjectKind kind) {
        return want.objects().stream()
                .filter(o -> o.schema().equals(schema) && o.kind() == kind)
                .findFirst()
                .map(ObjectRights::grants)
                .orElse(new TreeSet<>());
    }

    private static String subject(ObjectRights rights) {
        String kind = keyword(rights.kind()).toLowerCase(Locale.ROOT);
        SortedSet<ObjectRights.ObjectName> names = rights.names();
        return names.size() == 1
                ? kind + " " + names.first().sql()
                : names.size() + " " + kind + "s in schema " + rights.schema() + " from "
                        + names.first().sql();
    }

    static String keyword(ObjectKind kind) {
        return switch (kind) {
            case TABLE, COLUMN -> "TABLE";
            case SEQUENCE -> "SEQUENCE";
            case ROUTINE -> "ROUTINE";
        };
    }
}
