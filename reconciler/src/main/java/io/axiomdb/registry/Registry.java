package io.axiomdb.registry;

import io.axiomdb.core.Sorted;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Member;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that the control plane knows about an organization, read at one moment.
 *
 * @param known false when this organization was never applied here
 * @param others names of other organizations in the same control plane
 * @param applied declarations last applied; removed ones are not among them
 * @param removed branches that were removed and not dropped for good, oldest first
 * @param credentials current and pending versions by key, lowest version first
 */
public record Registry(
        String organization,
        boolean known,
        List<String> others,
        SortedMap<ResourceKey, Applied> applied,
        List<Removed> removed,
        SortedMap<CredentialKey, List<Credential>> credentials) {
    public Registry {
        removed = List.copyOf(removed);
        others = List.copyOf(others);
        applied = Sorted.map(applied);
        credentials = Sorted.map(credentials);
    }

    /** By what was applied, never by a file. Where no one is a member yet, everybody is an owner. */
    public boolean isOwner(String actor) {
        List<Member> members = applied.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == Kind.MEMBER)
                .map(entry -> Member.of(entry.getKey().name(), entry.getValue().fields()))
                .toList();
        return members.isEmpty()
                || members.stream()
                        .anyMatch(member -> member.email().equals(actor) && member.role() == MemberRole.OWNER);
    }

    /** The roles of an applied branch whose passwords nobody told AxiomDB: it was adopted with them. */
    public List<RoleKind> unknownPasswords(ResourceKey branch) {
        Applied there = applied.get(branch);
        if (there == null || !there.complete()) {
            return List.of();
        }
        return Arrays.stream(RoleKind.values())
                .filter(role ->
                        credentials
                                .getOrDefault(new CredentialKey(branch.project(), branch.name(), role), List.of())
                                .stream()
                                .noneMatch(version -> version.state() == Credential.State.CURRENT))
                .toList();
    }

    /**
     * The same once a project is called otherwise. What was removed before stays under the old name.
     *
     * @param to nothing of this project is applied
     */
    public Registry renamed(String from, String to) {
        SortedMap<ResourceKey, Applied> there = new TreeMap<>();
        applied.forEach((key, one) -> there.put(key.project().equals(from) ? key.inProject(to) : key, one));
        SortedMap<CredentialKey, List<Credential>> versions = new TreeMap<>(credentials);
        credentials.forEach((key, all) -> {
            if (key.project().equals(from)) {
                CredentialKey other = new CredentialKey(to, key.branch(), key.role());
                versions.remove(key);
                versions.put(
                        other,
                        all.stream()
                                .map(c -> new Credential(other, c.version(), c.mark(), c.state()))
                                .toList());
            }
        });
        return new Registry(organization, known, others, there, removed, versions);
    }

    /** In which nothing was removed. */
    public Registry(
            String organization,
            boolean known,
            List<String> others,
            SortedMap<ResourceKey, Applied> applied,
            SortedMap<CredentialKey, List<Credential>> credentials) {
        this(organization, known, others, applied, List.of(), credentials);
    }
}
