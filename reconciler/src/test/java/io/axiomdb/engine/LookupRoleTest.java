package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Installation.SqlRefused;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Plan;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may create roles can take the name of the pooler's, and before 16 make itself a member of it: its verifiers are safe from both. */
@ParameterizedClass
@ValueSource(ints = {14, 16, 18})
class LookupRoleTest {
    private static final String DATABASE = "sq_prey_main_br_dev";
    private static final String VERIFIERS = "SELECT string_agg(rolpassword, ' ') FROM pg_catalog.pg_authid";
    private static final ResourceKey HOST = ResourceKey.hostAccess("db1");

    private static final Desired PREY = Installation.desired("""
            version: 1
            organization: acme
            hosts:
              db1:
                postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axm_admin }
                ssh:
                  address: db1.acme.example
                  key: "file:key"
                  host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                ports: { runtime: 6432 }
            projects:
              prey:
                host: db1
                network: { mode: restricted, rules: { office: { label: Office, cidr: 203.0.113.0/24 } } }
                branches: { dev: {} }
            """);

    private final Installation installation;
    private final int version;

    LookupRoleTest(int version) {
        this.version = version;
        this.installation = Installation.of(version);
    }

    @BeforeEach
    void make_those_who_want_to_know() {
        installation.admin(
                "postgres", "CREATE ROLE evil LOGIN CREATEROLE PASSWORD 'x'; CREATE ROLE friend LOGIN PASSWORD 'x'");
    }

    @AfterEach
    void drop() {
        installation.files.unfit("");
        installation.drop("prey");
        Stream.of(Lookup.ROLE, "friends_of_evil", "friend", "evil").forEach(role -> {
            if (!installation
                    .ask("postgres", "SELECT oid FROM pg_roles WHERE rolname = '" + role + "'")
                    .isEmpty()) {
                installation.admin("postgres", "DROP OWNED BY " + role + " CASCADE; DROP ROLE " + role);
            }
        });
        installation.close();
    }

    private long number() {
        return Long.parseLong(installation.ask("postgres", "SELECT '" + Lookup.ROLE + "'::regrole::oid"));
    }

    private void evil(String sql) {
        installation.admin("postgres", "SET SESSION AUTHORIZATION evil; " + sql);
    }

    private String as(String role, String database, String sql) {
        return Installation.sql(installation.host, database, role, "x", sql);
    }

    private void done() {
        ApplyReport report = installation.apply(PREY);
        assertThat(report.results())
                .allSatisfy(result -> assertThat(result.why()).isNull());
        assertThat(report.converged()).isTrue();
    }

    private String holds() {
        return installation.ask(
                        DATABASE,
                        "SELECT count(*) FROM pg_database d, aclexplode(d.datacl) x WHERE d.datname = current_database() AND x.grantee = '"
                                + Lookup.ROLE + "'::regrole")
                + " of the database, "
                + installation.ask(
                        DATABASE,
                        "SELECT count(*) FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = 'pg_authid'::regclass AND x.grantee = '"
                                + Lookup.ROLE + "'::regrole")
                + " columns";
    }

    private static List<String> words(Plan plan, ResourceKey key) {
        return plan.changes().stream()
                .filter(change -> change.resource().equals(key))
                .map(Change::fields)
                .flatMap(List::stream)
                .map(LookupRoleTest::words)
                .toList();
    }

    private static String words(FieldChange field) {
        return field.key() + " " + field.before() + " > " + field.after();
    }

    @Test
    void one_that_took_its_name_is_given_nothing() {
        evil("CREATE ROLE " + Lookup.ROLE + "; GRANT " + Lookup.ROLE + " TO evil");
        for (long recorded : List.of(0L, number() + 1)) {
            installation.files.lookupRole(recorded);
            done();
            assertThat(holds()).isEqualTo("0 of the database, 0 columns");
            assertThatThrownBy(() -> as("evil", DATABASE, "SELECT 1")).isInstanceOf(SqlRefused.class);
            assertThat(installation.plan(PREY).plan().notices()).anySatisfy(notice -> {
                assertThat(notice.code()).isEqualTo(Code.POOLER_ROLE_MISSING);
                assertThat(notice.detail()).contains("has a role axm_pooler that AxiomDB did not make");
            });
        }
    }

