package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.CopyNames;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.desired.Script;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.Ledger.Rows;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The steps that make a branch's database a copy of its parent's. All of it happens in a database of another name, which
 * nobody may enter; the last transaction gives it the branch's name and opens it. Pure.
 */
final class CopySteps {
    private final BranchWant want;
    private final BranchNames parent;
    private final CopyWay way;
    private final @Nullable Script transform;
    private final SortedMap<String, Script> asserts;
    private final Rows rows;
    private final String copy = CopyNames.PLANNED.database();
    private final String login = CopyNames.PLANNED.login();

    CopySteps(BranchWant want, BranchNames parent, CopyWay way, Branch branch) {
        this.want = want;
        this.parent = parent;
        this.way = way;
        this.transform = branch.transform();
        this.asserts = branch.asserts();
        this.rows = MaskRule.rows(branch);
    }

    /** Everything up to a whole and closed copy. */
    List<Step> make() {
        List<Step> steps = new ArrayList<>();
        boolean dumps = way instanceof CopyWay.Dump;
        if (dumps) {
            steps.add(new Step.Sql("role " + login + ", for restoring", "", loginMade()));
        }
        steps.add(new Step.Copy(
                "copy database " + parent.database() + " to " + copy,
                parent.database(),
                copy,
                way,
                login,
                want.names().owner()));
        steps.add(new Step.NoteDatabase("write down which database it is", copy));
        if (transform != null) {
            steps.add(new Step.Sql(
                    "leave out foreign servers and what depends on them", copy, List.of(LeftOut.statement())));
        }
        steps.add(new Step.SqlAlone("owners inside the copy", copy, HandOver.statement(parent, want.names())));
        steps.add(new Step.Sql("rights inside the copy", copy, inside()));
        if (transform != null || !asserts.isEmpty()) {
            steps.add(new Step.Sql(
                    dumps ? "let the scripts in" : "role " + login + ", for the scripts",
                    "",
                    dumps ? letIn() : join(loginMade(), letIn())));
        }
        if (transform != null) {
            steps.add(script("run " + transform.file() + " in the copy", transform, false));
            steps.add(new Step.RefreshDerived(
                    "refresh what holds copies of values",
                    copy,
                    login,
                    want.names().owner()));
        }
        asserts.values()
                .forEach(script -> steps.add(script("see that " + script.file() + " returns no row", script, true)));
        if (transform != null || !asserts.isEmpty() || dumps) {
            steps.add(new Step.Sql("close the copy again", "", shut()));
        }
        return steps;
    }

