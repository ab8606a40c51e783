package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Ledger.BranchRow;
import io.axiomdb.host.Observation;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Another server took the place of a host's: what speaks for each branch, and the numbers that its things have there. It is one
 * change, which a person confirms; nothing else is planned with it. Pure.
 */
public final class Accepting {
    private final PlanInput input;
    private final String host;
    private final Observation.Seen seen;
    private final List<FieldChange> fields = new ArrayList<>();
    private final SortedMap<ResourceKey, Identity> identities = new TreeMap<>();
    private final SortedSet<String> cleared = new TreeSet<>();
    private final List<String> rows = new ArrayList<>();

    private Accepting(PlanInput input, String host, Observation.Seen seen) {
        this.input = input;
        this.host = host;
        this.seen = seen;
    }

    /** What {@link Asked#accept} asks for, and nothing else. */
    public static Plan of(PlanInput input) {
        String host = input.asked().accept();
        return switch (input.observations().get(host)) {
            case Observation.Seen seen
            when Known.isAnother(input.registry(), host, seen.system()) ->
                plan(input, List.of(new Accepting(input, host, seen).change()), List.of(), List.of());
            case Observation.Seen seen ->
                plan(input, List.of(), List.of(), List.of(unused(host, "is server " + seen.system())));
            case Observation.Unreachable(Diagnostic why) ->
                plan(input, List.of(), List.of(new Blocked(ResourceKey.host(host), List.of(why))), List.of());
            case null ->
                plan(input, List.of(), List.of(), List.of(unused(host, "is not declared and was never applied")));
        };
    }

    private static Diagnostic unused(String host, String what) {
        return Diagnostic.of(
                Code.ACCEPT_UNUSED,
                "host " + host + " " + what + ", and nothing of it is known on another server",
                "there is nothing to accept");
    }

    private static Plan plan(PlanInput input, List<Change> changes, List<Blocked> blocked, List<Diagnostic> notices) {
        String organization = input.desired().organization();
        return new Plan(
                organization,
                changes,
                List.of(),
                blocked,
                notices,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                PlanDigest.of(organization, changes));
    }

    private Change change() {
        Desired applied = Planner.applied(input.registry());
        applied.projects().values().stream()
                .filter(project -> project.host().equals(host))
                .forEach(project -> project.branches().values().forEach(branch -> branch(project, branch)));
        fields.addFirst(field("", "system identifier", before(), seen.system()));
        return new Change(
                        ResourceKey.host(host),
                        Action.ACCEPT,
                        host,
                        fields,
                        Source.NOWHERE,
                        "it is another server; read what speaks for each branch",
                        rows.isEmpty() ? List.of() : List.of(new Step.Sql("write down whose they are", "", rows)),
                        new TreeSet<>(),
                        new TreeMap<>(),
                        true)
                .settling(new Settles(identities, cleared));
    }

    private String before() {
        SortedSet<String> systems = new TreeSet<>();
        identities.keySet().forEach(key -> systems.add(applied(key).identity().system()));
        systems.remove("");
        return String.join(", ", systems);
    }

    private Applied applied(ResourceKey branch) {
        return Objects.requireNonNull(input.registry().applied().get(branch));
    }

    private void branch(Project project, Branch branch) {
        ResourceKey key = ResourceKey.branch(project.name(), branch.name());
        BranchWant want = BranchCompiler.compile(
                input.registry().organization(),
                project,
                branch,
                branch,
                (_, _, _) -> PasswordMark.UNKNOWN,
                Lookup.Rights.LEFT);
        HostState state = seen.state();
        DatabaseState database = state.databases().get(want.names().database());
        // Of another role it is not accepted unseen: that is for an adoption.
        long number = database != null
                        && database.owner().equals(want.names().owner())
                        && !isOthers(seen.ledger().branchOf(database.oid()))
                ? database.oid()
                : 0;
        SortedMap<RoleKind, Long> roles = new TreeMap<>();
        int there = 0;
        for (RoleKind kind : RoleKind.values()) {
            RoleState role = state.roles().get(want.names().role(kind));
            boolean own = role != null && !isOthers(seen.ledger().branchOfRole(role.oid()));
            roles.put(kind, role == null || !own ? 0L : role.oid());
            there += own ? 1 : 0;
        }
        applied(key).beingMade().stream().map(BeingMade::name).forEach(cleared::add);
        identities.put(key, new Identity(seen.system(), number, roles));
        String subject = key.toString();
        fields.add(field(subject, "database", "", words(want, database)));
        fields.add(field(subject, "roles that are there", "", there + " of " + roles.size()));
        fields.add(field(subject, "passwords that are the ones set last", "", passwords(want, key)));
        fields.add(field(
                subject,
                "comment (a label, no proof)",
                "",
                database == null || database.marker().isEmpty() ? "none" : database.marker()));
        fields.add(field(subject, "row in axiomdb_lock", "", row(want, key, database)));
        if (number != 0 && there == roles.size()) {
            rows.add(LedgerSql.takenOver(
                    input.registry().organization(), key, applied(key).id(), want.names(), branch.from() != null));
        }
    }

    /** By what is written down on the server, another organization's; its database and roles are never accepted. */
    private boolean isOthers(Optional<BranchRow> row) {
        return row.filter(one ->
                        !one.whose().organization().equals(input.registry().organization()))
                .isPresent();
    }

    private static String words(BranchWant want, @Nullable DatabaseState database) {
        if (database == null) {
            return want.names().database() + " is not there";
        }
        return database.owner().equals(want.names().owner())
                ? database.name() + " of role " + database.owner()
                : database.name() + " of role " + database.owner()
                        + ", which is not the branch's owner: not accepted, adopt it";
    }

    private String passwords(BranchWant want, ResourceKey key) {
        int known = 0;
        int same = 0;
        for (RoleKind kind : RoleKind.values()) {
            List<Credential> versions = input.registry()
                    .credentials()
                    .getOrDefault(new CredentialKey(key.project(), key.name(), kind), List.of());
            RoleState role = seen.state().roles().get(want.names().role(kind));
            known += versions.isEmpty() ? 0 : 1;
            same += role != null && versions.stream().anyMatch(v -> v.mark().equals(role.password())) ? 1 : 0;
        }
        return known == 0 ? "none is known" : same + " of " + known;
    }

    private String row(BranchWant want, ResourceKey key, @Nullable DatabaseState database) {
        Ledger.Whose whose = new Ledger.Whose(input.registry().organization(), key.project(), key.name());
        return seen.ledger().branches().stream()
                .filter(row -> row.whose().equals(whose))
                .findFirst()
                .map(row -> database != null && row.database() == database.oid()
                        ? "with the number that " + want.names().database() + " has"
                        : "with another number")
                .orElse("none");
    }

    private FieldChange field(String subject, String name, String before, String after) {
        return new FieldChange(subject, name, before, after, Source.NOWHERE);
    }
}
