package io.axiomdb.lab;

import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Says who gets in, straight from the specification's table "Combining Rules with Security Modes". It shares no code with
 * the product, so that the two can only agree by both being right.
 */
public final class Oracle {
    /** The pooler's port, in the specification's word. */
    public static final String RUNTIME = "runtime";

    /** PostgreSQL's own port, in the specification's word. */
    public static final String DIRECT = "direct";

    public static final List<String> PORTS = List.of(RUNTIME, DIRECT);

    private Oracle() {}

    /** Whether an address may open a connection to a branch on a port. */
    public static boolean allows(
            Policy policy, Instant now, String project, String branch, String port, InetAddress address) {
        Project declared = policy.project(project);
        return switch (declared.mode()) {
            case "public_all" -> true;
            case "public_runtime" -> port.equals(RUNTIME) || byRule(declared, now, branch, port, address);
            case "restricted" -> byRule(declared, now, branch, port, address);
            default -> throw new IllegalArgumentException("the specification has no mode " + declared.mode());
        };
    }

    /** Whether the firewall has any reason to let an address reach a port: the union over the projects of the host. */
    public static boolean opens(Policy policy, Instant now, String port, InetAddress address) {
        return policy.projects().stream()
                .anyMatch(project -> project.allBranches().stream()
                        .anyMatch(branch -> allows(policy, now, project.name(), branch, port, address)));
    }

    private static boolean byRule(Project project, Instant now, String branch, String port, InetAddress address) {
        for (Rule rule : project.rules()) {
            boolean here = rule.branch() == null || rule.branch().equals(branch);
            boolean thisPort = rule.ports().equals("both") || rule.ports().equals(port);
            boolean yet = rule.until() == null || now.isBefore(rule.until());
            if (here && thisPort && yet && covers(rule.cidr(), address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an address is in a range; a bare address is a range of one. */
    public static boolean covers(String cidr, InetAddress address) {
        int slash = cidr.indexOf('/');
        byte[] net = InetAddress.ofLiteral(slash < 0 ? cidr : cidr.substring(0, slash))
                .getAddress();
        byte[] asked = address.getAddress();
        int bits = slash < 0 ? net.length * Byte.SIZE : Integer.parseInt(cidr.substring(slash + 1));
        return net.length == asked.length && Arrays.equals(leading(net, bits), leading(asked, bits));
    }

    private static byte[] leading(byte[] address, int bits) {
        byte[] masked = new byte[address.length];
        for (int bit = 0; bit < bits; bit++) {
            masked[bit / Byte.SIZE] |= (byte) (address[bit / Byte.SIZE] & (0x80 >> bit % Byte.SIZE));
        }
        return masked;
    }
}
