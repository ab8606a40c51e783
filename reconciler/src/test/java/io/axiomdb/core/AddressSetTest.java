package io.axiomdb.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Cidr.Family;
import io.axiomdb.core.Cidr.Read;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Ranges lie in a few blocks of 16 addresses, at both ends of both kinds too, so that an oracle can list every address. */
class AddressSetTest {
    private static final int BITS = 4;
    private static final List<Cidr> BLOCKS = Stream.of(
                    "0.0.0.0/28",
                    "10.0.0.0/28",
                    "10.0.0.16/28",
                    "255.255.255.240/28",
                    "::/124",
                    "2001:db8::/124",
                    "2001:db8::10/124",
                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124")
            .map(AddressSetTest::cidr)
            .toList();
    private static final SortedSet<Cidr> UNIVERSE = listed(BLOCKS);

    @Property(seed = "42")
    void operations_are_those_of_sets(@ForAll("ranges") List<Cidr> a, @ForAll("ranges") List<Cidr> b) {
        AddressSet left = AddressSet.of(a);
        AddressSet right = AddressSet.of(b);
        SortedSet<Cidr> union = listed(a);
        union.addAll(listed(b));
        SortedSet<Cidr> common = listed(a);
        common.retainAll(listed(b));
        SortedSet<Cidr> rest = listed(a);
        rest.removeAll(listed(b));
        assertThat(listed(left.union(right))).isEqualTo(union);
        assertThat(listed(left.intersect(right))).isEqualTo(common);
        assertThat(listed(left.minus(right))).isEqualTo(rest);
        assertThat(left.containsAll(right)).isEqualTo(listed(a).containsAll(listed(b)));
        assertThat(left.isEmpty()).isEqualTo(listed(a).isEmpty());
        assertThat(left.size()).isEqualTo(BigInteger.valueOf(listed(a).size()));
    }

    @Property(seed = "42")
    void one_value_stands_for_each_set(@ForAll("ranges") List<Cidr> ranges, @ForAll("ranges") List<Cidr> others) {
        AddressSet set = AddressSet.of(ranges);
        assertThat(AddressSet.of(listed(ranges))).isEqualTo(set);
        assertThat(AddressSet.of(ranges.reversed())).isEqualTo(set);
        AddressSet other = AddressSet.of(others);
        assertThat(set.equals(other)).isEqualTo(listed(ranges).equals(listed(others)));
        assertThat(set.minus(other).union(set.intersect(other))).isEqualTo(set);
        assertThat(AddressSet.ALL.minus(AddressSet.ALL.minus(set))).isEqualTo(set);
    }

    @Property(seed = "42")
    void no_list_of_ranges_is_shorter(@ForAll("ranges") List<Cidr> ranges) {
        List<Cidr> shortest = AddressSet.of(ranges).shortest();
        assertThat(AddressSet.of(shortest)).isEqualTo(AddressSet.of(ranges));
        assertThat(shortest).isSorted().doesNotHaveDuplicates();
        SortedSet<Cidr> listed = listed(ranges);
        // The blocks that lie side by side join to one; everything else can't reach beyond its block.
        int fewest = Stream.of(
                        "0.0.0.0/28",
                        "10.0.0.0/27",
                        "255.255.255.240/28",
                        "::/124",
                        "2001:db8::/123",
                        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124")
                .mapToInt(block -> fewest(cidr(block), listed))
                .sum();
        assertThat(shortest).hasSize(fewest);
    }

    @Property(seed = "42")
    void a_range_is_in_it_when_all_its_addresses_are(
            @ForAll("ranges") List<Cidr> ranges, @ForAll("ranges") List<Cidr> asked) {
        AddressSet set = AddressSet.of(ranges);
        asked.forEach(range ->
                assertThat(set.contains(range)).isEqualTo(listed(ranges).containsAll(addresses(range))));
    }

    @Test
    void everything_is_everything() {
        assertThat(AddressSet.ALL.shortest()).containsExactly(cidr("0.0.0.0/0"), cidr("::/0"));
        assertThat(AddressSet.of(cidr("0.0.0.0/1"), cidr("128.0.0.0/1"), cidr("::/1"), cidr("8000::/1")))
                .isEqualTo(AddressSet.ALL);
        assertThat(AddressSet.ALL.size()).isEqualTo(BigInteger.TWO.pow(32).add(BigInteger.TWO.pow(128)));
        assertThat(AddressSet.ALL.minus(AddressSet.of(cidr("0.0.0.0"))).shortest())
                .hasSize(33)
                .startsWith(cidr("0.0.0.1"), cidr("0.0.0.2/31"));
        assertThat(AddressSet.NONE.shortest()).isEmpty();
    }

    @Test
    void the_world_is_what_the_internet_routes() {
        AddressSet withoutPrivate = AddressSet.of(cidr("0.0.0.0/0"))
                .minus(AddressSet.of(cidr("10.0.0.0/8"), cidr("192.168.0.0/16"), cidr("224.0.0.0/3")));
        assertThat(withoutPrivate.coversTheWorld(Family.IPV4)).isTrue();
        assertThat(withoutPrivate.coversTheWorld(Family.IPV6)).isFalse();
        assertThat(withoutPrivate.minus(AddressSet.of(cidr("8.8.8.8"))).coversTheWorld(Family.IPV4))
                .isFalse();
        assertThat(AddressSet.of(cidr("2000::/3")).coversTheWorld(Family.IPV6)).isTrue();
        assertThat(AddressSet.of(cidr("2000::/4")).coversTheWorld(Family.IPV6)).isFalse();
        assertThat(AddressSet.NONE.coversTheWorld(Family.IPV4)).isFalse();
    }

    @Test
    void one_address_is_shown_without_its_prefix() {
        assertThat(cidr("203.0.113.7").brief()).isEqualTo("203.0.113.7");
        assertThat(cidr("2001:db8::1").brief()).isEqualTo("2001:db8::1");
        assertThat(cidr("203.0.113.0/31").brief()).isEqualTo("203.0.113.0/31");
    }

    @Provide
    Arbitrary<List<Cidr>> ranges() {
        Arbitrary<Cidr> range = Arbitraries.of(BLOCKS)
                .flatMap(block -> Arbitraries.integers()
                        .between(0, (1 << BITS) - 1)
                        .flatMap(offset -> Arbitraries.integers()
                                .between(0, BITS)
                                .map(free -> Cidr.around(
                                        block.family(),
                                        block.first().add(BigInteger.valueOf(offset)),
                                        block.family().bits() - free))));
        return range.list().ofMaxSize(24);
    }

    private static SortedSet<Cidr> listed(List<Cidr> ranges) {
        SortedSet<Cidr> all = new TreeSet<>();
        ranges.forEach(range -> all.addAll(addresses(range)));
        return all;
    }

    private static SortedSet<Cidr> listed(AddressSet set) {
        SortedSet<Cidr> all = new TreeSet<>();
        UNIVERSE.stream().filter(set::contains).forEach(all::add);
        assertThat(set.size()).as("nothing outside the blocks").isEqualTo(BigInteger.valueOf(all.size()));
        return all;
    }

    private static Set<Cidr> addresses(Cidr range) {
        BigInteger size = range.last().subtract(range.first()).add(BigInteger.ONE);
        Cidr[] all = new Cidr[size.intValueExact()];
        Arrays.setAll(
                all,
                i -> new Cidr(
                        range.family(),
                        range.first().add(BigInteger.valueOf(i)),
                        range.family().bits()));
        return Collections.unmodifiableSet(new TreeSet<>(List.of(all)));
    }

    /** How many ranges a block needs: it is whole, or empty, or what its halves need. */
    private static int fewest(Cidr block, Set<Cidr> listed) {
        Set<Cidr> addresses = addresses(block);
        if (listed.containsAll(addresses)) {
            return 1;
        }
        if (Collections.disjoint(listed, addresses)) {
            return 0;
        }
        int prefix = block.prefix() + 1;
        return fewest(Cidr.around(block.family(), block.first(), prefix), listed)
                + fewest(Cidr.around(block.family(), block.last(), prefix), listed);
    }

    private static Cidr cidr(String text) {
        return ((Read.Range) Cidr.read(text)).cidr();
    }
}
