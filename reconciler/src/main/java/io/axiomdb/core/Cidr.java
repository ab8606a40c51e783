package io.axiomdb.core;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses. Only one text stands for each range, for three programs on a host read the sloppy forms in three
 * ways: PostgreSQL takes {@code 010.0.0.1} for 8.0.0.1 while a firewall refuses it.
 *
 * @param first lowest address of the range, as a number; the bits behind the prefix are zero
 * @param prefix how many leading bits are fixed
 */
public record Cidr(Family family, BigInteger first, int prefix) implements Comparable<Cidr> {
    /** The two kinds of addresses. */
    public enum Family {
        IPV4(32),
        IPV6(128);

        private final int bits;

        Family(int bits) {
            this.bits = bits;
        }

        /** How long an address is. */
        public int bits() {
            return bits;
        }

        /** The highest address, as a number. */
        public BigInteger last() {
            return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
        }
    }

    /** What came of reading a text. */
    public sealed interface Read {
        /** It names a range. */
        record Range(Cidr cidr) implements Read {}

        /**
         * It does not.
         *
         * @param why in words that follow the text, such as {@code has a leading zero}
         * @param meant what was probably meant; null when nobody can tell
         */
        record Refused(String why, @Nullable String meant) implements Read {}
    }

    /** Reads an address or a range; a bare address is a range of one. Accepts no form that some program reads otherwise. */
    public static Read read(String text) {
        return new CidrReader(text).read();
    }

    /** The range of this length that an address lies in. */
    static Cidr around(Family family, BigInteger address, int prefix) {
        int free = family.bits() - prefix;
        return new Cidr(family, address.shiftRight(free).shiftLeft(free), prefix);
    }

    /** The highest address of the range. */
    public BigInteger last() {
        return first.add(BigInteger.ONE.shiftLeft(family.bits() - prefix)).subtract(BigInteger.ONE);
    }

    /** The range of that many leading bits which holds this one; at most as many as it has itself. */
    public Cidr widenedTo(int newPrefix) {
        return around(family, first, newPrefix);
    }

    /** Whether every address of the other range is in this one. */
    public boolean covers(Cidr other) {
        return family == other.family
                && prefix <= other.prefix
                && other.widenedTo(prefix).first.equals(first);
    }

    /** Canonical text for people: a range of one address is just the address. */
    public String brief() {
        return prefix == family.bits() ? CidrText.address(family, first) : toString();
    }

    /** Canonical text with the prefix, IPv6 by RFC 5952. */
    @Override
    public String toString() {
        return CidrText.address(family, first) + "/" + prefix;
    }

    @Override
    public int compareTo(Cidr other) {
        int order = family.compareTo(other.family);
        order = order != 0 ? order : first.compareTo(other.first);
        return order != 0 ? order : Integer.compare(prefix, other.prefix);
    }
}
