package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.CopyNames;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Ledger.Rows;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.plan.Difference.Stage;
import io.axiomdb.registry.CredentialKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts the statements of differences into as few steps as their order allows. Pure. */
final class StepAssembly {
    private static final Set<Stage> DATABASE = Set.of(Stage.DATABASE_GIVE, Stage.DATABASE_TAKE);
    private static final Set<Stage> INSIDE = Set.of(Stage.INSIDE_GIVE, Stage.INSIDE_TAKE);

    private StepAssembly() {}

    /** Those of the roles alone. */
    static List<Step> roles(BranchWant branch, List<Difference> differences) {
        List<Step> steps = new ArrayList<>();
        List<String> statements = statements(differences, Set.of(Stage.ROLES));
        SortedMap<String, RoleKind> made = made(branch, differences);
        if (made.isEmpty()) {
            sql("roles", "", statements, steps);
        } else {
            steps.add(new Step.MakeRoles("roles", statements, made));
        }
        passwords(branch, differences, steps);
        return steps;
    }

    /** Roles that are not there. */
    private static SortedMap<String, RoleKind> made(BranchWant branch, List<Difference> differences) {
        SortedMap<String, RoleKind> made = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            String role = branch.names().role(kind);
            if (differences.stream().anyMatch(d -> d.makes("role " + role))) {
                made.put(role, kind);
            }
        }
        return made;
    }

    static List<Step> of(BranchWant branch, List<Difference> differences) {
        List<Step> steps = roles(branch, differences);
        String database = branch.names().database();
        List<String> create = statements(differences, Set.of(Stage.CREATE_DATABASE));
        if (!create.isEmpty()) {
            String name = CopyNames.PLANNED.database();
            create.forEach(statement -> steps.add(new Step.SqlAlone("database " + name, "", statement)));
            steps.add(new Step.NoteDatabase("write down which database it is", name));
            sql("rights inside database " + name, name, statements(differences, INSIDE), steps);
            steps.add(new Step.Sql("open database " + database, "", opened(branch, differences, Rows.NONE)));
            return steps;
        }
        sql("rights on database " + database, "", statements(differences, DATABASE), steps);
        sql("rights inside database " + database, database, statements(differences, INSIDE), steps);
        List<String> last = statements(differences, Set.of(Stage.DATABASE_OPEN));
        boolean marks = last.stream().allMatch(statement -> statement.startsWith("COMMENT ON "));
        sql((marks ? "mark database " : "open database ") + database, "", last, steps);
        return steps;
    }

    /** Gives what was made the branch's name, owner and openness: all of it or nothing, in one transaction. */
    static List<String> opened(BranchWant branch, List<Difference> differences, Rows rows) {
        String name = SqlText.identifier(branch.names().database());
        List<String> statements = new ArrayList<>();
        statements.add("ALTER DATABASE " + SqlText.identifier(CopyNames.PLANNED.database()) + " RENAME TO " + name);
        statements.add("ALTER DATABASE " + name + " OWNER TO "
                + SqlText.identifier(branch.names().owner()));
        statements.addAll(statements(differences, DATABASE));
        statements.addAll(statements(differences, Set.of(Stage.DATABASE_OPEN)));
        statements.add(LedgerSql.branch(branch.organization(), branch.key(), "", branch.names(), rows));
        return statements;
    }

    private static void sql(String title, String database, List<String> statements, List<Step> steps) {
        if (!statements.isEmpty()) {
            steps.add(new Step.Sql(title, database, statements));
        }
    }

    private static List<String> statements(List<Difference> differences, Set<Stage> stages) {
        return differences.stream()
                .filter(d -> stages.contains(d.stage()))
                .sorted(Comparator.comparing(Difference::stage))
                .flatMap(d -> d.statements().stream())
                .toList();
    }

    private static void passwords(BranchWant branch, List<Difference> differences, List<Step> steps) {
        List<Step.SetPasswords.Target> targets = new ArrayList<>();
        for (RoleKind kind : RoleKind.values()) {
            String role = branch.names().role(kind);
            boolean differs = differences.stream()
                    .anyMatch(d -> d.stage() == Stage.PASSWORDS && d.subject().equals("role " + role));
            if (differs) {
                boolean restore = !branch.role(role).password().equals(PasswordMark.TO_BE_MADE);
                CredentialKey key =
                        new CredentialKey(branch.key().project(), branch.key().name(), kind);
                targets.add(new Step.SetPasswords.Target(role, key, restore));
            }
        }
        if (!targets.isEmpty()) {
            steps.add(new Step.SetPasswords("passwords", targets));
        }
    }
}
