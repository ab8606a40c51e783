package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.desired.BranchNames;
import io.axiomdb.host.HostState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What one database or role is called, and what its comment says, after a rename. Pure.
 *
 * @param database false for a role
 * @param to the same as before where only the comment changes
 */
record NewName(boolean database, String from, String to, String comment) {
    /** Those of a branch that has its old names. A role that is missing has none. */
    static List<NewName> of(RenamePair.Look look) {
        BranchNames before = look.pair().oldNames();
        BranchNames names = look.pair().names();
        String marker = look.now().marker();
        List<NewName> all = new ArrayList<>();
        all.add(new NewName(true, before.database(), names.database(), marker));
        look.roles().forEach((from, to) -> all.add(new NewName(false, from, to, marker)));
        return all;
    }

    /** Fails where one of the old names is another thing's by now. */
    static String same(Collection<NewName> all, HostState actual) {
        return SetAsideSteps.same(
                all.stream().filter(NewName::database).map(NewName::from).toList(),
                all.stream().filter(name -> !name.database).map(NewName::from).toList(),
                actual);
    }

    /** In order, for one transaction. */
    static List<String> statements(Collection<NewName> all) {
        List<String> statements = new ArrayList<>();
        for (NewName name : all) {
            String kind = name.database ? "DATABASE " : "ROLE ";
            if (!name.from.equals(name.to)) {
                statements.add("ALTER " + kind + identifier(name.from) + " RENAME TO " + identifier(name.to));
            }
            statements.add("COMMENT ON " + kind + identifier(name.to) + " IS " + literal(name.comment));
        }
        return statements;
    }
}
