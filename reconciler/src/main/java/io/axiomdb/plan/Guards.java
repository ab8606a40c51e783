package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Member;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.registry.Applied;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What apply refuses to do however well it is written in the file. Each names its rule, its numbers and the way out. Pure. */
final class Guards {
    private final PlanInput input;
    private final Desired applied;
    private final List<Diagnostic> refusals = new ArrayList<>();

    private Guards(PlanInput input, Desired applied) {
        this.input = input;
        this.applied = applied;
    }

    static List<Diagnostic> check(PlanInput input, Desired applied, List<Change> changes) {
        Guards guards = new Guards(input, applied);
        guards.destroyCap(changes);
        guards.protection(changes);
        guards.lastOwner();
        guards.raises();
        guards.opensToTheWorld();
        guards.refusals.addAll(MaskRule.dropped(input));
        guards.refusals.addAll(ResetGuard.check(input));
        guards.refusals.addAll(LockOut.check(input, applied, changes));
        return guards.refusals;
    }

    private void destroyCap(List<Change> changes) {
        List<Change> removals = changes.stream()
                .filter(c -> c.action() == Action.REMOVE && c.resource().kind().holdsData())
                .filter(c -> !BranchExpiry.ends(c.resource(), input))
                .toList();
        if (removals.size() > input.asked().allowDestroy()) {
            refuse(
                    Code.DESTROY_CAP,
                    Source.NOWHERE,
                    "the plan removes " + removals.size() + " things that hold data ("
                            + removals.stream()
                                    .map(c -> c.resource().toString())
                                    .collect(Collectors.joining(", "))
                            + "); allowed: " + input.asked().allowDestroy(),
                    "if all of them are meant to go: --allow-destroy " + removals.size());
        }
    }

    /** Protection is judged by what was last applied, so that deleting the line along with the branch does not get round it. */
    private void protection(List<Change> changes) {
        for (Change change : changes) {
            Applied before = input.registry().applied().get(change.resource());
            boolean removesBranch =
                    change.action() == Action.REMOVE && change.resource().kind() == Kind.BRANCH;
            if (removesBranch && before != null && before.fields().flag("protected", false)) {
                refuse(
                        Code.PROTECTED,
                        Source.NOWHERE,
                        change.resource() + " was applied with protected: true",
                        "in two steps: put it back with protected: false and apply, then remove it and apply again");
            }
        }
    }

    private void lastOwner() {
        boolean had = applied.members().values().stream().anyMatch(m -> m.role() == MemberRole.OWNER);
        boolean has = input.desired().members().values().stream().anyMatch(m -> m.role() == MemberRole.OWNER);
        if (had && !has) {
            refuse(
                    Code.LAST_OWNER,
                    input.desired().origin().self(),
                    "organization " + input.desired().organization() + " would be left without an owner",
                    "keep one member with the role owner");
        }
    }

    /** The first apply brings the members along; from then on only an owner of the registry raises anyone. */
    private void raises() {
        if (input.isActorOwner()) {
            return;
        }
        for (Member member : input.desired().members().values()) {
            Member before = applied.members().get(member.email());
            MemberRole was = before == null ? MemberRole.VIEWER : before.role();
            if (member.role().isAbove(was)) {
                refuse(
                        Code.RAISE_NEEDS_OWNER,
                        member.origin().self(),
                        member.email() + " would rise from " + (before == null ? "no role" : was.word()) + " to "
                                + member.role().word() + ", and " + input.actor() + " is no owner",
                        "an owner applies this: " + owners() + " (say who you are with --actor)");
            }
        }
    }

    private void opensToTheWorld() {
        if (input.isActorOwner()) {
            return;
        }
        for (Project project : input.desired().projects().values()) {
            Project before = applied.projects().get(project.name());
            boolean wasOpen = before != null && isOpen(before);
            if (isOpen(project) && !wasOpen) {
                refuse(
                        Code.PUBLIC_NEEDS_OWNER,
                        Objects.requireNonNull(project.network()).origin().of("mode"),
                        "project " + project.name() + " would be public_all, and " + input.actor() + " is no owner",
                        "an owner applies this: " + owners());
            }
        }
    }

    private static boolean isOpen(Project project) {
        return project.network() != null && project.network().mode() == Network.Mode.PUBLIC_ALL;
    }

    private String owners() {
        return applied.members().values().stream()
                .filter(m -> m.role() == MemberRole.OWNER)
                .map(Member::email)
                .collect(Collectors.joining(", "));
    }

    private void refuse(Code code, Source source, String detail, String help) {
        refusals.add(Diagnostic.of(code, source, detail, help));
    }
}
