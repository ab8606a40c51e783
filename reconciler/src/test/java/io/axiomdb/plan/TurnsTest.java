package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.CopyWay;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every pair of changes that exclude each other on one thing of a host is ordered, and no other pair. */
class TurnsTest {
    private static final CopyWay TEMPLATE = new CopyWay.Template(true, false);
    private static final CopyWay REFUSING = new CopyWay.Template(false, false);
    private static final CopyWay DUMP = new CopyWay.Dump(CopyWay.Place.HERE, false);

    @Test
    void two_copies_of_one_parent_from_its_files() {
        ordered(copy("a", TEMPLATE), copy("b", TEMPLATE));
        ordered(copy("a", REFUSING), copy("b", REFUSING));
    }

    @Test
    void a_copy_from_its_files_and_one_as_of_a_moment() {
        ordered(copy("a", DUMP), copy("b", TEMPLATE));
        ordered(copy("a", TEMPLATE), copy("b", DUMP));
        ordered(copy("a", DUMP), copy("b", REFUSING));
    }

    @Test
    void two_copies_as_of_a_moment_are_made_at_once() {
        free(copy("a", DUMP), copy("b", DUMP));
    }

    @Test
    void another_parent_or_another_host_is_not_waited_for() {
        free(copy("a", TEMPLATE), change("b", "db1", new Step.Copy("", "other", "new_b", TEMPLATE, "", "")));
        free(copy("a", TEMPLATE), change("b", "db2", new Step.Copy("", "parent", "new_b", TEMPLATE, "", "")));
    }

    @Test
    void a_copy_and_whoever_works_inside_the_parent() {
        ordered(copy("a", TEMPLATE), sql("b", "parent", "GRANT SELECT ON t TO x"));
        ordered(sql("a", "parent", "GRANT SELECT ON t TO x"), copy("b", TEMPLATE));
        free(sql("a", "parent", "GRANT SELECT ON t TO x"), sql("b", "parent", "GRANT SELECT ON u TO x"));
        ordered(
                copy("a", TEMPLATE),
                change("b", "db1", new Step.RunScript("", "parent", "login", "role", "f.sql", "SELECT 1", false)));
    }

    @Test
    void a_copy_and_a_rename_or_a_removal_of_the_parent() {
        for (CopyWay way : List.of(TEMPLATE, DUMP)) {
            ordered(copy("a", way), sql("b", "", "ALTER DATABASE parent RENAME TO \"axm_del_1\""));
            ordered(copy("a", way), sql("b", "", "ALTER DATABASE \"other\" RENAME TO parent"));
            ordered(copy("a", way), sql("b", "", "DROP DATABASE IF EXISTS \"parent\" WITH (FORCE)"));
            ordered(copy("a", way), sql("b", "", "ALTER DATABASE parent OWNER TO x"));
        }
    }

    @Test
    void a_role_that_two_alter() {
        ordered(sql("a", "", "ALTER ROLE shared NOLOGIN"), sql("b", "", "ALTER ROLE \"shared\" SET work_mem = '1MB'"));
        ordered(sql("a", "", "ALTER ROLE x RENAME TO shared"), sql("b", "", "CREATE ROLE shared LOGIN"));
        ordered(
                sql("a", "", "ALTER ROLE shared NOLOGIN"),
                change(
                        "b",
                        "db1",
                        new Step.SetPasswords(
                                "",
                                List.of(new Step.SetPasswords.Target(
                                        "shared", new CredentialKey("shop", "b", RoleKind.RW), false)))));
        free(sql("a", "", "ALTER ROLE one NOLOGIN"), sql("b", "", "ALTER ROLE two NOLOGIN"));
        ordered(sql("a", "", "ALTER ROLE \"q\"\"x\" NOLOGIN"), sql("b", "", "DROP ROLE \"q\"\"x\""));
    }

    @Test
    void what_takes_back_counts_as_well() {
        Change undone = new Change(
                key("a"),
                Action.CREATE,
                "db1",
                List.of(),
                Source.NOWHERE,
                "",
                List.of(),
                new TreeSet<>(),
                new TreeMap<>(),
                true,
                null,
                "",
                Undo.ofAny(List.of(new Step.Sql("", "parent", List.of("SELECT 1")))));
        ordered(undone, copy("b", TEMPLATE));
    }

    @Test
    void turns_follow_the_needs() {
        Change first = copy("a", TEMPLATE).withNeeds(new TreeSet<>(List.of(key("b"))));
        assertThat(Turns.of(List.of(first, copy("b", TEMPLATE))))
                .containsOnlyKeys(key("a"))
                .containsEntry(key("a"), set("b"));
    }

    @Test
    void many_copies_make_a_chain_and_not_a_web() {
        List<Change> many = List.of(
                copy("a", TEMPLATE), copy("b", TEMPLATE), copy("c", DUMP), copy("d", DUMP), copy("e", TEMPLATE));
        assertThat(Turns.of(many))
                .containsEntry(key("b"), set("a"))
                .containsEntry(key("c"), set("b"))
                .containsEntry(key("d"), set("b"))
                .containsEntry(key("e"), set("c", "d"))
                .hasSize(4);
    }

    private static void ordered(Change first, Change second) {
        assertThat(Turns.of(List.of(first, second)))
                .containsOnlyKeys(second.resource())
                .containsEntry(second.resource(), new TreeSet<>(List.of(first.resource())));
    }

    private static void free(Change first, Change second) {
        assertThat(Turns.of(List.of(first, second))).isEmpty();
    }

    private static Change copy(String branch, CopyWay way) {
        return change(branch, "db1", new Step.Copy("", "parent", "new_" + branch, way, "", ""));
    }

    private static Change sql(String branch, String database, String statement) {
        return change(branch, "db1", new Step.Sql("", database, List.of(statement)));
    }

    private static Change change(String branch, String host, Step step) {
        return new Change(
                key(branch),
                Action.CREATE,
                host,
                List.of(),
                Source.NOWHERE,
                "",
                List.of(step),
                new TreeSet<>(),
                new TreeMap<>(),
                true);
    }

    private static ResourceKey key(String branch) {
        return ResourceKey.branch("shop", branch);
    }

    private static SortedSet<ResourceKey> set(String... branches) {
        SortedSet<ResourceKey> set = new TreeSet<>();
        for (String branch : branches) {
            set.add(key(branch));
        }
        return set;
    }
}
