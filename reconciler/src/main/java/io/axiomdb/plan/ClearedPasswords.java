package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.RoleState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

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
                pairs.stream()
                        .filter(pair -> !isRemoved(pair.key(), findings))
                        .forEach(pair -> add(
                                moving(pair, seen.state()),
                                source(pair, findings),
                                pair.key(),
                                "give them another one before, with password_encryption = 'scram-sha-256', or afterwards: ",
                                findings));
            }
        });
    }

    /** By setting roles aside. */
    static void add(Collection<RoleState> roles, ResourceKey branch, Findings findings) {
        add(roles, Source.NOWHERE, branch, "if the branch comes back, then: ", findings);
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

    private static List<RoleState> moving(RenamePair pair, HostState before) {
        List<RoleState> moving = new ArrayList<>();
        for (RoleKind kind : RoleKind.values()) {
            String old = pair.oldNames().role(kind);
            RoleState there = before.roles().get(old);
            if (there != null && !old.equals(pair.names().role(kind))) {
                moving.add(there);
            }
        }
        return moving;
    }

    private static void add(
            Collection<RoleState> roles, Source at, ResourceKey branch, String when, Findings findings) {
        List<String> cleared = roles.stream()
                .filter(role -> role.password().isMd5())
                .map(RoleState::name)
                .sorted()
                .toList();
        if (!cleared.isEmpty()) {
            findings.notices.add(Diagnostic.of(
                    Code.PASSWORD_CLEARED,
                    at,
                    "MD5 passwords, which PostgreSQL clears when a role gets another name: "
                            + String.join(", ", cleared) + "; nobody logs in with them any more",
                    when + "axm apply --repair password:" + branch.path()));
        }
    }
}
