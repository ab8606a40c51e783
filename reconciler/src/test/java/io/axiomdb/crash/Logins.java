package io.axiomdb.crash;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Installation.SqlRefused;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold of passwords in the end. */
final class Logins {
    private final Lane lane;
    private final Trial trial;
    private final List<String> wrong = new ArrayList<>();

    private Logins(Lane lane, Trial trial) {
        this.lane = lane;
        this.trial = trial;
    }

    /** Everything that is wrong, in words. */
    static List<String> wrong(Lane lane, Trial trial, Evidence before, Evidence end) {
        Logins logins = new Logins(lane, trial);
        logins.check(before, end);
        return logins.wrong;
    }

    /** Each role has one current password, which logs in; who had one before still has it, under whatever name. */
    private void check(Evidence before, Evidence end) {
        SortedSet<CredentialKey> known = new TreeSet<>();
        for (Project project : trial.wish().projects().values()) {
            String formerProject = Objects.requireNonNullElse(project.renamedFrom(), project.name());
            for (Branch branch : project.branches().values()) {
                for (RoleKind kind : RoleKind.values()) {
                    CredentialKey key = new CredentialKey(project.name(), branch.name(), kind);
                    if (isUnknown(key)) {
                        login(BranchNames.of(project, branch), kind, Scenario.End.OLD);
                        continue;
                    }
                    known.add(key);
                    String former = Objects.requireNonNullElse(branch.renamedFrom(), branch.name());
                    String was = before.passwords().get(new CredentialKey(formerProject, former, kind));
                    if (was != null && !was.equals(end.passwords().get(key))) {
                        wrong.add("the password of " + key + " that was printed before is not the current one");
                    }
                    login(BranchNames.of(project, branch), kind, end.passwords().getOrDefault(key, ""));
                }
            }
        }
        credentials(known, end);
    }

    /** Of an adopted branch AxiomDB has no passwords but those it made. */
    private boolean isUnknown(CredentialKey key) {
        ResourceKey branch = ResourceKey.branch(key.project(), key.branch());
        return trial.request().asked().adopt().contains(branch)
                && trial.scenario().end().unknown().contains(key.role());
    }

    private void credentials(SortedSet<CredentialKey> known, Evidence end) {
        SortedMap<CredentialKey, List<Credential.State>> found = new TreeMap<>();
        end.registry()
                .credentials()
                .forEach((key, all) ->
                        found.put(key, all.stream().map(Credential::state).toList()));
        known.forEach(key -> {
            List<Credential.State> states = Objects.requireNonNullElse(found.remove(key), List.of());
            if (!states.equals(List.of(Credential.State.CURRENT))) {
                wrong.add("credential " + key + " is " + states);
            }
        });
        found.forEach((key, states) -> wrong.add("credential " + key + " of no role is " + states));
    }

    private void login(BranchNames names, RoleKind kind, String password) {
        try {
            lane.as(names.role(kind), password, names.database(), "SELECT 1");
        } catch (SqlRefused e) {
            wrong.add(names.role(kind) + " can't log in: " + e.getMessage());
        }
    }
}
