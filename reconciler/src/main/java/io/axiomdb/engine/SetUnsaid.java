package io.axiomdb.engine;

import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Registry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** Passwords of a branch that an apply had set without living to say so: the host was seen to have them. Pure. */
record SetUnsaid(Registry registry, SortedMap<String, Observation> seen) {
    List<Credential> of(ResourceKey branch, String host) {
        if (branch.kind() != Kind.BRANCH || !(seen.get(host) instanceof Observation.Seen look)) {
            return List.of();
        }
        Set<Object> marks = new HashSet<>();
        look.state().roles().values().forEach(role -> marks.add(role.password()));
        return registry.credentials().values().stream()
                .flatMap(List::stream)
                .filter(credential -> credential.state() == Credential.State.PENDING)
                .filter(credential -> credential.key().project().equals(branch.project())
                        && credential.key().branch().equals(branch.name()))
                .filter(credential -> marks.contains(credential.mark()))
                .toList();
    }
}
