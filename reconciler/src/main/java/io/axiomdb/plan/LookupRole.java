package io.axiomdb.plan;

import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.plan.AccessComparison.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose the role is as which the pooler looks passwords up, and who could use it. It is AxiomDB's only where its number is
 * the one that the host's helper recorded when it made it; whoever may create roles can make another of its name. Pure.
 */
final class LookupRole {
    private LookupRole() {}

    /**
     * What becomes of its rights in a branch on a host as one version of the file has it. Where the helper's record is lost,
     * the role may be the one that clients come in by: nothing is given to it and nothing taken.
     */
    static Lookup.Rights rights(Desired desired, Project project, Observation.Seen seen) {
        Host host = desired.hosts().get(project.host());
        if (host == null
                || !Lookup.isOn(host)
                || !(seen.access() instanceof AccessObservation.Seen files)
                || files.facts().lookupRole() == 0
                || !seen.state().roles().containsKey(Lookup.ROLE)) {
            return Lookup.Rights.LEFT;
        }
        return ours(seen) == null ? Lookup.Rights.TAKEN : Lookup.Rights.GIVEN;
    }

    /** The role, if it is there under its name and has the number that the host's helper recorded. */
    static @Nullable RoleState ours(Observation.Seen seen) {
        RoleState role = seen.state().roles().get(Lookup.ROLE);
        return role != null
                        && role.oid() != 0
                        && seen.access() instanceof AccessObservation.Seen files
                        && files.facts().lookupRole() == role.oid()
                ? role
                : null;
    }

    /** Whoever is a member of it reads what it reads, and it could do what those can that it is a member of: neither is ever wanted. */
    static List<Gap> gaps(Observation.Seen seen) {
        List<Gap> gaps = new ArrayList<>();
        RoleState role = ours(seen);
        if (role != null) {
            role.memberOf().forEach(of -> gaps.add(gap("member of", of)));
            role.members().forEach(member -> gaps.add(gap("has member", member)));
        }
        return gaps;
    }

    private static Gap gap(String name, Membership membership) {
        return new Gap(new FieldChange("role " + Lookup.ROLE, name, membership.role(), "", Source.NOWHERE), true);
    }

    /** Takes all of that away; to be called where there is some. */
    static Step step(Observation.Seen seen) {
        RoleState role = Objects.requireNonNull(ours(seen));
        List<String> statements = new ArrayList<>();
        role.memberOf().forEach(of -> statements.add(revoke(of.role(), Lookup.ROLE, of, seen.serverVersion())));
        role.members()
                .forEach(member -> statements.add(revoke(Lookup.ROLE, member.role(), member, seen.serverVersion())));
        return new Step.Sql("memberships of role " + Lookup.ROLE, "", statements);
    }

    private static String revoke(String role, String member, Membership membership, int serverVersion) {
        return "REVOKE " + SqlText.identifier(role) + " FROM " + SqlText.identifier(member)
                + RoleDifferences.by(membership, serverVersion);
    }

    /** Whether it is what {@link #step} ends, by the helper's own code. */
    static boolean isMembership(Diagnostic unfit) {
        return unfit.detail().endsWith("(LOOKUP_MEMBERS)");
    }
}
