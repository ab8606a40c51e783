package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Source;
import io.axiomdb.host.DatabaseState.Contents;
import io.axiomdb.host.DatabaseState.SchemaState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** What is inside a branch's database, wanted against actual: schemas, default privileges, objects. Pure. */
final class InsideDifferences {
    private static final Contents NOTHING = new Contents(
            Collections.emptySortedMap(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet());

    private final BranchWant branch;
    private final Contents want;
    private final String owner;
    private final Source self;
    private final Contents actual;
    private final Set<String> newRoles;
    private final List<Difference> found = new ArrayList<>();

    private InsideDifferences(BranchWant branch, Contents actual, Set<String> newRoles) {
        this.actual = actual;
        this.newRoles = newRoles;
        this.branch = branch;
        this.want = Objects.requireNonNull(branch.database().contents());
        this.owner = SqlText.identifier(branch.names().owner());
        this.self = branch.origin().self();
    }

    static List<Difference> between(BranchWant branch, Contents actual, Set<String> newRoles) {
        InsideDifferences differences = new InsideDifferences(branch, actual, newRoles);
        differences.want.schemas().values().forEach(differences::schema);
        differences.letGo();
        differences.defaults();
        differences.objects();
        differences.lookup();
        return differences.found;
    }

    /** Everything, for a database that is being made and that nobody has looked into yet: safe to run again. */
    static List<Difference> everything(BranchWant branch) {
        InsideDifferences differences = new InsideDifferences(branch, NOTHING, Set.of());
        differences.want.schemas().values().forEach(schema -> {
            differences.createSchema(schema);
            differences.takeFromPublic(schema);
        });
        differences.defaults();
        differences.lookup();
        return differences.found;
    }

    /** Of the pooler's role, or of one that took its name; on hosts without a pooler its rights are nobody's business. */
    private void lookup() {
        if (branch.lookup() == Lookup.Rights.LEFT) {
            return;
        }
        columns("privileges of ", minus(want.lookup(), actual.lookup()), Stage.INSIDE_GIVE, "GRANT SELECT (", ") TO ");
        columns(
                "not wanted: privileges of ",
                minus(actual.lookup(), want.lookup()),
                Stage.INSIDE_TAKE,
                "REVOKE SELECT (",
                ") FROM ");
    }

    private void columns(String name, SortedSet<String> columns, Stage stage, String verb, String end) {
        if (!columns.isEmpty()) {
            boolean gives = stage == Stage.INSIDE_GIVE;
            String list = "SELECT of " + String.join(", ", columns);
            String ends = end.replace(")", ") ON TABLE pg_catalog.pg_authid");
            add(
                    "table pg_catalog.pg_authid",
                    name + Lookup.ROLE,
                    gives ? "" : list,
                    gives ? list : "",
                    stage,
                    List.of(verb + SqlText.identifiers(columns) + ends + SqlText.identifier(Lookup.ROLE)));
        }
    }

    private static SortedSet<String> minus(SortedSet<String> from, SortedSet<String> what) {
        SortedSet<String> rest = new TreeSet<>(from);
        rest.removeAll(what);
        return rest;
    }

    private void schema(SchemaState schema) {
        SchemaState there = actual.schemas().get(schema.name());
        if (there == null) {
            createSchema(schema);
            return;
        }
        String subject = "schema " + schema.name();
        if (!there.owner().equals(schema.owner())) {
            found.add(new Difference(
                    subject,
                    "owner",
                    there.owner(),
                    schema.owner(),
                    self,
                    Nature.UNASKED,
                    Stage.INSIDE_GIVE,
                    List.of(own(schema))));
        }
        found.addAll(schemaGrants(schema, there.owner()).between(toOthers(schema, there), there.grants()));
    }

    /** Where the owner stays who it is, it needs no grants: it has its rights without them. */
    private List<Grant> toOthers(SchemaState wanted, SchemaState there) {
        return wanted.grants().stream()
                .filter(grant -> !branch.additive() || !grant.grantee().equals(there.owner()))
                .toList();
    }

    /** Schemas that the file named when last applied and no longer does: the roles' rights go, everyone else's stay. */
    private void letGo() {
        Set<String> roles = Set.of(branch.names().rw(), branch.names().ro());
        actual.schemas().values().stream()
                .filter(there -> !want.schemas().containsKey(there.name()))
                .forEach(there -> found.addAll(schemaGrants(there, there.owner())
                        .between(
                                List.of(),
                                there.grants().stream()
                                        .filter(g -> roles.contains(g.grantee()))
                                        .toList())));
    }

    private void createSchema(SchemaState schema) {
        String name = SqlText.identifier(schema.name());
        add(
                "schema " + schema.name(),
                "",
                "",
                "owner " + schema.owner(),
                Stage.INSIDE_GIVE,
                List.of("CREATE SCHEMA IF NOT EXISTS " + name + " AUTHORIZATION " + owner, own(schema)));
        found.addAll(schemaGrants(schema, "").between(schema.grants(), List.of()));
    }

    private String own(SchemaState schema) {
        return "ALTER SCHEMA " + SqlText.identifier(schema.name()) + " OWNER TO " + owner;
    }

    private void takeFromPublic(SchemaState schema) {
        add(
                "schema " + schema.name(),
                "not wanted: privileges of PUBLIC",
                "",
                "",
                Stage.INSIDE_TAKE,
                List.of("REVOKE ALL ON SCHEMA " + SqlText.identifier(schema.name()) + " FROM PUBLIC"));
    }

    private GrantDifferences schemaGrants(SchemaState schema, String ownerNow) {
        String on = " ON SCHEMA " + SqlText.identifier(schema.name());
        return inside(
                schema.name(),
                ownerNow,
                "schema " + schema.name(),
                (privileges, grantee) -> "GRANT " + privileges + on + " TO " + grantee,
                (privileges, grantee) -> "REVOKE " + privileges + on + " FROM " + grantee + " CASCADE");
    }

    private void defaults() {
        record Place(String schema, ObjectKind kind) {}
        List<DefaultGrant> all = new ArrayList<>(want.defaultGrants());
        all.addAll(actual.defaultGrants());
        all.stream()
                .map(d -> new Place(d.schema(), d.kind()))
                .distinct()
                .sorted(Comparator.comparing(Place::schema).thenComparing(Place::kind))
                .forEach(place -> found.addAll(defaultGrants(place.schema(), place.kind())
                        .between(
                                in(want.defaultGrants(), place.schema(), place.kind()),
                                in(actual.defaultGrants(), place.schema(), place.kind()))));
    }

    private static List<Grant> in(Collection<DefaultGrant> grants, String schema, ObjectKind kind) {
        return grants.stream()
                .filter(d -> d.schema().equals(schema) && d.kind() == kind)
                .map(DefaultGrant::grant)
                .toList();
    }

    private GrantDifferences defaultGrants(String schema, ObjectKind kind) {
        String scope = schema.isEmpty() ? "" : " IN SCHEMA " + SqlText.identifier(schema);
        String alter = "ALTER DEFAULT PRIVILEGES FOR ROLE " + owner + scope;
        String on = " ON " + ObjectDifferences.keyword(kind) + "S ";
        return inside(
                schema,
                "",
                "future " + ObjectDifferences.keyword(kind).toLowerCase(Locale.ROOT) + "s"
                        + (schema.isEmpty() ? " everywhere" : " in schema " + schema),
                (privileges, grantee) -> alter + " GRANT " + privileges + on + "TO " + grantee,
                (privileges, grantee) -> alter + " REVOKE " + privileges + on + "FROM " + grantee + " CASCADE");
    }

    private void objects() {
        ObjectDifferences objects = new ObjectDifferences(branch, want, this::inside);
        actual.objects().forEach(rights -> found.addAll(objects.of(rights)));
    }

    /** What is not there yet has lost nothing. */
    private boolean isNew(String schema, String grantee) {
        boolean missing = !schema.isEmpty() && !actual.schemas().containsKey(schema);
        return missing || newRoles.contains(grantee);
    }

    private GrantDifferences inside(
            String schema,
            String ownerNow,
            String subject,
            BiFunction<String, String, String> grant,
            BiFunction<String, String, String> revoke) {
        return new GrantDifferences(
                subject,
                self,
                Stage.INSIDE_GIVE,
                Stage.INSIDE_TAKE,
                grant,
                revoke,
                grantee -> grantee.equals(ownerNow) || isNew(schema, grantee));
    }

    private void add(String subject, String name, String before, String after, Stage stage, List<String> statements) {
        found.add(new Difference(subject, name, before, after, self, Nature.ORDINARY, stage, statements));
    }
}
