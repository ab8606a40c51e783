package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The SQL of docs/adopting.md that hands objects over, as a superuser runs it in the database of a tenant who waits for that: in
 * whatever runs meanwhile the tenant would become a superuser.
 */
@ParameterizedClass
@ValueSource(ints = {14, 15, 18})
class HandOverSnippetsTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "adopting.md");
    private static final String DATABASE = "crm_trap";

    private final Installation installation;

    HandOverSnippetsTest(int version) {
        installation = Installation.of(version);
    }

    @BeforeEach
    void lay() {
        drop();
        installation.admin("postgres", """
                CREATE ROLE crm LOGIN; CREATE ROLE old_owner LOGIN; GRANT crm TO old_owner;
                """);
        installation.admin("postgres", "CREATE DATABASE " + DATABASE + " OWNER old_owner");
        installation.admin(DATABASE, """
                GRANT ALL ON SCHEMA public TO old_owner; GRANT CREATE ON SCHEMA public TO crm;
                SET SESSION AUTHORIZATION old_owner;
                CREATE FUNCTION public.mighty() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN ALTER ROLE old_owner SUPERUSER; RETURN NEW; END $$;
                CREATE TABLE public.log (what text);
                CREATE TRIGGER mighty BEFORE INSERT ON public.log FOR EACH ROW EXECUTE FUNCTION public.mighty();
                CREATE TABLE public."t; ALTER ROLE old_owner SUPERUSER; --" (a int);
                CREATE TABLE public."it's ""quoted"" x" (a int);
                CREATE SCHEMA traps;
                CREATE FUNCTION traps.format(text, regclass) RETURNS text LANGUAGE sql AS
                    $$ SELECT 'ALTER ROLE old_owner SUPERUSER' $$;
                CREATE FUNCTION traps.eq(oid, regrole) RETURNS boolean LANGUAGE plpgsql AS
                    $$ BEGIN ALTER ROLE old_owner SUPERUSER; RETURN true; END $$;
                CREATE FUNCTION traps.out(regclass) RETURNS text LANGUAGE plpgsql AS
                    $$ BEGIN ALTER ROLE old_owner SUPERUSER; RETURN 'x'; END $$;
                CREATE OPERATOR traps.= (LEFTARG = oid, RIGHTARG = regrole, FUNCTION = traps.eq);
                CREATE TABLE traps.pg_class (oid oid, relkind "char", relowner oid, relnamespace oid);
                CREATE FUNCTION public.format(text, regclass) RETURNS text LANGUAGE sql AS
                    $$ SELECT 'ALTER ROLE old_owner SUPERUSER' $$;
                CREATE FUNCTION public.eq(oid, regrole) RETURNS boolean LANGUAGE plpgsql AS
                    $$ BEGIN ALTER ROLE old_owner SUPERUSER; RETURN true; END $$;
                CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = regrole, FUNCTION = public.eq);
                RESET SESSION AUTHORIZATION;
                CREATE FUNCTION public.told() RETURNS event_trigger LANGUAGE plpgsql AS
                    $$ BEGIN INSERT INTO public.log VALUES (tg_tag); END $$;
                CREATE EVENT TRIGGER told ON ddl_command_end EXECUTE FUNCTION public.told();
                """);
        installation.admin("postgres", "ALTER DATABASE " + DATABASE + " SET search_path = traps, public, pg_catalog");
    }

    @AfterEach
    void clear() {
        drop();
        installation.close();
    }

    private void drop() {
        installation.admin("postgres", "DROP DATABASE IF EXISTS " + DATABASE);
        installation.admin("postgres", "DROP ROLE IF EXISTS old_owner");
        installation.admin("postgres", "DROP ROLE IF EXISTS crm");
    }

    @Test
    void without_the_first_line_the_traps_work() {
        installation.admin(DATABASE, "ALTER TABLE public.log OWNER TO crm");
        assertThat(superusers()).isEqualTo("old_owner");
    }

    private String superusers() {
        return installation.ask(
                "postgres",
                "SELECT coalesce(string_agg(rolname, ','), 'none') FROM pg_roles WHERE rolsuper AND rolname IN ('crm', 'old_owner')");
    }

    @Test
    void a_tenant_who_waits_for_them_gets_no_superuser() throws IOException {
        String session = "";
        for (String block : blocks()) {
            if (block.endsWith("\\gexec")) {
                // psql sends each result as a statement of its own
                String query = block.substring(0, block.length() - "\\gexec".length());
                String all = installation.ask(
                        DATABASE, session + "SELECT string_agg(q.\"?\", ';') FROM (" + query + ") q (\"?\")");
                assertThat(all.split("ALTER TABLE")).hasSize(4);
                installation.admin(DATABASE, session + all);
            } else if (block.startsWith("SET")) {
                session = block;
            } else {
                for (String statement : block.split(";\n?")) {
                    installation.ask(DATABASE, session + "SELECT count(*) FROM (" + statement + ") q");
                }
            }
        }
        assertThat(superusers()).isEqualTo("none");
        assertThat(installation.ask(
                        DATABASE,
                        session + "SELECT count(*) FROM pg_class WHERE relowner = 'crm'::regrole AND relkind = 'r'"))
                .isEqualTo("3");
    }

    private static List<String> blocks() throws IOException {
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf("\n## Objects of other roles\n");
        return Pattern.compile("(?s)\n```\n(.*?)\n```")
                .matcher(text.substring(begin, text.indexOf("\n## ", begin + 1)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
