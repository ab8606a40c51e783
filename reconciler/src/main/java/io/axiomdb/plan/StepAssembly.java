package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.plan.Difference.Stage;
import io.axiomdb.registry.CredentialKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Puts the statements of differences into as few steps as their order allows. Pure. */
final class StepAssembly {
    private static final Set<Stage> DATABASE = Set.of(Stage.DATABASE_GIVE, Stage.DATABASE_TAKE);
    private static final Set<Stage> INSIDE = Set.of(Stage.INSIDE_GIVE, Stage.INSIDE_TAKE);

    private StepAssembly() {}

    static List<Step> of(BranchWant branch, List<Difference> differences) {
        List<Step> steps = new ArrayList<>();
        String database = branch.names().database();
        sql("roles", "", statements(differences, Set.of(Stage.ROLES)), steps);
        passwords(branch, differences, steps);
        statements(differences, Set.of(Stage.CREATE_DATABASE))
                .forEach(statement -> steps.add(new Step.SqlAlone("database " + database, "", statement)));
        sql("rights on database " + database, "", statements(differences, DATABASE), steps);
        sql("rights inside database " + database, database, statements(differences, INSIDE), steps);
        List<String> last = statements(differences, Set.of(Stage.DATABASE_OPEN));
        boolean marks = last.stream().allMatch(statement -> statement.startsWith("COMMENT ON "));
        sql((marks ? "mark database " : "open database ") + database, "", last, steps);
        return steps;
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
