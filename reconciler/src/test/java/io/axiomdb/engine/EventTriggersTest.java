package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A superuser's event trigger writes what happened into a table that was given to a branch's owner, who put a trigger on it: it
 * would run as whoever alters something in the database.
 */
@ParameterizedClass
@ValueSource(ints = {14, 15, 18})
class EventTriggersTest {
    private static final String DATABASE = "sq_trap_main";
    private static final Desired DESIRED = Installation.project("trap", "");

    private final int version;
    private final Installation installation;

    EventTriggersTest(int version) {
        this.version = version;
        installation = Installation.of(version);
    }

    @BeforeEach
    void lay() {
        assertThat(installation.apply(DESIRED).converged()).isTrue();
        installation.as("trap", "main", RoleKind.OWNER, "trap_main_owner", DATABASE, """
                CREATE TABLE public.log (what text);
                CREATE FUNCTION public.mighty() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN ALTER ROLE trap_main_owner SUPERUSER; RETURN NEW; END $$;
                CREATE TRIGGER mighty BEFORE INSERT ON public.log FOR EACH ROW EXECUTE FUNCTION public.mighty();
                """);
        installation.admin(DATABASE, """
                CREATE FUNCTION public.told() RETURNS event_trigger LANGUAGE plpgsql AS
                    $$ BEGIN INSERT INTO public.log VALUES (tg_tag); END $$;
                """);
    }

    @AfterEach
    void drop() {
        installation.drop("trap");
        installation.close();
    }

    private void trigger(String enabled) {
        installation.admin(
                DATABASE,
                "GRANT CREATE ON SCHEMA public TO trap_main_rw; CREATE EVENT TRIGGER told ON ddl_command_end EXECUTE FUNCTION public.told();"
                        + " ALTER EVENT TRIGGER told " + enabled);
    }

    private void nobodyBecameSuperuser() {
        assertThat(installation.ask("postgres", "SELECT rolsuper FROM pg_roles WHERE rolname = 'trap_main_owner'"))
                .isEqualTo("f");
    }

    @Test
    void it_does_not_fire_in_our_sessions() {
        trigger("ENABLE");
        assertThat(installation.apply(DESIRED).converged()).isTrue();
        nobodyBecameSuperuser();
    }

    @Test
    void one_that_would_fire_all_the_same_is_refused_by_its_name() {
        trigger("ENABLE ALWAYS");
        ApplyReport report = installation.apply(DESIRED);
        if (version >= 17) {
            assertThat(report.converged()).isTrue();
        } else {
            assertThat(report.results())
                    .singleElement()
                    .satisfies(result -> assertThat(
                                    Objects.requireNonNull(result.why()).detail())
                            .contains("event trigger \"told\" of database " + DATABASE + " is enabled for replicas"));
            installation.admin(DATABASE, "DROP EVENT TRIGGER told");
            assertThat(installation.apply(DESIRED).converged()).isTrue();
        }
        nobodyBecameSuperuser();
    }
}
