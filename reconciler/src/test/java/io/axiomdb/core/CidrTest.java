package io.axiomdb.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Cidr.Family;
import io.axiomdb.core.Cidr.Read;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.17, 192.0.2.17/32",
        "10.0.0.0/8, 10.0.0.0/8",
        "0.0.0.0/0, 0.0.0.0/0",
        "::, ::/128",
        "::/0, ::/0",
        "2001:DB8::1, 2001:db8::1/128",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1/128",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1/128",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1/128",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1/128",
        "1::/16, 1::/16",
    })
    void one_text_stands_for_each_range(String written, String canonical) {
        assertThat(Cidr.read(written))
                .isInstanceOfSatisfying(
                        Read.Range.class, r -> assertThat(r.cidr().toString()).isEqualTo(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10",
                "10.1",
                "10.0.0.0.0",
                "010.0.0.1",
                "0x0a.0.0.1",
                "10.0.0.256",
                "1e1.0.0.1",
                " 10.0.0.1",
                "10.0.0.1 ",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "10.0.0.1/8",
                ":",
                ":::",
                "1:::2",
                "1::2::3",
                "::1%eth0",
                "::ffff:10.0.0.1",
                "::ffff:a00:1",
                "::1.2.3.4",
                "12345::",
                "::g",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "[::1]",
                "2001:db8::1/32",
                "::/129",
                "１0.0.0.1",
                "10.0.0.٣"
            })
    void sloppy_forms_are_refused(String written) {
        assertThat(Cidr.read(written)).isInstanceOf(Read.Refused.class);
    }

    @Property(seed = "42")
    void text_and_range_are_the_same_thing(@ForAll("ranges") Cidr cidr) {
        assertThat(Cidr.read(cidr.toString())).isEqualTo(new Read.Range(cidr));
    }

    @Property(tries = 200, seed = "42")
    void addresses_are_read_as_java_reads_them(@ForAll("ranges") Cidr cidr) throws UnknownHostException {
        String text = cidr.toString();
        byte[] bytes =
                InetAddress.getByName(text.substring(0, text.indexOf('/'))).getAddress();
        assertThat(new BigInteger(1, bytes)).isEqualTo(cidr.first());
    }

    @Property(seed = "42")
    void a_range_covers_another_exactly_when_both_its_ends_are_inside(
            @ForAll("ranges") Cidr a, @ForAll("ranges") Cidr b) {
        boolean inside = a.family() == b.family()
                && a.first().compareTo(b.first()) <= 0
                && a.last().compareTo(b.last()) >= 0;
        assertThat(a.covers(b)).isEqualTo(inside);
        assertThat(a.covers(a)).isTrue();
        assertThat(a.widenedTo(a.prefix() / 2).covers(a)).isTrue();
    }

    @Property(seed = "42")
    void reading_never_throws(@ForAll String anything) {
        assertThat(Cidr.read(anything)).isNotNull();
    }

    @Provide
    Arbitrary<Cidr> ranges() {
        return Arbitraries.of(Family.class)
                .flatMap(family -> Arbitraries.integers()
                        .between(0, family.bits())
                        .flatMap(prefix -> Arbitraries.bigIntegers()
                                .between(BigInteger.ZERO, family.last())
                                .map(address -> Cidr.around(family, address, prefix))
                                .filter(CidrTest::isNotMapped)));
    }

    private static boolean isNotMapped(Cidr cidr) {
        return cidr.family() == Family.IPV4 || !cidr.first().shiftRight(32).equals(BigInteger.valueOf(0xffff));
    }
}
