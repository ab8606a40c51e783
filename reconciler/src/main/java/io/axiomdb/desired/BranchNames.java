package io.axiomdb.desired;

import io.axiomdb.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The database and roles of a branch, by the specification's naming convention.
 *
 * @param database such as {@code sq_square_experience_main_br_feature-auth}
 * @param owner such as {@code square_experience_main_br_feature-auth_owner}
 */
public record BranchNames(String database, String owner, String rw, String ro) {
    /** PostgreSQL cuts identifiers silently at this many bytes. */
    public static final int LIMIT_BYTES = 63;

    private static final int HASH_DIGITS = 8;

    public static BranchNames of(Project project, Branch branch) {
        String base = base(project, branch);
        Branch.NameOverrides given = branch.names();
        String database = given.database() == null ? fit(project.prefix() + "_" + base, LIMIT_BYTES) : given.database();
        String roles = fit(base, LIMIT_BYTES - "_owner".length());
        return new BranchNames(
                database,
                given.owner() == null ? roles + "_owner" : given.owner(),
                given.rw() == null ? roles + "_rw" : given.rw(),
                given.ro() == null ? roles + "_ro" : given.ro());
    }

    public String role(RoleKind kind) {
        return switch (kind) {
            case OWNER -> owner;
            case RW -> rw;
            case RO -> ro;
        };
    }

    /** Owner, read-write, read-only. */
    public List<String> roles() {
        return List.of(owner, rw, ro);
    }

    /** Its roles, each with the one of the same kind under other names. */
    public SortedMap<String, String> rolesTo(BranchNames others) {
        SortedMap<String, String> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            roles.put(role(kind), others.role(kind));
        }
        return roles;
    }

    /** A project's name as it stands in database and role names. */
    public static String appKey(String project) {
        return project.replace('-', '_');
    }

    /** What a branch name becomes inside database and role names: lower case, all else than a-z, 0-9 and - becomes -. */
    public static String slug(String branch) {
        return branch.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    }

    private static String base(Project project, Branch branch) {
        String base = appKey(project.name()) + "_" + project.env();
        if (branch.name().equals(Project.MAIN)) {
            return base;
        }
        return base + "_br_" + (branch.slug() == null ? slug(branch.name()) : branch.slug());
    }

    /** Longer names are cut, and a hash of the whole name follows; the roles of a branch are cut alike. */
    private static String fit(String name, int room) {
        if (name.getBytes(StandardCharsets.UTF_8).length <= room) {
            return name;
        }
        String hash = Digest.of(name).hex().substring(0, HASH_DIGITS);
        return begun(name, room - HASH_DIGITS - 1) + "-" + hash;
    }

    /** As many whole characters as fit. A name that was refused comes here too, and may hold more than plain letters. */
    private static String begun(String name, int bytes) {
        int end = 0;
        int used = 0;
        while (end < name.length()) {
            String next = Character.toString(name.codePointAt(end));
            used += next.getBytes(StandardCharsets.UTF_8).length;
            if (used > bytes) {
                break;
            }
            end += next.length();
        }
        return name.substring(0, end);
    }
}
