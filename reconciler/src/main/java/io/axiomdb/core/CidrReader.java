package io.axiomdb.core;

import io.axiomdb.core.Cidr.Family;
import io.axiomdb.core.Cidr.Read;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Reads one text as a range of addresses, or says why not. Not reusable. */
final class CidrReader {
    private static final int GROUPS = 8;
    private static final BigInteger MAPPED = BigInteger.valueOf(0xffff);

    private final String text;

    CidrReader(String text) {
        this.text = text;
    }

    Read read() {
        try {
            int slash = text.indexOf('/');
            String address = slash < 0 ? text : text.substring(0, slash);
            Family family = address.indexOf(':') < 0 ? Family.IPV4 : Family.IPV6;
            BigInteger number = switch (family) {
                case IPV4 -> ipv4(address);
                case IPV6 -> ipv6(address);
            };
            int prefix = slash < 0 ? family.bits() : prefix(text.substring(slash + 1), family);
            return judged(family, number, prefix);
        } catch (NotAnAddress e) {
            return new Read.Refused(e.why, null);
        }
    }

    private static Read judged(Family family, BigInteger number, int prefix) {
        Cidr cidr = Cidr.around(family, number, prefix);
        if (family == Family.IPV6 && prefix >= 96 && number.shiftRight(32).equals(MAPPED)) {
            BigInteger low = number.and(Family.IPV4.last());
            return new Read.Refused(
                    "is an IPv4 address in IPv6 form, which firewalls never match",
                    Cidr.around(Family.IPV4, low, prefix - 96).toString());
        }
        if (!cidr.first().equals(number)) {
            return new Read.Refused("has bits behind its prefix of " + prefix, cidr.toString());
        }
        return new Read.Range(cidr);
    }

    private static int prefix(String digits, Family family) throws NotAnAddress {
        int value = decimal(digits, "a prefix");
        if (value > family.bits()) {
            throw new NotAnAddress("has a prefix longer than " + family.bits());
        }
        return value;
    }

    private static BigInteger ipv4(String address) throws NotAnAddress {
        String[] parts = address.split("\\.", -1);
        if (parts.length != 4) {
            throw new NotAnAddress("is neither an IPv4 address of four numbers nor an IPv6 address");
        }
        long value = 0;
        for (String part : parts) {
            int number = decimal(part, "a part");
            if (number > 255) {
                throw new NotAnAddress("has a number above 255");
            }
            value = value << 8 | number;
        }
        return BigInteger.valueOf(value);
    }

    private static int decimal(String digits, String what) throws NotAnAddress {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NotAnAddress("has " + what + " that is not a decimal number of up to three digits");
        }
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            throw new NotAnAddress("has a leading zero, which some programs read as octal");
        }
        return Integer.parseInt(digits);
    }

    private static BigInteger ipv6(String address) throws NotAnAddress {
        if (address.indexOf('%') >= 0) {
            throw new NotAnAddress("has a zone, which means something on one machine only");
        }
        if (address.indexOf('.') >= 0) {
            throw new NotAnAddress("has an IPv4 address inside an IPv6 address");
        }
        int gap = address.indexOf("::");
        if (gap < 0) {
            return number(exactly(groups(address)));
        }
        List<Integer> before = groups(address.substring(0, gap));
        List<Integer> after = groups(address.substring(gap + 2));
        int missing = GROUPS - before.size() - after.size();
        if (missing < 1) {
            throw new NotAnAddress("has more than eight groups");
        }
        List<Integer> all = new ArrayList<>(before);
        for (int i = 0; i < missing; i++) {
            all.add(0);
        }
        all.addAll(after);
        return number(all);
    }

    private static List<Integer> exactly(List<Integer> groups) throws NotAnAddress {
        if (groups.size() != GROUPS) {
            throw new NotAnAddress("has not eight groups");
        }
        return groups;
    }

    private static List<Integer> groups(String part) throws NotAnAddress {
        List<Integer> groups = new ArrayList<>();
        if (part.isEmpty()) {
            return groups;
        }
        for (String group : part.split(":", -1)) {
            if (group.isEmpty() || group.length() > 4 || !group.chars().allMatch(CidrReader::isHex)) {
                throw new NotAnAddress("has a group that is not one to four hexadecimal digits");
            }
            groups.add(Integer.parseInt(group, 16));
        }
        return groups;
    }

    private static boolean isHex(int c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    private static BigInteger number(List<Integer> groups) {
        BigInteger value = BigInteger.ZERO;
        for (int group : groups) {
            value = value.shiftLeft(16).or(BigInteger.valueOf(group));
        }
        return value;
    }

    /** Why a text is no address. */
    private static final class NotAnAddress extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        private NotAnAddress(String why) {
            super(why, null, false, false);
            this.why = why;
        }
    }
}
