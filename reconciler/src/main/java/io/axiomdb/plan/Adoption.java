package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Ledger.BranchRow;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.Ledger.Whose;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.plan.BranchComparison.Purpose;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Taking over a database and roles that somebody else made, by their numbers, which the registry learns at the end. The comments come last, in one transaction with the database's
 * owner: until then nothing counts as AxiomDB's, and what was cut short is begun again by adopting again. Pure.
 *
 * @param policy of the project; null when it has none, and then nobody is let in
 * @param guarded whether the host lets in only whom a policy names
 * @param claims what belongs to other branches
 * @param ledger what is written down on the server itself
 * @param isChild whether the branch has a parent
 */
record Adoption(
        BranchWant want,
        HostState actual,
        int serverVersion,
        @Nullable Network policy,
        boolean guarded,
        Claims claims,
        Ledger ledger,
        boolean isChild) {
    /** The name of the fields that say, first of all, what others will lose. */
    static final String TAKES_AWAY = "takes away";

    /** What keeps it from being adopted; none when nothing does. */
    List<Diagnostic> refusals() {
        List<Diagnostic> found = new ArrayList<>();
        DatabaseState database = database();
        roles().forEach((name, role) -> {
            claimed("role " + name, claims.roles().get(role.oid()), found);
            written("role " + name, otherOf(role, database), found);
        });
        if (database == null) {
            found.add(refusal(
                    "roles of that name are on host " + want.host() + ", and database "
                            + want.names().database() + " is not",
                    "only a database can be adopted, its roles with it; rename the roles, or give the branch others with"
                            + " names:"));
            return found;
        }
        claimed("database " + database.name(), claims.databases().get(database.oid()), found);
        written("database " + database.name(), otherOf(database), found);
        if (database.contents() == null) {
            found.add(Diagnostic.of(
                    Code.DATABASE_UNREADABLE,
                    want.origin().self(),
                    "database " + database.name() + " on host " + want.host()
                            + (database.allowConnections()
                                    ? " did not answer: " + database.unread()
                                    : " does not allow connections"),
                    "it is adopted once it can be entered, so that you see what would change"));
        }
        return found;
    }

    /** Whose a database is on the server's own word: another organization's, or something retained. */
    private @Nullable Whose otherOf(DatabaseState database) {
        return ledger.branchOf(database.oid())
                .map(BranchRow::whose)
                .filter(whose -> !whose.organization().equals(want.organization()))
                .or(() -> ledger.retainedOf(database.oid()).map(RetainedRow::whose))
                .orElse(null);
    }

    /** The same of a role: another branch's row goes along with its database, and never without. */
    private @Nullable Whose otherOf(RoleState role, @Nullable DatabaseState database) {
        return ledger.branchOfRole(role.oid())
                .filter(row -> !row.whose().equals(whose())
                        && (!row.whose().organization().equals(want.organization())
                                || database == null
                                || row.database() != database.oid()))
                .map(BranchRow::whose)
                .or(() -> ledger.retainedOfRole(role.oid()).map(RetainedRow::whose))
                .orElse(null);
    }

    private void written(String what, @Nullable Whose other, List<Diagnostic> found) {
        if (other != null) {
            found.add(refusal(
                    what + " on host " + want.host() + " is written down in axiomdb_lock as that of " + other,
                    "two branches never share a database or a role, for whoever manages one would have the passwords of the"
                            + " other: give this branch names: of its own, or take the other one out first"));
        }
    }

    /**
     * Numbers that are other branches', by what these are called. Comments count for nothing: their owners write them.
     */
    record Claims(SortedMap<Long, ResourceKey> databases, SortedMap<Long, ResourceKey> roles) {}

    /**
     * What the registry knows to be another branch's on the same server, whatever host it calls that.
     *
     * @param system the server's identifier
     */
    static Claims claims(Registry registry, BranchWant want, String system) {
        SortedMap<Long, ResourceKey> databases = new TreeMap<>();
        SortedMap<Long, ResourceKey> roles = new TreeMap<>();
        registry.applied().forEach((key, applied) -> {
            if (!key.equals(want.key()) && applied.identity().system().equals(system)) {
                claim(key, applied.identity(), databases, roles);
            }
        });
        registry.removed().stream()
                .filter(removed -> removed.identity().system().equals(system))
                .forEach(removed -> claim(removed.resource(), removed.identity(), databases, roles));
        return new Claims(databases, roles);
    }

    private static void claim(
            ResourceKey key,
            Identity identity,
            SortedMap<Long, ResourceKey> databases,
            SortedMap<Long, ResourceKey> roles) {
        databases.put(identity.database(), key);
        identity.roles().values().forEach(oid -> roles.put(oid, key));
    }

    private void claimed(String what, @Nullable ResourceKey other, List<Diagnostic> found) {
        if (other != null) {
            found.add(refusal(
                    what + " on host " + want.host() + " is that of " + other,
                    "two branches never share a database or a role: give this branch names: of its own. If it was renamed outside"
                            + " AxiomDB, give it its name back, then plan again"));
        }
    }

    private Diagnostic refusal(String detail, String help) {
        return Diagnostic.of(Code.FOREIGN_OBJECT, want.origin().self(), detail, help);
    }

    private @Nullable DatabaseState database() {
        return actual.databases().get(want.names().database());
    }

    /** Those of the branch's roles that are there. */
    private SortedMap<String, RoleState> roles() {
        SortedMap<String, RoleState> there = new TreeMap<>(actual.roles());
        there.keySet().retainAll(want.state().roles().keySet());
        return there;
    }

    List<Difference> differences() {
        List<Difference> all = new ArrayList<>();
        for (Difference difference : BranchComparison.between(want, actual, serverVersion, Purpose.KEEP)) {
            all.add(isNewOwner(difference) ? difference.at(Stage.DATABASE_OPEN) : difference);
        }
        roles().values().stream()
                .filter(role -> !role.marker().equals(want.marker()))
                .forEach(role -> all.add(mark(role)));
        if (!isWrittenDown()) {
            all.add(new Difference(
                    "database " + want.names().database(),
                    "row in axiomdb_lock",
                    "",
                    want.key().path(),
                    want.origin().self(),
                    Nature.ORDINARY,
                    Stage.DATABASE_OPEN,
                    writtenDown()));
        }
        return all;
    }

    private List<String> writtenDown() {
        List<String> statements = new ArrayList<>(
                LedgerSql.moved(want.organization(), want.key(), want.names().database()));
        statements.add(LedgerSql.takenOver(want.organization(), want.key(), "", want.names(), isChild));
        return statements;
    }

    /** By an adoption whose end was not recorded. */
    private boolean isWrittenDown() {
        DatabaseState database = database();
        return ledger.branch(whose())
                .filter(row -> database != null && row.database() == database.oid())
                .filter(row -> isRole(RoleKind.OWNER, row.owner())
                        && isRole(RoleKind.RW, row.rw())
                        && isRole(RoleKind.RO, row.ro()))
                .isPresent();
    }

    private Whose whose() {
        return new Whose(want.organization(), want.key().project(), want.key().name());
    }

    private boolean isRole(RoleKind kind, long oid) {
        RoleState role = actual.roles().get(want.names().role(kind));
        return role != null && role.oid() == oid;
    }

    private boolean isNewOwner(Difference difference) {
        return difference.subject().equals("database " + want.names().database())
                && difference.name().equals("owner");
    }

    private Difference mark(RoleState role) {
        return new Difference(
                "role " + role.name(),
                "comment",
                role.marker(),
                want.marker(),
                want.origin().self(),
                Nature.ORDINARY,
                Stage.DATABASE_OPEN,
                List.of("COMMENT ON ROLE " + SqlText.identifier(role.name()) + " IS "
                        + SqlText.literal(want.marker())));
    }

    /** What others lose comes first and in words, then what is taken over, then everything that changes. */
    List<FieldChange> fields(List<Difference> differences) {
        List<FieldChange> fields = new ArrayList<>();
        differences.stream()
                .filter(Adoption::takesAway)
                .forEach(d -> fields.add(new FieldChange("", TAKES_AWAY, "", words(d), d.source())));
        if (guarded && (policy == null || policy.mode() != Network.Mode.PUBLIC_ALL)) {
            String rules = policy == null
                    ? "it has no network policy"
                    : "its rules: " + policy.rules().size();
            fields.add(new FieldChange(
                    "",
                    TAKES_AWAY,
                    "",
                    "logins from wherever project " + want.key().project() + " lets nobody in (" + rules
                            + "), whatever other lines of pg_hba.conf say",
                    want.origin().self()));
        }
        String roles = String.join(", ", roles().keySet());
        fields.add(field("database", want.names().database()));
        fields.add(field("roles", roles.isEmpty() ? "none of them is there yet" : roles));
        differences.forEach(difference -> fields.add(difference.toFieldChange()));
        return fields;
    }

    private FieldChange field(String name, String value) {
        return new FieldChange("", name, "", value, want.origin().of("names." + name));
    }

    private static boolean takesAway(Difference difference) {
        boolean gives =
                difference.name().equals("attribute") && difference.before().startsWith("NO");
        boolean comment = difference.name().equals("comment");
        return difference.nature() == Nature.UNASKED && !gives
                || difference.name().equals("owner") && !difference.before().isEmpty()
                || comment && !difference.before().isEmpty();
    }

    /** {@code CONNECT, TEMPORARY of PUBLIC on database crm}; the rest as {@code owner postgres of schema public}. */
    private static String words(Difference difference) {
        String grants = "not wanted: privileges of ";
        return difference.name().startsWith(grants)
                ? difference.before() + " of " + difference.name().substring(grants.length()) + " on "
                        + difference.subject()
                : difference.name() + " " + difference.before() + " of " + difference.subject();
    }

    /** What a person should know who takes it over, beside the changes. */
    List<Diagnostic> notices() {
        List<Diagnostic> found = new ArrayList<>(OthersObjects.in(want, database()));
        String kept = want.state().roles().values().stream()
                .filter(role -> role.password().equals(PasswordMark.UNKNOWN))
                .map(RoleState::name)
                .collect(Collectors.joining(", "));
        if (!kept.isEmpty()) {
            found.add(notice(
                    Code.PASSWORD_UNKNOWN,
                    want.key().path() + ": the passwords of " + kept + " stay as they are",
                    "AxiomDB does not know them until they are rotated, and can't print URLs with them"));
        }
        for (RoleKind kind : RoleKind.values()) {
            RoleState role = roles().get(want.names().role(kind));
            if (role != null && want.additive() && role.attributes().superuser()) {
                found.add(notice(
                        Code.SUPERUSER_ADOPTED,
                        "role " + role.name() + " on host " + want.host(),
                        "it may do everything on this server and stays so, because the branch says rights: additive; when"
                                + " nothing needs it any more: ALTER ROLE "
                                + SqlText.identifier(role.name()) + " NOSUPERUSER"));
            }
        }
        return found;
    }

    private Diagnostic notice(Code code, String detail, String help) {
        return Diagnostic.of(code, want.origin().self(), detail, help);
    }
}
