package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Fields;
import java.util.function.Consumer;

/**
 * A rule says scope: branch and names the branch, or does neither. Judged here because the word itself is not kept: a rule
 * with a branch is a rule for that branch.
 */
final class RuleScope {
    private RuleScope() {}

    static void check(Fields rule, Consumer<Diagnostic> problems) {
        boolean forBranch = "branch".equals(rule.text("scope"));
        boolean named = rule.text("branch") != null;
        if (forBranch && !named) {
            problems.accept(Diagnostic.of(
                    Code.BAD_SCOPE,
                    rule.origin().of("scope"),
                    "scope is branch, and no branch is named",
                    "write branch: NAME beside it"));
        }
        if (!forBranch && named) {
            problems.accept(Diagnostic.of(
                    Code.BAD_SCOPE,
                    rule.origin().of("branch"),
                    rule.text("scope") == null
                            ? "a branch is named without scope: branch"
                            : "a branch is named, and scope is project",
                    "write scope: branch, or take branch: out"));
        }
    }
}
