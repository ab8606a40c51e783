package io.axiomdb.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Cidr;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What reducing keeps, judged address by address in a /26, and in the same corner of IPv6. */
class AllowanceTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void neighbours_of_equal_time_become_one_and_what_is_covered_goes() {
        assertThat(reduced("10.0.0.0/25", "10.0.0.128/25", "10.0.0.7/32")).containsExactly("10.0.0.0/24");
    }

    @Test
    void what_lasts_longer_stays_inside_of_what_does_not() {
        assertThat(Allowance.reduced(List.of(limited("10.0.0.0/24", 1), always("10.0.0.7/32"))))
                .containsExactlyInAnyOrder(limited("10.0.0.0/24", 1), always("10.0.0.7/32"));
        assertThat(Allowance.reduced(List.of(always("10.0.0.0/24"), limited("10.0.0.7/32", 1))))
                .containsExactly(always("10.0.0.0/24"));
    }

    @Test
    void neighbours_of_other_times_stay_apart() {
        List<Allowance> both = List.of(always("10.0.0.0/25"), limited("10.0.0.128/25", 1));
        assertThat(Allowance.reduced(both)).containsExactlyElementsOf(both);
    }

    @Property(tries = 500, seed = "42")
    void every_address_is_let_in_for_just_as_long(@ForAll("lists") List<Allowance> all) {
        SortedSet<Allowance> reduced = Allowance.reduced(all);
        for (Cidr address : addresses()) {
            assertThat(until(reduced, address)).as(address.toString()).isEqualTo(until(all, address));
        }
    }

    @Property(tries = 500, seed = "42")
    void what_means_the_same_becomes_the_same(@ForAll("lists") List<Allowance> all, @ForAll Random random) {
        List<Allowance> otherwise = new ArrayList<>(all);
        all.forEach(one -> {
            if (one.cidr().prefix() < one.cidr().family().bits()) {
                otherwise.remove(one);
                otherwise.addAll(halves(one));
            }
        });
        otherwise.addAll(all.stream().filter(_ -> random.nextBoolean()).toList());
        Collections.shuffle(otherwise, random);
        assertThat(Allowance.reduced(otherwise)).isEqualTo(Allowance.reduced(all));
        assertThat(Allowance.reduced(Allowance.reduced(all))).isEqualTo(Allowance.reduced(all));
    }

    @Property(tries = 500, seed = "42")
    void leaving_out_what_has_expired_is_what_would_be_made_of_the_rest(@ForAll("lists") List<Allowance> all) {
        Instant now = NOON.plusSeconds(2);
        assertThat(lasting(Allowance.reduced(all), now)).isEqualTo(Allowance.reduced(lasting(all, now)));
    }

    private static SortedSet<Allowance> lasting(Collection<Allowance> all, Instant now) {
        SortedSet<Allowance> lasting = new TreeSet<>(all);
        lasting.removeIf(one -> one.until() != null && !one.until().isAfter(now));
        return lasting;
    }

    private static List<Allowance> halves(Allowance whole) {
        Cidr cidr = whole.cidr();
        int prefix = cidr.prefix() + 1;
        BigInteger middle = cidr.first().setBit(cidr.family().bits() - prefix);
        return List.of(
                new Allowance(new Cidr(cidr.family(), cidr.first(), prefix), whole.until()),
                new Allowance(new Cidr(cidr.family(), middle, prefix), whole.until()));
    }

    /** Empty when it is not let in at all; the last moment of all when it always is. */
    private static Optional<Instant> until(Collection<Allowance> all, Cidr address) {
        return all.stream()
                .filter(one -> one.cidr().covers(address))
                .map(one -> Objects.requireNonNullElse(one.until(), Instant.MAX))
                .max(Comparator.naturalOrder());
    }

    private static List<Cidr> addresses() {
        List<Cidr> addresses = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            addresses.add(cidr("10.0.0." + i));
            addresses.add(cidr("2001:db8::" + Integer.toHexString(i)));
        }
        return addresses;
    }

    @Provide
    Arbitrary<List<Allowance>> lists() {
        Arbitrary<Integer> number = Arbitraries.integers().between(0, 63);
        Arbitrary<Integer> free = Arbitraries.integers().between(0, 6);
        Arbitrary<@Nullable Instant> until =
                Arbitraries.integers().between(0, 4).map(i -> i == 0 ? null : NOON.plusSeconds(i));
        return Combinators.combine(number, free, until, Arbitraries.of(true, false))
                .as((host, bits, end, six) -> {
                    Cidr address = cidr(six ? "2001:db8::" + Integer.toHexString(host) : "10.0.0." + host);
                    return new Allowance(address.widenedTo(address.prefix() - bits), end);
                })
                .list()
                .ofMaxSize(12);
    }

    private static List<String> reduced(String... ranges) {
        List<Allowance> all =
                List.of(ranges).stream().map(AllowanceTest::always).toList();
        return Allowance.reduced(all).stream().map(one -> one.cidr().toString()).toList();
    }

    private static Allowance always(String range) {
        return new Allowance(cidr(range), null);
    }

    private static Allowance limited(String range, int seconds) {
        return new Allowance(cidr(range), NOON.plusSeconds(seconds));
    }

    private static Cidr cidr(String text) {
        return ((Cidr.Read.Range) Cidr.read(text)).cidr();
    }
}