    @Test
    void what_ours_had_is_not_for_one_that_took_its_name_afterwards() {
        installation.admin("postgres", "CREATE ROLE " + Lookup.ROLE + " LOGIN");
        installation.files.lookupRole(number());
        done();
        assertThat(holds()).isEqualTo("1 of the database, 5 columns");
        installation.admin("postgres", "ALTER ROLE " + Lookup.ROLE + " RENAME TO friends_of_evil");
        evil("CREATE ROLE " + Lookup.ROLE + "; GRANT " + Lookup.ROLE + " TO evil");
        installation.admin("postgres", "GRANT CONNECT ON DATABASE \"" + DATABASE + "\" TO " + Lookup.ROLE);
        installation.admin(DATABASE, "GRANT SELECT (rolpassword) ON pg_authid TO " + Lookup.ROLE);
        assertThat(as("evil", DATABASE, VERIFIERS)).contains("SCRAM-SHA-256$");
        assertThat(words(installation.plan(PREY).plan(), ResourceKey.branch("prey", "dev")))
                .containsExactlyInAnyOrder(
                        "database " + DATABASE + " not wanted: privileges of axm_pooler CONNECT > ",
                        "database " + DATABASE + " not wanted: privileges of friends_of_evil CONNECT > ",
                        "table pg_catalog.pg_authid not wanted: privileges of axm_pooler SELECT of rolpassword > ");
        done();
        assertThat(holds()).isEqualTo("0 of the database, 0 columns");
        assertThatThrownBy(() -> as("evil", DATABASE, VERIFIERS)).isInstanceOf(SqlRefused.class);
    }

    @Test
    void nothing_is_given_or_taken_where_its_number_was_not_seen() {
        installation.admin("postgres", "CREATE ROLE " + Lookup.ROLE + " LOGIN");
        installation.files.lookupRole(number());
        done();
        installation.files.silence("db1", "no answer in 10 s");
        assertThat(words(installation.plan(PREY).plan(), ResourceKey.branch("prey", "dev")))
                .isEmpty();
        installation.admin("postgres", "REVOKE CONNECT ON DATABASE \"" + DATABASE + "\" FROM " + Lookup.ROLE);
        assertThat(words(installation.plan(PREY).plan(), ResourceKey.branch("prey", "dev")))
                .isEmpty();
        installation.files.silence("db1", "");
        installation.files.lookupRole(0);
        assertThat(words(installation.plan(PREY).plan(), ResourceKey.branch("prey", "dev")))
                .as("a record that is lost")
                .isEmpty();
        installation.files.lookupRole(number());
        assertThat(words(installation.plan(PREY).plan(), ResourceKey.branch("prey", "dev")))
                .containsExactly("database " + DATABASE + " privileges of axm_pooler  > CONNECT");
    }

    @Test
    void whoever_became_a_member_is_taken_out() {
        installation.admin("postgres", "CREATE ROLE " + Lookup.ROLE + " LOGIN");
        installation.files.lookupRole(number());
        done();
        if (version >= 16) {
            installation.admin("postgres", "GRANT " + Lookup.ROLE + " TO evil WITH ADMIN OPTION");
        } else {
            evil("GRANT " + Lookup.ROLE + " TO evil");
        }
        evil("GRANT " + Lookup.ROLE + " TO friend; CREATE ROLE group_of_evil; GRANT group_of_evil TO " + Lookup.ROLE);
        assertThat(as("friend", DATABASE, VERIFIERS)).contains("SCRAM-SHA-256$");
        installation.files.unfit("the role friend is a member of it (LOOKUP_MEMBERS)");

        assertThat(words(installation.plan(PREY).plan(), HOST))
                .containsExactlyInAnyOrder(
                        "role axm_pooler member of group_of_evil > ",
                        "role axm_pooler has member evil > ",
                        "role axm_pooler has member friend > ");
        done();
        assertThat(installation.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_auth_members WHERE '" + Lookup.ROLE
                                + "'::regrole IN (roleid, member)"))
                .isEqualTo("0");
        assertThatThrownBy(() -> as("friend", DATABASE, VERIFIERS)).isInstanceOf(SqlRefused.class);
        installation.admin("postgres", "DROP ROLE group_of_evil");
        assertThat(holds()).isEqualTo("1 of the database, 5 columns");
    }
}
