package io.axiomdb.engine;

import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Registry;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Passwords of a branch that an apply had set without living to say so: the host was seen to have them. Pure. */
record SetUnsaid(Registry registry, SortedMap<String, Observation> seen) {
    /** Those that are pending, whatever becomes of the branch. */
    List<Credential> of(ResourceKey branch, String host) {
        return seen(pending(), branch, host);
    }

    /** Those that a change leaves as they are. */
    List<Credential> of(Change change) {
        return change.action().takesAway()
                ? List.of()
                : seen(Stream.concat(pending(), kept(change)), change.resource(), change.host());
    }

    private List<Credential> seen(Stream<Credential> all, ResourceKey branch, String host) {
        if (branch.kind() != Kind.BRANCH || !(seen.get(host) instanceof Observation.Seen look)) {
            return List.of();
        }
        List<Credential> its = all.filter(
                        credential -> credential.key().project().equals(branch.project())
                                && credential.key().branch().equals(branch.name()))
                .toList();
        if (its.isEmpty()) {
            return its;
        }
        Set<PasswordMark> marks =
                look.state().roles().values().stream().map(RoleState::password).collect(Collectors.toSet());
        return its.stream()
                .filter(credential -> marks.contains(credential.mark()))
                .toList();
    }

    private Stream<Credential> pending() {
        return registry.credentials().values().stream()
                .flatMap(List::stream)
                .filter(credential -> credential.state() == Credential.State.PENDING);
    }

    /** What comes back has the passwords with which it was set aside. */
    private Stream<Credential> kept(Change change) {
        return registry.removed().stream()
                .filter(removed ->
                        change.action() == Action.UNDELETE && removed.id().equals(change.removed()))
                .flatMap(removed -> removed.credentials().stream());
    }
}
