package io.axiomdb.plan;

import io.axiomdb.core.Source;
import io.axiomdb.host.Grant;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Turns a comparison of grants into differences. What is missing is granted before anything is taken away, and nothing
 * is ever revoked and granted again, so that there is no moment without a privilege.
 */
final class GrantDifferences {
    private final String subject;
    private final Source source;
    private final Stage give;
    private final Stage take;
    private final BiFunction<String, String, String> grant;
    private final BiFunction<String, String, String> revoke;
    private final Predicate<String> isNew;

    /**
     * How to say it for one kind of thing.
     *
     * @param grant from a list of privileges and a quoted grantee to a statement
     * @param revoke likewise; the privileges may start with {@code GRANT OPTION FOR}
     * @param isNew whether a grantee or the thing itself is yet to be made, so that nothing was taken away from it
     */
    GrantDifferences(
            String subject,
            Source source,
            Stage give,
            Stage take,
            BiFunction<String, String, String> grant,
            BiFunction<String, String, String> revoke,
            Predicate<String> isNew) {
        this.subject = subject;
        this.source = source;
        this.give = give;
        this.take = take;
        this.grant = grant;
        this.revoke = revoke;
        this.isNew = isNew;
    }

    List<Difference> between(Collection<Grant> wanted, Collection<Grant> actual) {
        GrantComparison comparison = GrantComparison.of(wanted, actual);
        var have = GrantComparison.byGrantee(actual);
        List<Difference> found = new ArrayList<>();
        comparison.missing().forEach((grantee, privileges) -> {
            SortedSet<String> held = have.getOrDefault(grantee, new TreeSet<>());
            SortedSet<String> all = new TreeSet<>(held);
            all.addAll(privileges);
            Nature nature = isNew.test(grantee) ? Nature.ORDINARY : Nature.LOSS;
            found.add(difference(grantee, held, all, nature, give, grant.apply(joined(privileges), quoted(grantee))));
        });
        comparison.excess().forEach((grantee, privileges) -> {
            String statement = revoke.apply(joined(privileges), quoted(grantee));
            found.add(difference(grantee, privileges, new TreeSet<>(), Nature.UNASKED, take, statement));
        });
        comparison
                .passable()
                .forEach((grantee, privileges) -> found.add(new Difference(
                        subject,
                        "may pass on: " + GrantComparison.words(grantee),
                        joined(privileges),
                        "",
                        source,
                        Nature.UNASKED,
                        take,
                        List.of(revoke.apply(optionFor(privileges), quoted(grantee))))));
        return found;
    }

    private Difference difference(
            String grantee,
            SortedSet<String> before,
            SortedSet<String> after,
            Nature nature,
            Stage stage,
            String statement) {
        String name =
                (stage == give ? "privileges of " : "not wanted: privileges of ") + GrantComparison.words(grantee);
        return new Difference(subject, name, joined(before), joined(after), source, nature, stage, List.of(statement));
    }

    private static String optionFor(SortedSet<String> privileges) {
        return "GRANT OPTION FOR " + joined(privileges);
    }

    private static String joined(Collection<String> privileges) {
        return GrantComparison.list(privileges);
    }

    private static String quoted(String grantee) {
        return GrantComparison.grantee(grantee);
    }
}
