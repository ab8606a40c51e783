package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.view.Samples;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Digest;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Member;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Plan;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code axm export}, {@code axm adopt}, and what is said of passwords that nobody knows. */
class AdoptTest {
    private static final ResourceKey CRM = ResourceKey.branch("crm", "main");

    private final FakeWorld world = new FakeWorld();

    @BeforeEach
    void a_file_with_one_project() {
        Branch main = Branch.of("main", new Fields(new TreeMap<>(), Origin.UNKNOWN));
        Project crm = Project.of(
                "crm",
                new Fields(new TreeMap<>(Map.of("host", "db1")), Origin.UNKNOWN),
                new TreeMap<>(Map.of("main", main)),
                null,
                null);
        Host host = Host.of("db1", new Fields(new TreeMap<>(Map.of("postgres.address", "db1.acme")), Origin.UNKNOWN));
        world.desired = new Desired(
                "acme",
                new TreeMap<>(
                        Map.of("dba@acme.example", new Member("dba@acme.example", MemberRole.OWNER, Origin.UNKNOWN))),
                new TreeMap<>(Map.of("db1", host)),
                new TreeMap<>(Map.of("crm", crm)),
                Origin.UNKNOWN);
    }

    @Test
    void the_named_branch_is_asked_for_and_the_next_command_says_it_again() {
        assertThat(world.run("adopt", "crm/main", "--file", "x.yaml")).isEqualTo(Exit.REFUSED);
        assertThat(world.requests.getFirst().asked().adopt()).containsExactly(CRM);
        String digest = world.planned.plan().digest().abbreviated();
        assertThat(world.err()).contains("axm adopt crm/main --plan " + digest + " --file x.yaml");
        assertThat(world.applied).isNull();
        assertThat(world.run("adopt", "crm/main", "--plan", digest)).isEqualTo(Exit.OK);
        assertThat(world.applied).isNotNull();
    }

    @Test
    void all_are_those_that_only_foreign_objects_keep_from_being_planned() {
        world.planned = Samples.planned(
                blocked(
                        new Blocked(CRM, List.of(Diagnostic.of(Code.FOREIGN_OBJECT, "role crm", "adopt it"))),
                        new Blocked(
                                ResourceKey.branch("shop", "main"),
                                List.of(Diagnostic.of(Code.WOULD_MOVE, "it moves", "put it back")))),
                Samples.seen("db1"));
        world.run("adopt", "--all", "--auto-approve");
        assertThat(world.requests.getLast().asked().adopt()).containsExactly(CRM);
        assertThat(world.requests).hasSize(2);
    }

    @Test
    void nothing_to_adopt_applies_nothing_else_either() {
        assertThat(world.run("adopt", "--all", "--auto-approve")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("Nothing of the file is there that others made.");
        assertThat(world.applied).isNull();
    }

    @Test
    void all_takes_hosts_over_also_where_no_branch_is_left_to_adopt() {
        Diagnostic why = Diagnostic.of(Code.OTHER_CONTROL_PLANE, "host db1", "take it over");
        world.planned = Samples.planned(blocked().with(List.of(), List.of(why)), Samples.seen("db1"));
        world.run("adopt", "--all", "--auto-approve");
        assertThat(world.requests.getLast().asked().adopt()).containsExactly(ResourceKey.host("db1"));
        world.run("adopt", "--host", "db1", "--auto-approve");
        assertThat(world.requests.getLast().asked().adopt()).containsExactly(ResourceKey.host("db1"));
        assertThat(world.run("adopt", "--host", "db9", "--auto-approve")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0201");
    }

    @Test
    void a_misspelt_branch_is_no_adoption() {
        assertThat(world.run("adopt", "crm/mian", "--auto-approve")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0201").contains("main");
        assertThat(world.run("adopt", "cmr/main", "--auto-approve")).isEqualTo(Exit.ERROR);
        assertThat(world.applied).isNull();
        assertThat(world.requests).isEmpty();
    }

    @Test
    void an_export_is_a_file_on_stdout_with_members_and_the_host_as_they_are() {
        assertThat(world.run("export", "--host", "db1")).isEqualTo(Exit.OK);
        assertThat(world.out())
                .contains("organization: acme", "dba@acme.example\": owner", "postgresql://db1.acme:5432/postgres")
                .contains("projects: {}");
        assertThat(world.run("export", "--host", "db2")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0201");
    }

    @Test
    void status_names_the_passwords_that_nobody_told() {
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        world.desired
                .projects()
                .values()
                .forEach(project -> applied.put(ResourceKey.project("crm"), stored(project.fields())));
        applied.put(
                ResourceKey.host("db1"),
                stored(new TreeMap<>(Map.of("postgres.address", "db1.acme", "tls", "required"))));
        applied.put(CRM, stored(new TreeMap<>(Map.of("data", "empty", "protected", "true"))));
        world.registry = new Registry("acme", true, List.of(), applied, new TreeMap<>());
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"));
        assertThat(world.run("status")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("applied, adopted, passwords unknown: owner, rw, ro");
    }

    private static Applied stored(SortedMap<String, String> fields) {
        return new Applied("id", new Fields(fields, Origin.UNKNOWN), true, true);
    }

    private static Plan blocked(Blocked... blocked) {
        return new Plan(
                "acme",
                List.of(),
                List.of(),
                List.of(blocked),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Digest.of("blocked"));
    }
}
