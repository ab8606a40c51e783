package io.axiomdb.cli.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.LocalFiles;
import io.axiomdb.cli.view.Samples;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import io.axiomdb.registry.Removed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that edit the file, on real files and real repositories. */
class VerbsTest {
    private static final String FILE = """
            version: 1
            organization: acme
            hosts: { local: { postgres: embedded } }
            projects:
              shop: # sells things
                host: local
                branches:
                  main: {}
                  old: { from: main }
            """;

    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void make_the_file() throws IOException {
        world.workspace = new LocalFiles(FakeWorld.CLOCK, System.getenv());
        file = directory.resolve("axiomdb.yaml");
        Files.writeString(file, FILE);
    }

    private int run(String... words) {
        List<String> line = new ArrayList<>(Arrays.asList(words));
        line.addAll(List.of("--file", file.toString()));
        return world.run(line.toArray(String[]::new));
    }

    @Test
    void a_branch_is_written_and_the_edited_file_is_planned() throws IOException {
        assertThat(run(
                        "branch",
                        "create",
                        "shop/feature/auth",
                        "--from",
                        "main",
                        "--data",
                        "schema",
                        "--expires",
                        "72h"))
                .as(world.err())
                .isEqualTo(Exit.OK);
        String line = "      feature/auth: { from: main, data: schema, expires_at: 2026-11-25T10:20:30Z }\n";
        assertThat(file).hasContent(FILE + line);
        assertThat(requireNonNull(requireNonNull(world.desiredSeen).projects().get("shop"))
                        .branches())
                .containsKey("feature/auth");
        assertThat(world.out()).contains("Plan of");
        assertThat(world.err()).contains("+   10 |       feature/auth:");
    }

    @Test
    void without_a_plan_nothing_is_opened() {
        world.failure = new IllegalStateException("opened");
        assertThat(run("branch", "delete", "shop/old", "--no-plan")).isEqualTo(Exit.OK);
        assertThat(file).hasContent(FILE.replace("      old: { from: main }\n", ""));
        assertThat(world.out()).isEmpty();
        assertThat(world.err()).contains("-    9 |       old: { from: main }");
    }

    @Test
    void each_verb_edits_its_part() throws IOException {
        assertThat(run("project", "create", "mail", "--host", "local", "--env", "prod", "--no-plan"))
                .isZero();
        assertThat(run(
                        "network",
                        "rule",
                        "create",
                        "--project",
                        "mail",
                        "--cidr",
                        "198.51.100.7",
                        "--label",
                        "PR #42: Größe",
                        "--expires",
                        "2027-01-01T01:00:00+01:00",
                        "--no-plan"))
                .isZero();
        assertThat(run("network", "mode", "set", "--project", "mail", "public_runtime", "--no-plan"))
                .isZero();
        assertThat(run(
                        "credentials",
                        "policy",
                        "set",
                        "--project",
                        "mail",
                        "--interval-days",
                        "30",
                        "--auto-rotate",
                        "true",
                        "--notify",
                        "owner,admin",
                        "--no-plan"))
                .isZero();
        assertThat(Files.readString(file)).isEqualTo(FILE + """
                mail:
                  host: local
                  env: prod
                  network:
                    rules:
                      pr-42-gro-e:
                        label: "PR #42: Größe"
                        cidr: 198.51.100.7
                        expires_at: 2027-01-01T00:00:00Z
                    mode: public_runtime
                  rotation_policy:
                    interval_days: 30
                    auto_rotate: true
                    notify: [owner, admin]
                """.indent(2));
        assertThat(run("network", "rule", "delete", "--project", "mail", "--rule", "pr-42-gro-e", "--no-plan"))
                .isZero();
        assertThat(Files.readString(file)).contains("      rules: {}\n");
    }

    @Test
    void what_is_refused_leaves_the_file_alone_and_says_why() {
        assertThat(run("branch", "create", "shpo/x")).isEqualTo(Exit.ERROR);
        assertThat(world.err())
                .contains("AX0803")
                .contains("did you mean \"shop\"?")
                .contains("Nothing was written.");
        assertThat(run("branch", "delete", "shop/main")).isEqualTo(Exit.REFUSED);
        assertThat(run("network", "mode", "set", "--project", "shop", "public_all"))
                .isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("--confirm shop");
        assertThat(run(
                        "network",
                        "rule",
                        "create",
                        "--project",
                        "shop",
                        "--cidr",
                        "10.0.0.1/8",
                        "--label",
                        "x",
                        "--output",
                        "json"))
                .isEqualTo(Exit.ERROR);
        assertThat(world.out()).contains("\"axiomdb.error/1\"").contains("AX0206");
        assertThat(file).hasContent(FILE);
    }

