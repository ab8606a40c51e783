package io.axiomdb.core;

import io.axiomdb.core.Cidr.Family;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses that the Internet routes (RFC 6890 and its registries). Leaving out private ranges makes nothing less
 * open to the world, so these are what counts.
 */
final class PublicAddresses {
    private static final AddressSet IPV4 = AddressSet.of(ranges("0.0.0.0/0"))
            .minus(AddressSet.of(ranges(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3")));
    private static final AddressSet IPV6 =
            AddressSet.of(ranges("2000::/3")).minus(AddressSet.of(ranges("2001:db8::/32")));

    private PublicAddresses() {}

    static AddressSet of(Family family) {
        return switch (family) {
            case IPV4 -> IPV4;
            case IPV6 -> IPV6;
        };
    }

    private static List<Cidr> ranges(String... texts) {
        return Stream.of(texts).map(PublicAddresses::range).toList();
    }

    private static Cidr range(String text) {
        return switch (Cidr.read(text)) {
            case Cidr.Read.Range(Cidr cidr) -> cidr;
            case Cidr.Read.Refused refused -> throw new IllegalStateException(text + " " + refused.why());
        };
    }
}
