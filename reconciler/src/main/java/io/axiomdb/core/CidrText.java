package io.axiomdb.core;

import io.axiomdb.core.Cidr.Family;
import java.math.BigInteger;

/** Writes addresses: IPv4 in decimal, IPv6 by RFC 5952. */
final class CidrText {
    private static final int GROUPS = 8;

    private CidrText() {}

    static String address(Family family, BigInteger address) {
        return switch (family) {
            case IPV4 -> ipv4(address.longValueExact());
            case IPV6 -> ipv6(address);
        };
    }

    private static String ipv4(long address) {
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    private static String ipv6(BigInteger address) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = address.shiftRight(16 * (GROUPS - 1 - i)).intValue() & 0xffff;
        }
        int start = longestZeros(groups);
        int end = start + zerosFrom(groups, start);
        if (end - start < 2) {
            return joined(groups, 0, GROUPS);
        }
        return joined(groups, 0, start) + "::" + joined(groups, end, GROUPS);
    }

    private static int longestZeros(int[] groups) {
        int best = 0;
        for (int i = 1; i < GROUPS; i++) {
            if (zerosFrom(groups, i) > zerosFrom(groups, best)) {
                best = i;
            }
        }
        return best;
    }

    private static int zerosFrom(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - start;
    }

    private static String joined(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
