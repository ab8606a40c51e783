package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A database in which every place that an owner can put code into holds a trap, which writes down as whom it ran. Where looking
 * falls into one it fails, for nothing is written by it; where a change does, it stands in the table.
 */
@ParameterizedClass
@ValueSource(ints = {14, 15, 18})
class TrapsTest {
    private static final String DATABASE = "sq_lure_main";
    private static final String CHILD = "sq_lure_main_br_dev";

    private static final String TRAPS = """
            CREATE TABLE public.fired (who text, wher text);
            GRANT ALL ON public.fired TO PUBLIC;
            CREATE FUNCTION public.note(wher text) RETURNS void LANGUAGE plpgsql VOLATILE AS
                $$ BEGIN INSERT INTO public.fired VALUES (current_user, wher); END $$;
            CREATE FUNCTION public.trap(wher text) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
                $$ BEGIN PERFORM public.note(wher); RETURN 1; END $$;
            CREATE FUNCTION public.trap(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
                $$ BEGIN PERFORM public.note('of a column'); RETURN 1; END $$;
            CREATE FUNCTION public.trapped() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO public.fired VALUES (current_user, 'trigger'); RETURN NEW; END $$;
            CREATE DOMAIN public.named AS text CHECK (public.trap('domain') = 1);
            CREATE TABLE public.bait (
                k serial PRIMARY KEY, i int DEFAULT public.trap('default'), n public.named,
                g int GENERATED ALWAYS AS (public.trap(i)) STORED, CHECK (public.trap('check') = 1));
            INSERT INTO public.bait (n) VALUES ('x');
            CREATE INDEX ON public.bait ((public.trap(i)));
            CREATE STATISTICS public.guess ON (public.trap(i)), (i + 1) FROM public.bait;
            ALTER TABLE public.bait ENABLE ROW LEVEL SECURITY;
            CREATE POLICY lure ON public.bait USING (public.trap('policy') = 1);
            CREATE RULE lure AS ON UPDATE TO public.bait DO ALSO SELECT public.trap('rule');
            CREATE TRIGGER lure BEFORE INSERT OR UPDATE OR DELETE ON public.bait FOR EACH ROW EXECUTE FUNCTION public.trapped();
            CREATE TRIGGER all_of_it BEFORE TRUNCATE ON public.bait EXECUTE FUNCTION public.trapped();
            CREATE VIEW public.seen AS SELECT public.trap('view');
            CREATE MATERIALIZED VIEW public.kept AS SELECT public.trap('materialized view');
            CREATE FUNCTION public.cast_it(public.bait) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT public.trap('cast') $$;
            CREATE CAST (public.bait AS int) WITH FUNCTION public.cast_it(public.bait) AS IMPLICIT;
            CREATE FUNCTION public.same(name, text) RETURNS boolean LANGUAGE sql AS $$ SELECT public.trap('operator') = 1 $$;
            CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.same);
            CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT public.trap('function')::text $$;
            CREATE AGGREGATE public.string_agg(text) (SFUNC = textcat, STYPE = text);
            CREATE PUBLICATION lure FOR TABLE public.bait;
            """;

    private final Installation installation;

    TrapsTest(int version) {
        installation = Installation.of(version);
    }

    @BeforeEach
    void lay() {
        assertThat(installation.apply(with(" main: { protected: false } ")).converged())
                .isTrue();
        owner(DATABASE, TRAPS);
        owner(
                DATABASE,
                "INSERT INTO public.bait (n) VALUES ('y'); UPDATE public.bait SET n = 'z'; SELECT * FROM public.seen;"
                        + " SELECT b::int FROM public.bait b");
        owner("postgres", "ALTER ROLE lure_main_owner SET search_path = public, pg_catalog");
        owner("postgres", "ALTER DATABASE " + DATABASE + " SET search_path = public, pg_catalog");
        assertThat(installation.ask(
                        DATABASE, "SELECT pg_catalog.count(DISTINCT wher)::pg_catalog.int4 > 5 FROM public.fired"))
                .as("they are laid, and its owner fell into them by laying them")
                .isEqualTo("t");
        installation.admin(DATABASE, "TRUNCATE public.fired");
        owner("postgres", "ALTER DATABASE " + DATABASE + " SET local_preload_libraries = 'of the tenant'");
    }

    @AfterEach
    void drop() {
        installation.drop("lure");
        installation.close();
    }

    private static Desired with(String branches) {
        return Installation.project("lure", branches);
    }

    private void owner(String database, String sql) {
        installation.as("lure", "main", RoleKind.OWNER, "lure_main_owner", database, sql);
    }

    private String fired(String database, String sql) {
        installation.admin("postgres", "ALTER DATABASE " + database + " RESET local_preload_libraries");
        return installation.ask(database, sql);
    }

    private void nobodyFellIntoOne(String database) {
        assertThat(
                        fired(
                                database,
                                "SELECT string_agg(f.who || ' by ' || f.wher, '; ') FROM public.fired f"
                                        + " JOIN pg_catalog.pg_roles r ON r.rolname OPERATOR(pg_catalog.=) f.who::pg_catalog.name WHERE r.rolsuper"))
                .isEmpty();
    }

    @Test
    void looking_and_changing_run_none_of_them_as_more_than_the_owner() {
        Planned planned = installation.plan(with(" main: { protected: false } "));
        assertThat(planned.plan().blocked()).isEmpty();
        assertThat(installation
                        .apply(with(" main: { protected: false, schemas: [app], connection_limits: { rw: 7 },"
                                + " settings: { statement_timeout: 9s } } "))
                        .converged())
                .isTrue();
        nobodyFellIntoOne(DATABASE);
        assertThat(fired(DATABASE, "SELECT pg_catalog.count(*) FROM public.fired"))
                .as("nor as the owner, where nothing of the users' is to run")
                .isEqualTo("0");
    }

    @Test
    void a_copy_runs_them_as_its_owner_at_most_and_the_end_of_a_branch_runs_none() {
        Desired copied = with(" main: { protected: false }, dev: { from: main, data: full } ");
        assertThat(installation.apply(copied).converged()).isTrue();
        nobodyFellIntoOne(DATABASE);
        nobodyFellIntoOne(CHILD);
        ApplyReport reset = Copying.reset(installation, copied, "lure", "dev");
        assertThat(reset.converged()).isTrue();
        nobodyFellIntoOne(CHILD);
        assertThat(installation.apply(with(" main: { protected: false } ")).converged())
                .isTrue();
        assertThat(installation.apply(copied).converged()).isTrue();
        nobodyFellIntoOne(CHILD);
    }
}
