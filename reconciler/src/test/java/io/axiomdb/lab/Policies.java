package io.axiomdb.lab;

import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.sessions.JqwikSession;

/**
 * Policies of two projects on one host as nobody would write them: mixed modes and scopes, ranges that overlap, touch and
 * hold each other, both kinds of addresses, single ones, rules that are over and rules that will be.
 */
public final class Policies {
    /** Beside {@code main}; each project has some of them. */
    public static final List<String> BRANCHES = List.of("feature/auth", "preview/pr-42");

    private static final int MOST_RULES = 8;
    private static final int GENERATOR_SIZE = 1000;
    private static final List<Integer> V4 = List.of(4, 9, 16, 20, 22, 23, 24, 24, 25, 26, 28, 30, 31, 32, 32);
    private static final List<Integer> V6 = List.of(7, 32, 33, 47, 48, 56, 64, 64, 96, 112, 120, 126, 127, 128, 128);

    private Policies() {}

    /** As many as asked for, the same ones each time, for tests that jqwik does not run. */
    static List<Policy> some(int count, long seed, Instant now) {
        List<Policy> some = new ArrayList<>();
        JqwikSession.run(() -> around(now).generator(GENERATOR_SIZE, false).stream(new Random(seed))
                .limit(count)
                .forEach(policy -> some.add(policy.value())));
        return some;
    }

    /** Around a moment, by which some rules are over. */
    public static Arbitrary<Policy> around(Instant now) {
        return Combinators.combine(project("shop", now), project("square-experience", now))
                .as((one, other) -> new Policy(List.of(one, other)));
    }

    private static Arbitrary<Project> project(String name, Instant now) {
        Arbitrary<List<String>> branches = Arbitraries.of(BRANCHES).list().uniqueElements();
        return branches.flatMap(of -> Combinators.combine(
                        Arbitraries.of("restricted", "restricted", "restricted", "public_runtime", "public_all"),
                        rule(of, now).list().ofMaxSize(MOST_RULES))
                .as((mode, rules) -> new Project(name, mode, of, distinct(rules))));
    }

    private static Arbitrary<Rule> rule(List<String> branches, Instant now) {
        List<Optional<String>> scopes = new ArrayList<>(List.of(Optional.empty(), Optional.empty()));
        branches.forEach(branch -> scopes.add(Optional.of(branch)));
        scopes.add(Optional.of("main"));
        return Combinators.combine(
                        Arbitraries.oneOf(cidr(v4(), V4), cidr(v4(), V4), cidr(v6(), V6)),
                        Arbitraries.of("runtime", "direct", "both"),
                        Arbitraries.of(scopes),
                        Arbitraries.of(List.of(
                                Optional.<Duration>empty(),
                                Optional.<Duration>empty(),
                                Optional.<Duration>empty(),
                                Optional.of(Duration.ofHours(-1)),
                                Optional.of(Duration.ofHours(1)),
                                Optional.of(Duration.ofDays(30)))))
                .as((cidr, ports, scope, until) -> new Rule(
                        "",
                        cidr,
                        ports,
                        scope.orElse(null),
                        until.map(now::plus).orElse(null)));
    }

    /** The file refuses two rules that say the same; the first of them stays, and all get names of their own. */
    static List<Rule> distinct(List<Rule> rules) {
        Set<List<Optional<String>>> seen = new HashSet<>();
        List<Rule> kept = new ArrayList<>();
        for (Rule rule : rules) {
            if (seen.add(
                    List.of(Optional.of(rule.cidr()), Optional.of(rule.ports()), Optional.ofNullable(rule.branch())))) {
                kept.add(new Rule("rule-" + kept.size(), rule.cidr(), rule.ports(), rule.branch(), rule.until()));
            }
        }
        return kept;
    }

    private static Arbitrary<byte[]> v4() {
        return Combinators.combine(Arbitraries.of(10, 198, 203), octet(), octet())
                .as((a, c, d) -> new byte[] {(byte) (int) a, 51, (byte) (int) c, (byte) (int) d});
    }

    private static Arbitrary<byte[]> v6() {
        return Combinators.combine(octet(), octet(), octet()).as((a, b, c) -> {
            byte[] address = new byte[16];
            address[0] = 0x20;
            address[1] = 0x01;
            address[2] = 0x0d;
            address[3] = (byte) 0xb8;
            address[5] = (byte) (int) a;
            address[7] = (byte) (int) b;
            address[15] = (byte) (int) c;
            return address;
        });
    }

    private static Arbitrary<Integer> octet() {
        return Arbitraries.of(0, 1, 2, 3, 64, 127, 128, 255);
    }

    private static Arbitrary<String> cidr(Arbitrary<byte[]> addresses, List<Integer> prefixes) {
        return Combinators.combine(addresses, Arbitraries.of(prefixes)).as((address, prefix) -> {
            int free = address.length * Byte.SIZE - prefix;
            BigInteger first = new BigInteger(1, address).shiftRight(free).shiftLeft(free);
            return address(first, address.length).getHostAddress() + "/" + prefix;
        });
    }

    /**
     * The addresses at which two answers are most likely to differ: the first and the last of every range, those beside
     * them, and a stranger of each kind.
     */
    public static List<InetAddress> telling(Policy policy) {
        List<InetAddress> all = new ArrayList<>();
        all.add(InetAddress.ofLiteral("192.0.2.77"));
        all.add(InetAddress.ofLiteral("fd77::77"));
        SortedSet<String> ranges = new TreeSet<>();
        policy.projects().forEach(project -> project.rules().forEach(rule -> ranges.add(rule.cidr())));
        ranges.forEach(cidr -> all.addAll(borders(cidr)));
        return all.stream().distinct().toList();
    }

    /** The two ranges that a range is made of. */
    static List<String> halves(String cidr) {
        String[] parts = cidr.split("/");
        byte[] bytes = InetAddress.ofLiteral(parts[0]).getAddress();
        int prefix = Integer.parseInt(parts[1]) + 1;
        BigInteger first = new BigInteger(1, bytes);
        BigInteger second = first.setBit(bytes.length * Byte.SIZE - prefix);
        return List.of(
                address(first, bytes.length).getHostAddress() + "/" + prefix,
                address(second, bytes.length).getHostAddress() + "/" + prefix);
    }

    /** The first and the last address of a range and their neighbours. */
    public static List<InetAddress> borders(String cidr) {
        String[] parts = cidr.split("/");
        byte[] bytes = InetAddress.ofLiteral(parts[0]).getAddress();
        BigInteger first = new BigInteger(1, bytes);
        int free = bytes.length * Byte.SIZE - Integer.parseInt(parts[1]);
        BigInteger next = first.add(BigInteger.ONE.shiftLeft(free));
        return List.of(first.subtract(BigInteger.ONE), first, next.subtract(BigInteger.ONE), next).stream()
                .filter(n -> n.signum() >= 0 && n.bitLength() <= bytes.length * Byte.SIZE)
                .map(n -> address(n, bytes.length))
                .toList();
    }

    private static InetAddress address(BigInteger number, int length) {
        byte[] digits = number.toByteArray();
        byte[] bytes = new byte[length];
        int from = Math.max(0, digits.length - length);
        System.arraycopy(digits, from, bytes, length - (digits.length - from), digits.length - from);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(Arrays.toString(bytes), e);
        }
    }
}
