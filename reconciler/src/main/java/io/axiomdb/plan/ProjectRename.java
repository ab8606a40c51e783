package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One project that is called otherwise, with all its branches as they were applied: one change, and one transaction in which
 * every database and role gets its new name, or none. Pure.
 *
 * @param project as it is declared
 * @param before as it was applied, under its old name
 * @param looks its branches under both names
 * @param names new names and comments on the host; none once it has them
 */
record ProjectRename(
        String organization,
        Project project,
        Project before,
        HostState actual,
        List<RenamePair.Look> looks,
        List<NewName> names) {
    static ProjectRename of(Registry registry, Project project, Project before, Observation.Seen seen) {
        Project renamed = before.as(project.name());
        List<RenamePair.Look> looks = before.branches().values().stream()
                .map(branch -> new RenamePair(renamed, branch, before, branch))
                .map(pair -> pair.look(registry, seen.state()))
                .toList();
        List<NewName> names = new ArrayList<>();
        looks.stream().filter(RenamePair.Look::isOld).forEach(look -> {
            names.addAll(NewName.of(look));
        });
        return new ProjectRename(registry.organization(), project, before, seen.state(), looks, names);
    }

    /** What of it is missing on the host or made by others, and what else has its new names. */
    List<Diagnostic> obstacles() {
        return looks.stream()
                .flatMap(look -> look.isThere() ? look.taken().stream() : missing(look))
                .map(diagnostic -> diagnostic.at(at()))
                .toList();
    }

    private Stream<Diagnostic> missing(RenamePair.Look look) {
        List<Diagnostic> foreign = look.foreign();
        RenamePair pair = look.pair();
        return foreign.isEmpty()
                ? Stream.of(RenameRefusals.refusal(
                        project, "of its " + pair.oldKey() + " " + pair.nowhere(), RenamePair.PUT_BACK))
                : foreign.stream();
    }

    Change change() {
        return Copies.cleared(
                left(),
                new Change(
                        ResourceKey.project(project.name()),
                        Action.RENAME,
                        before.host(),
                        fields(),
                        at(),
                        RenamePlanner.reason(keepsNames()),
                        steps(),
                        new TreeSet<>(),
                        project.fields(),
                        true,
                        ResourceKey.project(before.name()),
                        "",
                        reopening().undo(closing().getFirst())));
    }

    private List<BeingMade> left() {
        return looks.stream()
                .flatMap(look -> Copies.left(look.ours(), actual).stream())
                .toList();
    }

    private Reopening reopening() {
        return Reopening.of(moving(true), moving(false), actual);
    }

    private List<Step> closing() {
        return SetAsideSteps.close(moving(true).keySet(), moving(false).keySet(), actual);
    }

    /** Whether only comments change on the host. */
    boolean keepsNames() {
        return looks.stream().allMatch(look -> look.pair().keepsNames());
    }

    /** Whether anything on the host is yet to get another name. */
    boolean moves() {
        return names.stream().anyMatch(name -> !name.from().equals(name.to()));
    }

    /** Databases that get another name. */
    SortedSet<String> leaving() {
        return new TreeSet<>(moving(true).keySet());
    }

    private Source at() {
        return project.origin().of("renamed_from");
    }

    private List<FieldChange> fields() {
        List<FieldChange> fields = new ArrayList<>();
        fields.add(new FieldChange("", "name", before.name(), project.name(), at()));
        for (RenamePair.Look look : looks) {
            BranchNames old = look.pair().oldNames();
            BranchNames now = look.pair().names();
            String subject = "branch " + look.pair().branch().name();
            fields.add(new FieldChange(subject, "database", old.database(), now.database(), at()));
            fields.add(new FieldChange(
                    subject, "roles", String.join(", ", old.roles()), String.join(", ", now.roles()), at()));
        }
        fields.removeIf(field -> field.before().equals(field.after()));
        return fields;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        steps.add(RenamePair.passwords(looks.stream().map(RenamePair.Look::pair).toList()));
        if (names.isEmpty()) {
            return steps;
        }
        List<String> statements = new ArrayList<>(List.of(NewName.same(names, actual)));
        statements.addAll(NewName.statements(names));
        looks.stream()
                .filter(RenamePair.Look::isOld)
                .map(RenamePair.Look::pair)
                .forEach(pair -> statements.addAll(LedgerSql.renamed(organization, pair.oldKey(), pair.key())));
        if (!moves()) {
            steps.add(new Step.Sql("comments", "", statements));
            return steps;
        }
        steps.addAll(closing());
        statements.addAll(reopening().renamed());
        steps.add(new Step.Sql("rename what is of project " + before.name(), "", statements));
        return steps;
    }

    /** By old name, those that get another one. A branch one of whose names changes is closed as a whole. */
    private SortedMap<String, String> moving(boolean databases) {
        SortedSet<String> comments = new TreeSet<>();
        names.stream().filter(name -> !name.from().equals(name.to())).forEach(name -> comments.add(name.comment()));
        SortedMap<String, String> moving = new TreeMap<>();
        names.stream()
                .filter(name -> name.database() == databases && comments.contains(name.comment()))
                .forEach(name -> moving.put(name.from(), name.to()));
        return moving;
    }

    /** The host once all that is done. */
    Observation.Seen after(Observation.Seen seen) {
        HostState state = actual;
        for (RenamePair.Look look : looks) {
            state = Copies.withoutMembers(look.ours(), state);
        }
        SortedMap<String, Observation.Measure> measured = new TreeMap<>();
        SortedMap<String, String> moved = moving(true);
        seen.measured().forEach((name, measure) -> measured.put(moved.getOrDefault(name, name), measure));
        return new Observation.Seen(
                Renamed.all(names, state),
                seen.serverVersion(),
                seen.strangers(),
                seen.ties(),
                measured,
                seen.holds(),
                seen.ledger(),
                seen.access(),
                seen.took());
    }
}
