package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.plan.Plan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is inside a branch and belongs to none of its roles is found in every plan, of whatever kind and wherever it is. */
@ParameterizedClass
@ValueSource(ints = {14, 18})
class OthersObjectsTest {
    private static final String DATABASE = "sq_inner_main";
    private static final Desired DESIRED = Installation.project("inner", "");

    private final Installation installation;

    OthersObjectsTest(int version) {
        installation = Installation.of(version);
    }

    @BeforeEach
    void make() {
        installation.admin("postgres", "CREATE ROLE inner_stranger");
        assertThat(installation.apply(DESIRED).converged()).isTrue();
    }

    @AfterEach
    void drop() {
        installation.drop("inner");
        installation.admin("postgres", "DROP ROLE inner_stranger");
        installation.close();
    }

    @Test
    void objects_of_no_role_of_the_branch_are_a_finding_in_every_plan_and_change_nothing() {
        installation.admin(DATABASE, """
                CREATE SCHEMA aside AUTHORIZATION inner_stranger;
                CREATE EXTENSION citext SCHEMA aside;
                SET ROLE inner_stranger;
                CREATE TABLE aside.t (id serial, many int GENERATED ALWAYS AS IDENTITY);
                CREATE FUNCTION aside.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
                CREATE TYPE aside.mood AS ENUM ('fine');
                CREATE TYPE aside.span AS RANGE (subtype = int4);
                CREATE DOMAIN aside.d AS int;
                SELECT lo_create(0);
                RESET ROLE;
                CREATE TABLE public.of_the_administrator ();
                """);
        for (Plan plan : new Plan[] {
            installation.plan(DESIRED).plan(),
            installation.engine.drift("acme", Installation.request()).plan()
        }) {
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.notices().stream().filter(n -> n.code() == Code.OTHERS_OBJECTS))
                    .extracting(Diagnostic::detail)
                    .satisfiesExactlyInAnyOrder(
                            one -> assertThat(one).contains("inner/main", "role inner_stranger owns 7 objects"),
                            two -> assertThat(two).contains("role axm_admin owns 1 object"));
            assertThat(plan.notices()).noneMatch(n -> n.help().contains("OWNER TO"));
        }
    }

    @Test
    void what_belongs_to_the_branchs_roles_is_none() {
        installation.admin(DATABASE, "SET ROLE inner_main_owner; CREATE TABLE public.own (id serial)");
        assertThat(installation.plan(DESIRED).plan().notices()).noneMatch(n -> n.code() == Code.OTHERS_OBJECTS);
    }
}
