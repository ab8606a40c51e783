package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file can name any database and any roles of a server; adopting them would give it their passwords. */
class RolesOfOthersTest {
    private static final ResourceKey THIEF = ResourceKey.branch("thief", "main");
    private static final String ROLES = "owner: prey_main_owner, rw: prey_main_rw, ro: prey_main_ro";

    private final Installation installation = Installation.of(18);

    @BeforeEach
    void make() {
        assertThat(installation.apply(Installation.project("prey", "")).converged())
                .isTrue();
        installation.admin("postgres", "CREATE DATABASE thief_own");
    }

    @AfterEach
    void drop() {
        installation.admin("postgres", "DROP DATABASE thief_own");
        installation.drop("prey");
        installation.admin("axiomdb_lock", "DELETE FROM axiomdb.mark WHERE organization = 'beside'");
        installation.close();
    }

    private static Desired thief(String organization, String others, String host, String names) {
        return Installation.desired("""
                version: 1
                organization: %s
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                  db2: { postgres: { url: "postgresql://db2.acme.example:5432/postgres" } }
                projects:
                  %s
                  thief: { host: %s, branches: { main: { names: { %s } } } }
                """.formatted(organization, others, host, names));
    }

    private static List<Diagnostic> refusals(Installation by, Desired desired) {
        Request adopting = Installation.request().adopting(new TreeSet<>(List.of(THIEF)));
        Planned planned = by.engine.plan(desired, adopting);
        assertThat(planned.plan().changes())
                .noneMatch(change -> change.resource().equals(THIEF));
        return planned.plan().blocked().stream()
                .filter(blocked -> blocked.resource().equals(THIEF))
                .flatMap(blocked -> blocked.why().stream())
                .toList();
    }

    @Test
    void an_organization_adopts_no_roles_of_another_organizations_branch() {
        try (Installation beside = Installation.ofNextTo(installation)) {
            assertThat(refusals(beside, thief("beside", "", "db1", "database: thief_own, " + ROLES)))
                    .hasSize(3)
                    .allSatisfy(why -> {
                        assertThat(why.code()).isEqualTo(Code.FOREIGN_OBJECT);
                        assertThat(why.detail()).contains("that of branch prey/main of organization acme");
                    });
        }
    }

    @Test
    void nor_what_is_another_branchs_through_a_second_name_of_its_server() {
        assertThat(refusals(installation, thief("acme", "prey: { host: db1 }", "db2", "database: thief_own, " + ROLES)))
                .filteredOn(why -> why.detail().contains("is that of branch prey/main"))
                .hasSize(3);
        assertThat(refusals(
                        installation, thief("acme", "prey: { host: db1 }", "db2", "database: sq_prey_main, " + ROLES)))
                .filteredOn(why -> why.detail().contains("is that of branch prey/main"))
                .hasSize(4);
    }

    @Test
    void nor_what_is_retained() {
        assertThat(installation
                        .apply(Installation.project("prey", "main: { protected: false }"))
                        .converged())
                .isTrue();
        assertThat(installation
                        .apply(Installation.project(
                                "prey", "main: { protected: false, expires_at: 2026-01-01T00:00:00Z }"))
                        .converged())
                .isTrue();
        String kept = installation.ask("postgres", "SELECT datname FROM pg_database WHERE datname ~ '^axm_del_'");
        installation.admin("postgres", "ALTER ROLE " + kept + "_owner RENAME TO prey_renamed");
        try (Installation beside = Installation.ofNextTo(installation)) {
            assertThat(refusals(beside, thief("beside", "", "db1", "database: thief_own, owner: prey_renamed")))
                    .anySatisfy(why -> assertThat(why.detail())
                            .startsWith("role prey_renamed")
                            .contains("that of branch prey/main of organization acme"));
        } finally {
            installation.admin("postgres", "ALTER ROLE prey_renamed RENAME TO " + kept + "_owner");
        }
    }
}
