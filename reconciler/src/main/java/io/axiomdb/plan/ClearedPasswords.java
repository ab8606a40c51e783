package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.RoleState;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Tells which roles lose their password by getting another name. Pure. */
final class ClearedPasswords {
    private ClearedPasswords() {}

    /**
     * By branches and projects that are called otherwise.
     *
     * @param input as it was before anything was renamed
     */
    static void add(PlanInput input, Findings findings) {
        findings.renamedOn.forEach((host, pairs) -> {
            if (input.observations().get(host) instanceof Observation.Seen seen) {
                pairs.forEach(pair -> add(pair, cleared(moving(pair, seen.state())), findings));
            }
        });
    }

    private static void add(RenamePair pair, List<String> cleared, Findings findings) {
        if (cleared.isEmpty() || isRemoved(pair.key(), findings)) {
            return;
        }
        findings.notices.add(notice(
                cleared,
                source(pair, findings),
                "give them another one before, with password_encryption = 'scram-sha-256', or afterwards: ",
                pair.key()));
    }

    /** By setting roles aside. */
    static void add(Collection<RoleState> roles, ResourceKey branch, Findings findings) {
        List<String> cleared = cleared(roles.stream());
        if (!cleared.isEmpty()) {
            findings.notices.add(notice(cleared, Source.NOWHERE, "if the branch comes back, then: ", branch));
        }
    }

    /** A branch of a renamed project may be taken out at the same time. */
    private static boolean isRemoved(ResourceKey branch, Findings findings) {
        return findings.changes.stream()
                .anyMatch(change ->
                        change.action() == Action.REMOVE && change.resource().equals(branch));
    }

    /** The line that renames it, or its project. */
    private static Source source(RenamePair pair, Findings findings) {
        ResourceKey project = ResourceKey.project(pair.project().name());
        return findings.changes.stream()
                .filter(change -> change.action() == Action.RENAME)
                .filter(change -> change.resource().equals(pair.key())
                        || change.resource().equals(project))
                .map(Change::source)
                .findFirst()
                .orElse(Source.NOWHERE);
    }

    private static Stream<RoleState> moving(RenamePair pair, HostState before) {
        SortedMap<String, String> roles = pair.oldNames().rolesTo(pair.names());
        return roles.keySet().stream()
                .filter(old -> !old.equals(roles.get(old)))
                .map(before.roles()::get)
                .filter(Objects::nonNull);
    }

    private static List<String> cleared(Stream<RoleState> roles) {
        return roles.filter(role -> role.password().isMd5())
                .map(RoleState::name)
                .sorted()
                .toList();
    }

    private static Diagnostic notice(List<String> cleared, Source at, String when, ResourceKey branch) {
        return Diagnostic.of(
                Code.PASSWORD_CLEARED,
                at,
                "MD5 passwords, which PostgreSQL clears when a role gets another name: " + String.join(", ", cleared)
                        + "; nobody logs in with them any more",
                when + "axm apply --repair password:" + branch.path());
    }
}
