package io.axiomdb.cli.view;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Cidr.Family;
import io.axiomdb.desired.Kind;
import io.axiomdb.host.Access.Port;
import io.axiomdb.plan.AccessDifference;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.EndedSessions;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Plan;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Who gains and loses access, in words.
 *
 * @param name how a name that somebody chose is shown where the words go
 */
record AccessWords(UnaryOperator<String> name) {
    /** Ranges that are named for each door and side; the widest ones, because they matter most. */
    private static final int NAMED = 4;

    /** Up to here a number of addresses is written out: all of IPv4. */
    private static final BigInteger WRITTEN_OUT = BigInteger.TWO.pow(32);

    /** {@code OPENS TO THE WORLD: runtime of shop/main, to every public IPv4 and IPv6 address}. */
    String world(AccessDifference difference) {
        return door(difference.port(), difference.branch().path()) + ", to every public "
                + Words.and(difference.world().stream().map(AccessWords::family).toList()) + " address";
    }

    /** {@code runtime of shop/main: + 198.51.100.0/24 (256 addresses), - 203.0.113.7}. */
    String difference(AccessDifference difference) {
        List<String> parts = new ArrayList<>();
        side("+ ", difference.gained(), parts);
        side("- ", difference.lost(), parts);
        return door(difference.port(), difference.branch().path()) + ": " + String.join(", ", parts);
    }

    /** Said of a door that AxiomDB did not keep until now; nothing for one that is made only now. */
    String unguarded(AccessDifference difference, Plan plan) {
        boolean made = plan.changes().stream()
                .anyMatch(change ->
                        change.action() == Action.CREATE && change.resource().equals(difference.branch()));
        return difference.guarded() || made
                ? ""
                : "not guarded by AxiomDB until now: whoever gets in by other lines loses access";
    }

    /** {@code this ends 14 live sessions from 10.1.2.3 (runtime of shop/main)}. */
    String ended(EndedSessions ended) {
        return "this ends " + Words.count(ended.count(), "live session") + " from " + name.apply(ended.address()) + " ("
                + door(ended.port(), ended.branch()) + ")"
                + (ended.wholeDatabase()
                        ? ", and all other pooled ones of that database with them: this pooler can't end single ones"
                        : "");
    }

    private String door(Port port, String path) {
        return port.word() + " of " + name.apply(path);
    }

    private static void side(String sign, AddressSet addresses, List<String> parts) {
        List<Cidr> ranges = addresses.shortest();
        List<Cidr> named = ranges.size() <= NAMED + 1
                ? ranges
                : ranges.stream()
                        .sorted(Comparator.comparingInt(Cidr::prefix))
                        .limit(NAMED)
                        .sorted()
                        .toList();
        named.forEach(range -> parts.add(sign + range.brief() + count(AddressSet.of(range))));
        if (named.size() < ranges.size()) {
            AddressSet rest = addresses.minus(AddressSet.of(named));
            String more = " and " + (ranges.size() - named.size()) + " more ranges" + count(rest);
            parts.add(parts.removeLast() + more);
        }
    }

    /** {@code  (256 addresses)}; nothing for a single one. */
    private static String count(AddressSet addresses) {
        BigInteger size = addresses.size();
        return size.equals(BigInteger.ONE) ? "" : " (" + number(size) + " addresses)";
    }

    static String number(BigInteger size) {
        if (size.compareTo(WRITTEN_OUT) <= 0) {
            return String.format(Locale.ROOT, "%,d", size);
        }
        int power = size.bitLength() - 1;
        return (size.bitCount() == 1 ? "" : "more than ") + "2^" + power;
    }

    static String family(Family family) {
        return switch (family) {
            case IPV4 -> "IPv4";
            case IPV6 -> "IPv6";
        };
    }

    /** The fields of a change that a difference in effect does not say already. */
    static List<FieldChange> untold(Change change, Plan plan) {
        return change.resource().kind() == Kind.HOST_ACCESS
                ? change.fields().stream()
                        .filter(field -> plan.access().stream().noneMatch(d -> tells(d, change, field)))
                        .toList()
                : change.fields();
    }

    private static boolean tells(AccessDifference difference, Change change, FieldChange field) {
        return difference.host().equals(change.host())
                && field.subject()
                        .equals(difference.port().word() + " of "
                                + difference.branch().path());
    }
}
