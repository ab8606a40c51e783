package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Cidr.Family;
import io.axiomdb.core.Cidr.Read;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Opening;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessDifferencesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
    private static final String SHOP = "sq_shop_main";
    private static final String MAIL = "sq_mail_main";
    private static final SortedMap<String, ResourceKey> BRANCHES =
            new TreeMap<>(Map.of(SHOP, ResourceKey.branch("shop", "main"), MAIL, ResourceKey.branch("mail", "main")));
    private static final SortedMap<Port, Integer> NUMBERS =
            new TreeMap<>(Map.of(Port.DIRECT, 5432, Port.RUNTIME, 6432));
    private static final Doors DOORS = new Doors(NUMBERS, true);
    private static final Doors UNFILTERED = new Doors(NUMBERS, false);

    @Test
    void gains_and_losses_are_told_by_branch_and_port() {
        Access seen = access(
                List.of(entry(Port.RUNTIME, SHOP, "203.0.113.7"), entry(Port.DIRECT, SHOP, "203.0.113.7")),
                List.of(opening(6432, "203.0.113.7"), opening(5432, "203.0.113.7")));
        Access wanted = access(
                List.of(entry(Port.RUNTIME, SHOP, "198.51.100.0/24"), entry(Port.DIRECT, SHOP, "203.0.113.7")),
                List.of(opening(6432, "198.51.100.0/24"), opening(5432, "203.0.113.7")));
        assertThat(between(seen, wanted, DOORS)).singleElement().satisfies(difference -> {
            assertThat(difference.branch()).isEqualTo(ResourceKey.branch("shop", "main"));
            assertThat(difference.port()).isEqualTo(Port.RUNTIME);
            assertThat(difference.gained().shortest()).containsExactly(cidr("198.51.100.0/24"));
            assertThat(difference.lost().shortest()).containsExactly(cidr("203.0.113.7"));
            assertThat(difference.opensToTheWorld()).isFalse();
            assertThat(difference.guarded()).isTrue();
        });
    }

    @Test
    void rules_that_say_the_same_in_other_ranges_make_no_difference() {
        Access seen = access(
                List.of(entry(Port.RUNTIME, SHOP, "198.51.100.0/24")), List.of(opening(6432, "198.51.100.0/24")));
        Access wanted = access(
                List.of(
                        entry(Port.RUNTIME, SHOP, "198.51.100.0/25"),
                        entry(Port.RUNTIME, SHOP, "198.51.100.128/25"),
                        entry(Port.RUNTIME, SHOP, "198.51.100.7")),
                List.of(opening(6432, "198.51.0.0/16")));
        assertThat(between(seen, wanted, DOORS)).isEmpty();
    }

    @Test
    void an_open_port_of_another_project_lets_nobody_into_this_one() {
        Access seen = access(List.of(entry(Port.RUNTIME, SHOP, "203.0.113.7")), List.of(opening(6432, "203.0.113.7")));
        Access wanted = access(
                List.of(
                        entry(Port.RUNTIME, SHOP, "203.0.113.7"),
                        entry(Port.RUNTIME, MAIL, "0.0.0.0/0"),
                        entry(Port.RUNTIME, MAIL, "::/0")),
                List.of(opening(6432, "0.0.0.0/0"), opening(6432, "::/0")));
        assertThat(between(seen, wanted, DOORS)).singleElement().satisfies(difference -> {
            assertThat(difference.branch()).isEqualTo(ResourceKey.branch("mail", "main"));
            assertThat(difference.world()).containsExactly(Family.IPV4, Family.IPV6);
        });
    }

    @Test
    void what_the_firewall_does_not_let_through_is_not_gained_unless_there_is_none() {
        Access wanted = access(List.of(entry(Port.DIRECT, SHOP, "198.51.100.0/24")), List.of());
        assertThat(between(access(List.of(), List.of()), wanted, DOORS)).isEmpty();
        assertThat(between(access(List.of(), List.of()), wanted, UNFILTERED))
                .singleElement()
                .satisfies(d -> assertThat(d.gained().size()).isEqualTo(256));
    }

    @Test
    void what_has_expired_lets_nobody_in_and_a_later_end_makes_no_difference_now() {
        Entry always = entry(Port.RUNTIME, SHOP, "203.0.113.7");
        Opening open = opening(6432, "203.0.113.7");
        Access later =
                access(List.of(new Entry(Port.RUNTIME, SHOP, cidr("203.0.113.7"), NOW.plusSeconds(1))), List.of(open));
        Access ended = access(List.of(new Entry(Port.RUNTIME, SHOP, cidr("203.0.113.7"), NOW)), List.of(open));
        Access closed = access(List.of(always), List.of(new Opening(6432, cidr("203.0.113.7"), NOW)));
        Access forever = access(List.of(always), List.of(open));
        assertThat(between(later, forever, DOORS)).isEmpty();
        assertThat(between(ended, closed, DOORS)).isEmpty();
        assertThat(between(forever, ended, DOORS)).singleElement().satisfies(d -> {
            assertThat(d.lost().shortest()).containsExactly(cidr("203.0.113.7"));
            assertThat(d.gained().isEmpty()).isTrue();
        });
    }

    @Test
    void a_door_that_was_not_ours_is_told_apart() {
        Access wanted =
                access(List.of(entry(Port.RUNTIME, SHOP, "203.0.113.7")), List.of(opening(6432, "203.0.113.7")));
        assertThat(between(Access.NONE, wanted, DOORS))
                .singleElement()
                .satisfies(d -> assertThat(d.guarded()).isFalse());
    }

    @Test
    void a_host_without_a_pooler_has_no_runtime_door() {
        Access wanted =
                access(List.of(entry(Port.RUNTIME, SHOP, "203.0.113.7")), List.of(opening(6432, "203.0.113.7")));
        Doors direct = new Doors(new TreeMap<>(Map.of(Port.DIRECT, 5432)), true);
        assertThat(between(Access.NONE, wanted, direct)).isEmpty();
    }

    /** The oracle asks for every single address whether each layer lets it in. */
    @Property(seed = "42", tries = 300)
    void each_address_gains_or_loses_exactly_what_all_layers_together_say(
            @ForAll("accesses") Access seen, @ForAll("accesses") Access wanted, @ForAll boolean firewall) {
        Doors doors = new Doors(NUMBERS, firewall);
        List<AccessDifference> found = between(seen, wanted, doors);
        BRANCHES.forEach((database, branch) -> {
            for (Port port : Port.values()) {
                for (int i = 0; i < 16; i++) {
                    Cidr address = cidr("10.0.0." + i);
                    boolean before = letsIn(seen, database, port, address, firewall);
                    boolean after = letsIn(wanted, database, port, address, firewall);
                    assertThat(in(found, branch, port, address, AccessDifference::gained))
                            .isEqualTo(after && !before);
                    assertThat(in(found, branch, port, address, AccessDifference::lost))
                            .isEqualTo(before && !after);
                }
            }
        });
        assertThat(found)
                .isSorted()
                .noneMatch(d -> d.gained().isEmpty() && d.lost().isEmpty());
        assertThat(between(seen, seen, doors)).isEmpty();
    }

    private static boolean letsIn(Access access, String database, Port port, Cidr address, boolean firewall) {
        boolean listed = access.entries().stream()
                .anyMatch(e -> e.database().equals(database)
                        && e.port() == port
                        && e.cidr().covers(address)
                        && isAhead(e.until()));
        boolean passed = access.openings().stream()
                .anyMatch(o -> o.port() == (port == Port.DIRECT ? 5432 : 6432)
                        && o.cidr().covers(address)
                        && isAhead(o.until()));
        return listed && (passed || !firewall);
    }

    private static boolean isAhead(@Nullable Instant until) {
        return until == null || until.compareTo(NOW) > 0;
    }

    private static boolean in(
            List<AccessDifference> found,
            ResourceKey branch,
            Port port,
            Cidr address,
            Function<AccessDifference, AddressSet> side) {
        return found.stream()
                .anyMatch(d -> d.branch().equals(branch)
                        && d.port() == port
                        && side.apply(d).contains(address));
    }

    @Provide
    Arbitrary<Access> accesses() {
        Arbitrary<Cidr> range = Combinators.combine(
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.integers().between(28, 32))
                .as((address, prefix) -> cidr("10.0.0." + address).widenedTo(prefix));
        Arbitrary<Instant> until =
                Arbitraries.of(NOW.minusSeconds(1), NOW, NOW.plusSeconds(1)).injectNull(0.5);
        Arbitrary<Entry> entry = Combinators.combine(
                        Arbitraries.of(Port.class), Arbitraries.of(SHOP, MAIL), range, until)
                .as(Entry::new);
        Arbitrary<Opening> opening = Combinators.combine(Arbitraries.of(5432, 6432, 22), range, until)
                .as(Opening::new);
        return Combinators.combine(entry.list().ofMaxSize(8), opening.list().ofMaxSize(8))
                .as(AccessDifferencesTest::access);
    }

    private static List<AccessDifference> between(Access seen, Access wanted, Doors doors) {
        return AccessDifferences.between("db1", seen, wanted, doors, BRANCHES, NOW);
    }

    private static Access access(Collection<Entry> entries, Collection<Opening> openings) {
        TreeMap<String, SortedSet<String>> branches = new TreeMap<>();
        Stream.of(SHOP, MAIL).forEach(database -> branches.put(database, new TreeSet<>(List.of(database + "_rw"))));
        return new Access(branches, new TreeSet<>(entries), new TreeSet<>(openings));
    }

    private static Entry entry(Port port, String database, String range) {
        return new Entry(port, database, cidr(range), null);
    }

    private static Opening opening(int port, String range) {
        return new Opening(port, cidr(range), null);
    }

    private static Cidr cidr(String text) {
        return ((Read.Range) Cidr.read(text)).cidr();
    }
}