    private Step script(String title, Script script, boolean asserts) {
        return new Step.RunScript(
                title,
                copy,
                login,
                want.names().owner(),
                script.file(),
                Objects.requireNonNull(script.text()),
                asserts);
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** A member of the owner role and nothing else: whatever it tries, it is never more than the owner. */
    private List<String> loginMade() {
        String role = identifier(login);
        return List.of(
                "CREATE ROLE " + role + " LOGIN NOINHERIT",
                "ALTER ROLE " + role + " SET role TO " + literal(want.names().owner()),
                "GRANT " + identifier(want.names().owner()) + " TO " + role,
                "DO "
                        + literal("BEGIN EXECUTE pg_catalog.format('COMMENT ON ROLE %I IS %L', " + literal(login) + ", "
                                + rolesNow() + "); END"));
    }

    /**
     * A fingerprint of the branch's roles, their verifiers, settings and members. What users wrote runs as the owner, which may change its own
     * password: the login's comment holds what it was before, and nobody whom that runs as may write it.
     */
    private String rolesNow() {
        String roles = SqlText.literals(want.names().roles());
        return """
                (SELECT encode(sha256(convert_to(string_agg(x.line, ' ' ORDER BY x.line), 'UTF8')), 'hex') FROM (
                   SELECT to_jsonb(a)::text FROM pg_authid a WHERE a.rolname IN (%1$s)
                    UNION ALL
                   SELECT to_jsonb(s)::text FROM pg_db_role_setting s JOIN pg_authid a ON a.oid = s.setrole WHERE a.rolname IN (%1$s)
                    UNION ALL
                   SELECT to_jsonb(m)::text
                     FROM pg_auth_members m
                     JOIN pg_authid l ON l.rolname = %2$s AND l.oid NOT IN (m.roleid, m.member)
                     JOIN pg_authid a ON a.oid IN (m.roleid, m.member) AND a.rolname IN (%1$s)) x (line))""".formatted(roles, literal(login));
    }

    private String unchangedRoles() {
        return "DO "
                + literal("BEGIN IF " + rolesNow()
                        + " IS DISTINCT FROM (SELECT shobj_description(l.oid, 'pg_authid') FROM pg_authid l WHERE l.rolname = "
                        + literal(login) + ") THEN RAISE EXCEPTION USING MESSAGE = "
                        + literal("roles of the branch were changed while the copy was made: a password, a setting or a"
                                + " membership")
                        + ", HINT = "
                        + literal(
                                "what users wrote in the parent may have done it, such as a function that a constraint or a view"
                                        + " runs; find it there. If somebody did it by hand, apply again")
                        + "; END IF; END");
    }

    /** The settings first: the script sees what the branch's own sessions will. */
    private List<String> letIn() {
        String database = identifier(copy);
        List<String> statements = new ArrayList<>();
        want.database()
                .settings()
                .forEach((name, value) ->
                        statements.add("ALTER DATABASE " + database + " SET " + Parameters.assignment(name, value)));
        statements.add("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
        statements.add("GRANT CREATE, TEMPORARY ON DATABASE " + database + " TO "
                + identifier(want.names().owner()));
        statements.add("GRANT CONNECT ON DATABASE " + database + " TO " + identifier(login));
        statements.add("ALTER DATABASE " + database + " CONNECTION LIMIT " + CopyWay.CONNECTIONS);
        return statements;
    }

    /** A role that something in the copy belongs to is not dropped, and then the copy fails. */
    private List<String> shut() {
        return List.of(
                "ALTER DATABASE " + identifier(copy) + " CONNECTION LIMIT " + Copies.CLOSED,
                "ALTER ROLE " + identifier(login) + " NOLOGIN",
                Disconnect.all(List.of(), List.of(login)),
                unchangedRoles(),
                "REVOKE ALL ON DATABASE " + identifier(copy) + " FROM " + identifier(login),
                "DROP ROLE " + identifier(login));
    }

    /** The check comes last, and in the same transaction. */
    private List<String> inside() {
        List<String> statements = new ArrayList<>();
        if (way instanceof CopyWay.Dump) {
            statements.add(OwnExtensions.statement(want.names().owner()));
        }
        statements.addAll(statements(InsideDifferences.everything(want), Set.of(Stage.INSIDE_GIVE, Stage.INSIDE_TAKE)));
        statements.add(CopiedRights.statement(
                want.names(),
                Objects.requireNonNull(want.database().contents()).schemas().keySet()));
        statements.add(HandOver.check(parent));
        return statements;
    }

    /** Gives the copy the branch's name, owner and openness. To be run in one transaction. */
    List<String> open() {
        return StepAssembly.opened(want, DatabaseDifferences.between(want, null, Set.of()), rows);
    }

    private static List<String> statements(List<Difference> differences, Set<Stage> stages) {
        return differences.stream()
                .filter(d -> stages.contains(d.stage()))
                .sorted(Comparator.comparing(Difference::stage))
                .flatMap(d -> d.statements().stream())
                .toList();
    }

    /** Takes back what {@link #make} did, and the roles that were made for the branch along with it. */
    List<Step> undo(Set<String> madeRoles) {
        List<Step> steps = new ArrayList<>(Copies.clear());
        List<String> drops = new ArrayList<>();
        for (RoleKind kind : RoleKind.values()) {
            String role = want.names().role(kind);
            if (madeRoles.contains(role)) {
                drops.add("DROP ROLE IF EXISTS " + identifier(role));
            }
        }
        if (!drops.isEmpty()) {
            steps.add(new Step.Sql("drop the roles that were made for it", "", drops));
        }
        return steps;
    }
}
