package io.axiomdb.edit;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Network;
import io.axiomdb.testing.TextFiles;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final Instant LATER = Instant.parse("2026-12-24T00:00:00Z");
    private static final String HEAD = "version: 1\norganization: acme\nhosts: { local: { postgres: embedded } }\n";

    @Test
    void a_branch_goes_below_its_neighbours_and_every_other_line_stays() {
        String file = HEAD + """
                projects:   # all of them
                    shop:
                        host: "local"

                        branches:
                            main:    # the first
                                connection_limits: { rw: 20 }
                                # settings: {}

                        # who may connect
                        network: { mode: restricted }
                """;
        assertThat(edit(file, branch("feature/auth")))
                .isEqualTo(file.replace(
                        "                # settings: {}\n",
                        "                # settings: {}\n            feature/auth:\n                from: main\n"));
    }

    @Test
    void neighbours_in_braces_and_set_off_by_empty_lines_are_imitated() {
        String file = HEAD + """
                projects:
                  shop:
                    host: local
                    branches:
                      main: {}

                      # for a while
                      one: { from: main }
                """;
        assertThat(edit(file, branch("two"))).isEqualTo(file + "\n      two: { from: main }\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"branches:", "branches: {}", "branches: {  }", "branches:   # none"})
    void a_parent_that_holds_nothing_gets_its_first_entry(String branches) {
        boolean empty = branches.contains("{");
        String file = HEAD + "projects:\n  shop:\n    host: local\n    "
                + (empty ? branches + " # none" : "branches: {} # none");
        String edited = edit(file, branch("one"));
        assertThat(edited)
                .isEqualTo(HEAD
                        + "projects:\n  shop:\n    host: local\n    branches: # none\n      one:\n        from: main");
    }

    @Test
    void missing_parents_are_made() {
        String file = HEAD + "projects:\n  shop:\n    host: local\n";
        assertThat(edit(file, rule("office", "203.0.113.0/24")))
                .isEqualTo(file + "    network:\n      rules:\n        office:\n          label: Office VPN\n"
                        + "          cidr: 203.0.113.0/24\n          ports: both\n");
        assertThat(edit(file, branch("one"))).isEqualTo(file + "    branches:\n      one:\n        from: main\n");
        assertThat(edit(HEAD, new CreateProject("shop", "local", "prod")))
                .isEqualTo(HEAD + "projects:\n  shop:\n    host: local\n    env: prod\n");
    }

    @Test
    void braces_stay_braces() {
        String file = HEAD + "projects: {shop: {host: local, branches: {main: {}}}}\n";
        assertThat(edit(file, branch("one")))
                .isEqualTo(HEAD + "projects: {shop: {host: local, branches: {main: {}, one: { from: main }}}}\n");
        assertThat(edit(file, rule("a", "192.0.2.1")))
                .isEqualTo(HEAD + "projects: {shop: {host: local, branches: {main: {}},"
                        + " network: { rules: { a: { label: Office VPN, cidr: 192.0.2.1, ports: both } } }}}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ","})
    void braces_over_several_lines_keep_their_comments_and_their_last_comma(String comma) {
        String file = HEAD + "projects:\n  shop: {\n    host: local,\n    branches: {\n      main: {} " + comma
                + " # first\n    }\n  }\n";
        String edited = edit(file, branch("one"));
        assertThat(edited)
                .contains("# first\n      one: { from: main }" + comma + "\n    }\n")
                .startsWith(HEAD + "projects:\n  shop: {\n    host: local,\n    branches: {\n      main: {}");
    }

    @Test
    void windows_line_ends_and_a_missing_last_one_are_kept() {
        String file = (HEAD + "projects:\n  shop:\n    host: local\n    branches:\n      main:").replace("\n", "\r\n");
        String edited = edit(file, branch("one"));
        assertThat(edited).isEqualTo(file + "\r\n      one:\r\n        from: main");
        assertThat(edit(edited, new DeleteBranch("shop", "one"))).isEqualTo(file);
    }

    @Test
    void names_and_values_that_others_would_misread_are_quoted() {
        String file = HEAD + "projects:\n  shop:\n    host: local\n    branches:\n      main:\n";
        assertThat(edit(file, branch("yes"))).endsWith("\n      \"yes\":\n        from: main\n");
        assertThat(edit(file, branch("12"))).endsWith("\n      \"12\":\n        from: main\n");
        assertThat(edit(file, branch("feature/auth"))).endsWith("\n      feature/auth:\n        from: main\n");
        CreateRule odd = new CreateRule("shop", "v6", "a \"b\": #c, {d} \\ ünï", "2001:db8::/48", null, null, null);
        assertThat(edit(file, odd))
                .contains("label: \"a \\\"b\\\": #c, {d} \\\\ ünï\"\n")
                .contains("cidr: \"2001:db8::/48\"\n");
    }

    @Test
    void every_field_of_a_branch_and_a_rule_is_written() {
        String file = HEAD + "projects:\n  shop:\n    host: local\n    branches:\n      main: {}\n";
        assertThat(edit(file, new CreateBranch("shop", "b", "main", Branch.Data.SCHEMA, LATER, true, null, List.of())))
                .endsWith(
                        "\n      b:\n        from: main\n        data: schema\n        protected: true\n        expires_at: 2026-12-24T00:00:00Z\n");
        assertThat(edit(file, new CreateBranch("shop", "b", null, null, null, false, null, List.of())))
                .endsWith("\n      b: {}\n");
        assertThat(edit(file, new CreateRule("shop", "r", null, "192.0.2.0/24", Network.Ports.DIRECT, "main", LATER)))
                .contains("ports: direct\n          scope: branch\n          branch: main\n          expires_at: 2026");
    }

    @Test
    void a_branch_goes_with_all_it_holds_and_nothing_else() {
        String file = HEAD + """
                projects:
                  shop:
                    host: local
                    branches:
                      main: {}
                      # about one
                      one: # the first
                        from: main
                        # about its limits
                        connection_limits:
                          rw: 3
                          # more
                      # about two
                      two: {}
                """;
        assertThat(edit(file, new DeleteBranch("shop", "one")))
                .isEqualTo(file.replaceAll("(?s)      one: .*# more\n", ""));
        assertThat(edit(file, new DeleteBranch("shop", "two"))).isEqualTo(file.replace("      two: {}\n", ""));
    }

    @Test
    void the_last_one_out_leaves_an_empty_mapping() {
        String file = HEAD
                + "projects:\n  shop:\n    host: local\n    network:\n      rules: # few\n        a: { cidr: 192.0.2.1 }\n";
        assertThat(edit(file, new DeleteRule("shop", "a")))
                .isEqualTo(file.replace("rules: #", "rules: {} #").replace("        a: { cidr: 192.0.2.1 }\n", ""));
        String braces = HEAD + "projects: { shop: { host: local, network: { rules: { a: { cidr: 192.0.2.1 } } } } }";
        assertThat(edit(braces, new DeleteRule("shop", "a")))
                .isEqualTo(HEAD + "projects: { shop: { host: local, network: { rules: {} } } }");
    }

    @Test
    void entries_in_braces_go_with_one_comma() {
        String file = HEAD + "projects: { shop: { host: local, branches: { a: {}, b: , c: {} } } }\n";
        assertThat(edit(file, new DeleteBranch("shop", "a"))).contains("branches: { b: , c: {} }");
        assertThat(edit(file, new DeleteBranch("shop", "b"))).contains("branches: { a: {}, c: {} }");
        assertThat(edit(file, new DeleteBranch("shop", "c"))).contains("branches: { a: {}, b: }");
        String lines =
                HEAD + "projects:\n  shop: { host: local, branches: {\n    a: {}, # one\n    b: {} # two\n  } }\n";
        assertThat(edit(lines, new DeleteBranch("shop", "a"))).isEqualTo(lines.replace("    a: {}, # one\n", ""));
        assertThat(edit(lines, new DeleteBranch("shop", "b"))).isEqualTo(lines.replace("    b: {} # two\n", ""));
    }

    @Test
    void a_mode_is_changed_in_place_and_its_confirmation_comes_and_goes_with_it() {
        String file = HEAD + "projects:\n  shop:\n    host: local\n    network:\n      mode: 'restricted' # why\n";
        String open = edit(file, new SetMode("shop", Network.Mode.PUBLIC_ALL, "shop"));
        assertThat(open).isEqualTo(file.replace("'restricted'", "public_all") + "      confirm: shop\n");
        assertThat(edit(open, new SetMode("shop", Network.Mode.PUBLIC_RUNTIME, null)))
                .isEqualTo(file.replace("'restricted'", "public_runtime"));
        assertThat(edit(
                        HEAD + "projects:\n  shop:\n    host: local\n",
                        new SetMode("shop", Network.Mode.RESTRICTED, null)))
                .endsWith("    network:\n      mode: restricted\n");
        assertThat(code(file, new SetMode("shop", Network.Mode.PUBLIC_ALL, "shpo")))
                .isEqualTo(Code.CONFIRM_MISSING);
    }

    @Test
    void a_rotation_policy_is_made_or_changed_in_parts() {
        TreeSet<MemberRole> roles = new TreeSet<>(List.of(MemberRole.OWNER, MemberRole.ADMIN));
        String file = HEAD
                + "projects:\n  shop:\n    host: local\n    rotation_policy:\n      interval_days: 90 # quarterly\n"
                + "      notify: # them\n        - owner\n        - viewer\n      enabled: true\n";
        SetRotation set = new SetRotation("shop", null, 30, 3, true, Network.Ports.DIRECT, roles);
        assertThat(edit(file, set))
                .isEqualTo(HEAD
                        + "projects:\n  shop:\n    host: local\n    rotation_policy:\n      interval_days: 30 # quarterly\n"
                        + "      notify: [owner, admin] # them\n      enabled: true\n      warn_before_days: 3\n"
                        + "      auto_rotate: true\n      target: direct\n");
        assertThat(edit(HEAD + "projects:\n  shop: { host: local }\n", set))
                .endsWith("  shop: { host: local, rotation_policy: { interval_days: 30, warn_before_days: 3,"
                        + " auto_rotate: true, target: direct, notify: [owner, admin] } }\n");
    }

    @Test
    void what_stands_there_already_leaves_the_file_as_it_is() {
        String file = HEAD + "projects:\n  shop:\n    host: local\n    network: { mode: public_runtime }\n";
        Edited edited = Editor.edit(TextFiles.of(file), new SetMode("shop", Network.Mode.PUBLIC_RUNTIME, null), NOW);
        assertThat(edited)
                .isInstanceOfSatisfying(
                        Edited.Ready.class,
                        ready -> assertThat(ready.isUnchanged()).isTrue());
    }

    @Test
    void a_project_is_edited_in_the_file_that_declares_it() {
        TextFiles files = TextFiles.of(HEAD + "include: ['projects/*.yaml']\n")
                .with("projects/a.yaml", "projects:\n  shop:\n    host: local\n")
                .with("projects/b.yaml", "projects:\n  mail:\n    host: local # here\n");
        Edited edited =
                Editor.edit(files, new CreateBranch("mail", "x", null, null, null, false, null, List.of()), NOW);
        assertThat(edited).isInstanceOfSatisfying(Edited.Ready.class, ready -> {
            assertThat(ready.file()).isEqualTo("projects/b.yaml");
            assertThat(ready.after())
                    .isEqualTo("projects:\n  mail:\n    host: local # here\n    branches:\n      x: {}\n");
        });
    }

    @Test
    void scripts_are_named_as_the_file_of_their_project_names_them() {
        TextFiles files = TextFiles.of(HEAD + "include: ['projects/*.yaml']\n")
                .with("projects/b.yaml", "projects:\n  mail:\n    host: local\n    branches: { main: {} }\n")
                .with("projects/mask.sql", "SELECT 1")
                .with("projects/check.sql", "SELECT 1");
        CreateBranch masked = new CreateBranch(
                "mail", "x", "main", Branch.Data.FULL, null, false, "projects/mask.sql", List.of("projects/check.sql"));
        assertThat(Editor.edit(files, masked, NOW))
                .isInstanceOfSatisfying(
                        Edited.Ready.class,
                        ready -> assertThat(ready.after())
                                .contains("transform: mask.sql", "assert:", "check.sql")
                                .doesNotContain("projects/"));
    }

    @Test
    void what_can_not_be_is_refused_with_its_reason() {
        String file = HEAD
                + "projects:\n  shop:\n    host: local\n    branches:\n      a: { protected: true }\n      b: { from: a }\n      c: { from: b }\n";
        assertThat(code(file, branch("a"))).isEqualTo(Code.ALREADY_DECLARED);
        assertThat(code(file, branch("main"))).isEqualTo(Code.ALREADY_DECLARED);
        assertThat(code(file, branch("-x"))).isEqualTo(Code.BAD_VALUE);
        assertThat(code(file, branch("a\nb"))).isEqualTo(Code.CONTROL_CHARACTER);
        assertThat(code(file, new DeleteBranch("shop", "a"))).isEqualTo(Code.PROTECTED);
        assertThat(code(file, new DeleteBranch("shop", "main"))).isEqualTo(Code.PROTECTED);
        assertThat(code(file, new DeleteBranch("shop", "b"))).isEqualTo(Code.UNKNOWN_REFERENCE);
        assertThat(code(file, new DeleteBranch("shop", "nope"))).isEqualTo(Code.NOT_DECLARED);
        assertThat(code(file, new DeleteRule("shpo", "nope"))).isEqualTo(Code.NOT_DECLARED);
        assertThat(code(file, new DeleteRule("shop", "nope"))).isEqualTo(Code.NOT_DECLARED);
        assertThat(code(file, rule("r", "10.0.0.1/8"))).isEqualTo(Code.BAD_CIDR);
        assertThat(code(file, new CreateProject("shop", "local", null))).isEqualTo(Code.ALREADY_DECLARED);
        assertThat(code(file, new CreateProject("mail", "lokal", null))).isEqualTo(Code.NOT_DECLARED);
        assertThat(code(file + "x: 1\n", branch("d"))).isEqualTo(Code.UNKNOWN_PROPERTY);
    }

    /** A key behind a question mark is YAML, and nothing that can be imitated line by line. */
    @Test
    void a_layout_that_can_not_be_edited_safely_is_refused_and_not_guessed_at() {
        String file = HEAD + "projects:\n  ? shop\n  : host: local\n    ? branches\n    : a: {}\n      b: {}\n";
        assertThat(code(file, branch("one"))).isEqualTo(Code.EDIT_UNSAFE);
        assertThat(code(file, new DeleteBranch("shop", "a"))).isEqualTo(Code.EDIT_UNSAFE);
    }

    static CreateBranch branch(String name) {
        return new CreateBranch("shop", name, "main", null, null, false, null, List.of());
    }

    static CreateRule rule(String name, String cidr) {
        return new CreateRule("shop", name, "Office VPN", cidr, Network.Ports.BOTH, null, null);
    }

    private static String edit(String file, Edit edit) {
        return switch (Editor.edit(TextFiles.of(file), edit, NOW)) {
            case Edited.Ready ready -> ready.after();
            case Edited.Refused refused -> throw new AssertionError(refused.why());
        };
    }

    private static Code code(String file, Edit edit) {
        return switch (Editor.edit(TextFiles.of(file), edit, NOW)) {
            case Edited.Ready ready -> throw new AssertionError(ready.after());
            case Edited.Refused refused -> refused.why().getFirst().code();
        };
    }
}