    @Test
    void an_included_project_is_edited_where_it_stands() throws IOException {
        Files.createDirectory(directory.resolve("projects"));
        Path included = directory.resolve("projects/mail.yaml");
        Files.writeString(included, "projects:\r\n  mail: {host: local}\r\n");
        Files.writeString(file, FILE + "include: ['projects/*.yaml']\n");
        assertThat(run("branch", "create", "mail/x", "--no-plan"))
                .as(world.err())
                .isZero();
        assertThat(Files.readString(included)).isEqualTo("projects:\r\n  mail: {host: local, branches: { x: {} }}\r\n");
        assertThat(world.err()).contains(included.toString());
    }

    @Test
    void mode_and_links_of_the_file_are_kept() throws IOException {
        Path real = Files.move(file, directory.resolve("real.yaml"));
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(file, real.getFileName());
        assertThat(run("branch", "delete", "shop/old", "--no-plan"))
                .as(world.err())
                .isZero();
        assertThat(Files.isSymbolicLink(file)).isTrue();
        assertThat(real).hasContent(FILE.replace("      old: { from: main }\n", ""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real, LinkOption.NOFOLLOW_LINKS)))
                .isEqualTo("rw-r-----");
        try (var left = Files.list(directory)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void commit_holds_exactly_the_edit_and_what_else_is_staged_stays_staged() throws Exception {
        try (Git git = Git.init().setDirectory(directory.toFile()).call()) {
            commitAll(git);
            Files.writeString(directory.resolve("other.txt"), "staged");
            git.add().addFilepattern("other.txt").call();
            assertThat(run("branch", "create", "shop/x", "--no-plan", "--commit"))
                    .as(world.err())
                    .isZero();
            RevCommit head = head(git);
            assertThat(head.getFullMessage().strip()).isEqualTo("Add branch x to shop");
            assertThat(world.err()).contains("committed " + head.name().substring(0, 7));
            try (TreeWalk walk = new TreeWalk(git.getRepository())) {
                walk.addTree(head.getTree());
                assertThat(walk.next()).isTrue();
                assertThat(walk.getPathString()).isEqualTo("axiomdb.yaml");
                assertThat(git.getRepository().open(walk.getObjectId(0)).getBytes())
                        .isEqualTo(Files.readAllBytes(file));
                assertThat(walk.next()).isFalse();
            }
            assertThat(git.status().call().getAdded()).containsExactly("other.txt");
            assertThat(run("branch", "delete", "shop/x", "--no-plan", "--commit", "-m", "Done with x"))
                    .isZero();
            assertThat(head(git).getFullMessage().strip()).isEqualTo("Done with x");
        }
    }

    @Test
    void a_file_with_other_changes_is_neither_edited_nor_committed() throws Exception {
        try (Git git = Git.init().setDirectory(directory.toFile()).call()) {
            assertThat(run("branch", "create", "shop/x", "--commit"))
                    .as("in no commit")
                    .isEqualTo(Exit.ERROR);
            RevCommit head = commitAll(git);
            Files.writeString(file, FILE + "# edited\n");
            assertThat(run("branch", "create", "shop/x", "--commit")).isEqualTo(Exit.ERROR);
            git.add().addFilepattern("axiomdb.yaml").call();
            assertThat(run("branch", "create", "shop/x", "--commit"))
                    .as("staged")
                    .isEqualTo(Exit.ERROR);
            assertThat(world.err()).contains("AX0806");
            assertThat(file).hasContent(FILE + "# edited\n");
            assertThat(head(git)).isEqualTo(head);
        }
    }

    @Test
    void outside_a_repository_a_commit_is_refused_before_anything_is_written() {
        assertThat(run("branch", "create", "shop/x", "--commit")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0304");
        assertThat(file).hasContent(FILE);
    }

    @Test
    void what_stands_there_already_is_no_edit() {
        assertThat(run("network", "mode", "set", "--project", "shop", "restricted", "--no-plan"))
                .isZero();
        assertThat(run("network", "mode", "set", "--project", "shop", "restricted", "--no-plan"))
                .isZero();
        assertThat(world.err()).contains("nothing to edit");
    }

    @Test
    void branches_are_listed_with_their_state() throws IOException {
        Files.writeString(file, FILE + "      new: { expires_at: 2099-01-01T00:00:00Z, protected: true }\n");
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        applied.put(ResourceKey.project("shop"), applied("host", "local"));
        applied.put(ResourceKey.branch("shop", "main"), applied("data", "empty", "protected", "true"));
        applied.put(ResourceKey.branch("shop", "old"), applied("data", "empty", "protected", "true"));
        applied.put(ResourceKey.branch("shop", "gone"), applied("data", "empty", "protected", "false"));
        world.registry = new Registry("acme", true, List.of(), applied, Samples.passwords(applied.keySet()));
        assertThat(run("branch", "list", "shop")).as(world.err()).isZero();
        assertThat(world.out()).isEqualTo("""
                BRANCH     PARENT  DATABASE              PROTECTED  EXPIRES               STATE
                shop/gone          sq_shop_main_br_gone                                   no longer in the file
                shop/main          sq_shop_main          yes                              applied
                shop/new           sq_shop_main_br_new   yes        2099-01-01T00:00:00Z  not applied yet
                shop/old   main    sq_shop_main_br_old                                    edited since
                """);
        assertThat(run("branch", "list", "shop", "--output", "json")).isZero();
        assertThat(world.out()).contains("\"axiomdb.branches/1\"").contains("\"state\" : \"edited since\"");
        assertThat(run("branch", "list", "nope")).isEqualTo(Exit.ERROR);
    }

    private void removed(String branch, String... fields) {
        Removed removed = new Removed(
                "5e7a51de-0000-4000-8000-000000000001",
                ResourceKey.branch("shop", branch),
                applied(fields).fields(),
                Instant.parse("2026-11-20T08:00:00Z"),
                List.of(),
                Identity.NONE);
        world.registry =
                new Registry("acme", true, List.of(), world.registry.applied(), List.of(removed), new TreeMap<>());
    }

    @Test
    void what_is_kept_of_removed_branches_is_listed_with_its_end() {
        removed("gone", "data", "empty");
        String table = """
                KEPT OF    REMOVED               KEPT UNTIL
                shop/gone  2026-11-20T08:00:00Z  2026-11-27T08:00:00Z
                """;
        assertThat(run("undelete")).as(world.err()).isZero();
        assertThat(world.out()).isEqualTo(table);
        assertThat(run("branch", "list", "--removed")).isZero();
        assertThat(world.out()).isEqualTo(table + table);
        assertThat(run("undelete", "--output", "json")).isZero();
        assertThat(world.out()).contains("\"axiomdb.kept/1\"").contains("\"kept_until\" : \"2026-11-27T08:00:00Z\"");
    }

    @Test
    void a_removed_branch_is_put_back_into_the_file_as_it_was_but_for_a_date_that_is_past() {
        removed(
                "gone",
                "from",
                "main",
                "data",
                "empty",
                "expires_at",
                "2026-11-20T00:00:00Z",
                "connection_limits.rw",
                "5",
                "settings.work_mem",
                "64MB");
        assertThat(run("undelete", "shop/gone")).as(world.err()).isZero();
        assertThat(file)
                .content()
                .startsWith(FILE)
                .contains("gone:")
                .contains("rw: 5")
                .contains("work_mem: \"64MB\"")
                .doesNotContain("expires_at");
        assertThat(world.err()).contains("left out: expires_at, which was 2026-11-20T00:00:00Z");
        assertThat(world.out()).contains("Plan of");
    }

    @Test
    void a_removed_branch_is_put_back_with_its_script_and_with_the_rights_of_others() throws IOException {
        Files.writeString(file.resolveSibling("mask.sql"), "UPDATE people SET name = 'x';\n");
        removed(
                "gone",
                "from",
                "main",
                "data",
                "full",
                "hold_sessions",
                "true",
                "transform",
                "mask.sql",
                "transform_sha256",
                "0000",
                "rights",
                "additive");
        assertThat(run("undelete", "shop/gone", "--no-plan")).as(world.err()).isZero();
        assertThat(file)
                .content()
                .contains("data: full", "hold_sessions: true", "transform: mask.sql", "rights: additive");
    }

    @Test
    void an_expired_branch_comes_back_by_losing_its_date() throws IOException {
        Files.writeString(file, FILE + "      gone: { from: main, expires_at: 2026-11-20T00:00:00Z }\n");
        removed("gone", "from", "main", "expires_at", "2026-11-20T00:00:00Z");
        assertThat(run("undelete", "shop/gone", "--no-plan")).as(world.err()).isZero();
        assertThat(file).hasContent(FILE + "      gone: { from: main }\n");
    }

    @Test
    void a_branch_whose_name_is_taken_again_or_of_which_nothing_is_kept_can_not_come_back() {
        assertThat(run("undelete", "shop/gone")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0408").contains("nothing is kept of branch shop/gone");
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        applied.put(ResourceKey.branch("shop", "gone"), applied("data", "empty"));
        world.registry = new Registry("acme", true, List.of(), applied, new TreeMap<>());
        removed("gone", "data", "empty");
        assertThat(run("undelete", "shop/gone")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0802").contains("renamed_from: gone");
        assertThat(file).hasContent(FILE);
    }

    @Test
    void a_branch_whose_project_has_another_name_now_comes_back_to_one_of_the_old_name() throws IOException {
        Removed kept = new Removed(
                "5e7a51de-0000-4000-8000-000000000001",
                ResourceKey.branch("store", "gone"),
                applied("from", "main", "data", "full").fields(),
                Instant.parse("2026-11-20T08:00:00Z"),
                List.of(),
                Identity.NONE);
        world.registry = new Registry("acme", true, List.of(), new TreeMap<>(), List.of(kept), new TreeMap<>());
        String renamed = FILE.replace("    host: local\n", "    host: local\n    renamed_from: store\n");
        assertThat(renamed).isNotEqualTo(FILE);
        Files.writeString(file, renamed);
        assertThat(run("undelete", "store/gone")).isEqualTo(Exit.ERROR);
        assertThat(world.err())
                .contains("AX0803", "take renamed_from: store out of project shop once it is applied")
                .contains("axm project create store --host local")
                .doesNotContain("left out");
        assertThat(file).hasContent(renamed);

        Files.writeString(file, FILE);
        assertThat(run("undelete", "store/gone")).isEqualTo(Exit.ERROR);
        assertThat(world.err().substring(world.err().lastIndexOf("AX0803"))).doesNotContain("renamed_from");
        assertThat(run("project", "create", "store", "--host", "local", "--no-plan"))
                .as(world.err())
                .isZero();
        assertThat(run("undelete", "store/gone", "--no-plan")).as(world.err()).isZero();
        assertThat(file).content().startsWith(FILE).contains("  store:\n", "      gone:\n", "from: main");
    }

    @Test
    void a_purge_asks_for_the_name_and_nothing_else_is_a_yes() {
        world.planned = Samples.planned(Samples.plan(Samples.purged()), Samples.seen("db1"));
        assertThat(run("purge", "shop/gone")).isEqualTo(Exit.REFUSED);
        assertThat(world.err()).contains("AX0609").contains("axm purge shop/gone --plan ");
        world.interactive = true;
        world.typed = "yes\n";
        assertThat(run("purge", "shop/gone")).isEqualTo(Exit.REFUSED);
        world.typed = "shop/gone\n";
        assertThat(run("purge", "shop/gone")).as(world.err()).isZero();
        assertThat(world.out()).contains("This plan drops what is kept of branch gone of project shop on db1 for good");
        assertThat(world.requests.getLast().asked().purge()).containsExactly(ResourceKey.branch("shop", "gone"));
    }

    @Test
    void a_purge_of_nothing_is_an_error() {
        world.planned = Samples.planned(Samples.plan(), Samples.seen("db1"));
        assertThat(run("purge", "shop/gone", "--auto-approve")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("nothing is kept of branch shop/gone");
    }

    private static Applied applied(String... fields) {
        TreeMap<String, String> values = new TreeMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            values.put(fields[i], fields[i + 1]);
        }
        return new Applied("id", new Fields(values, Origin.UNKNOWN), true, true);
    }

    private static RevCommit head(Git git) throws IOException {
        ObjectId head = git.getRepository().resolve("HEAD");
        return git.getRepository().parseCommit(requireNonNull(head));
    }

    private static RevCommit commitAll(Git git) throws Exception {
        git.getRepository().getConfig().setString("user", null, "name", "A");
        git.getRepository().getConfig().setString("user", null, "email", "a@acme.example");
        git.getRepository().getConfig().save();
        git.add().addFilepattern("axiomdb.yaml").call();
        return git.commit()
                .setMessage("First")
                .setAuthor("A", "a@acme.example")
                .setCommitter("A", "a@acme.example")
                .setSign(false)
                .call();
    }
}
