package io.axiomdb.compile;

import static io.axiomdb.compile.BranchWant.UNMANAGED;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Grant;
import io.axiomdb.host.HostState;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** From a declared branch to its exact database and roles. Pure. */
public final class BranchCompiler {
    private BranchCompiler() {}

    /**
     * Compiles one branch.
     *
     * @param applied the branch as it was last applied; what was declared then and is not any more goes back to
     *     PostgreSQL's default, once
     * @param lookup whether the pooler looks passwords up in it
     */
    public static BranchWant compile(
            String organization,
            Project project,
            Branch branch,
            @Nullable Branch applied,
            Passwords passwords,
            Lookup.Rights lookup) {
        BranchNames names = BranchNames.of(project, branch);
        String marker = marker(organization, project, branch);
        SortedMap<String, RoleState> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            roles.put(
                    names.role(kind),
                    role(names.role(kind), kind, marker, branch, applied, passwords.of(project, branch, kind)));
        }
        DatabaseState database = new DatabaseState(
                names.database(),
                marker,
                names.owner(),
                true,
                limit(
                        branch.connectionLimits().database(),
                        applied == null ? null : applied.connectionLimits().database()),
                databaseGrants(names, lookup == Lookup.Rights.GIVEN),
                branch.settings(),
                BranchRights.contents(names, schemas(branch), lookup == Lookup.Rights.GIVEN));
        SortedSet<String> released = new TreeSet<>();
        if (applied != null) {
            released.addAll(applied.settings().keySet());
            released.removeAll(branch.settings().keySet());
        }
        SortedMap<String, DatabaseState> databases = new TreeMap<>();
        databases.put(names.database(), database);
        return new BranchWant(
                organization,
                ResourceKey.branch(project.name(), branch.name()),
                project.host(),
                names,
                marker,
                new HostState(roles, databases),
                branch.rights() == Branch.Rights.ADDITIVE,
                lookup,
                released,
                branch.origin());
    }

    /** The comment on what is made for a branch. */
    public static String marker(String organization, Project project, Branch branch) {
        return marker(organization, ResourceKey.branch(project.name(), branch.name()));
    }

    /** The comment of a branch's database and roles: a label for people, never a proof. */
    public static String marker(String organization, ResourceKey branch) {
        return "axm:" + organization + "/" + branch.path();
    }

    /** The schemas in which the roles of a branch get their rights. */
    public static SortedSet<String> schemas(Branch branch) {
        SortedSet<String> schemas = new TreeSet<>(branch.schemas());
        schemas.add("public");
        return schemas;
    }

    private static RoleState role(
            String name, RoleKind kind, String marker, Branch branch, @Nullable Branch applied, PasswordMark password) {
        Branch.ConnectionLimits before =
                applied == null ? Branch.ConnectionLimits.UNLIMITED : applied.connectionLimits();
        return new RoleState(
                name,
                marker,
                new RoleState.Attributes(true, false, kind == RoleKind.OWNER, false, true, false, false, null),
                limit(of(branch.connectionLimits(), kind), of(before, kind)),
                password,
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet());
    }

    private static @Nullable Integer of(Branch.ConnectionLimits limits, RoleKind kind) {
        return switch (kind) {
            case OWNER -> limits.owner();
            case RW -> limits.rw();
            case RO -> limits.ro();
        };
    }

    private static int limit(@Nullable Integer declared, @Nullable Integer before) {
        if (declared != null) {
            return declared;
        }
        return before == null ? UNMANAGED : RoleState.UNLIMITED;
    }

    private static SortedSet<Grant> databaseGrants(BranchNames names, boolean pooled) {
        SortedSet<Grant> grants = new TreeSet<>();
        grants.add(Grant.of(names.rw(), "CONNECT"));
        grants.add(Grant.of(names.rw(), "TEMPORARY"));
        grants.add(Grant.of(names.ro(), "CONNECT"));
        if (pooled) {
            grants.add(Grant.of(Lookup.ROLE, "CONNECT"));
        }
        return grants;
    }

    /** Which password a role should have; from the registry, as fingerprints. */
    @FunctionalInterface
    public interface Passwords {
        PasswordMark of(Project project, Branch branch, RoleKind kind);
    }
}
