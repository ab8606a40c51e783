package io.axiomdb.engine;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A database with something of every kind in it, and a text that says all that a copy must have too. */
final class Furnished {
    private Furnished() {}

    /** What an administrator made in it. */
    static final String BY_ADMIN = """
            CREATE SCHEMA ext;
            CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA ext;
            CREATE EXTENSION "uuid-ossp";
            CREATE TABLE of_admin (id int);
            """;

    /**
     * What its owner made.
     *
     * @param owner the roles of the branch; each is named by grants, default privileges and policies
     */
    static String byOwner(String owner, String rw, String ro) {
        return """
                CREATE EXTENSION hstore;
                CREATE SCHEMA "Odd ""schema";
                CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
                CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
                CREATE TYPE pair AS (a int, b text);
                CREATE TYPE span AS RANGE (subtype = float8);
                CREATE FUNCTION app.twice(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i * 2';
                CREATE FUNCTION app.secret() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT ''s''';
                REVOKE EXECUTE ON FUNCTION app.secret() FROM PUBLIC;
                CREATE PROCEDURE "Odd ""schema"."for ""one"("In" mood, VARIADIC j text[]) LANGUAGE sql AS '';
                REVOKE EXECUTE ON PROCEDURE "Odd ""schema"."for ""one" FROM PUBLIC;
                CREATE PROCEDURE app.nothing() LANGUAGE plpgsql AS 'BEGIN NULL; END';
                CREATE AGGREGATE app.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
                CREATE OPERATOR app.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
                CREATE TABLE people (
                    id bigserial PRIMARY KEY, name text NOT NULL, born positive, feels mood DEFAULT 'ok',
                    doubled integer GENERATED ALWAYS AS (app.twice(born)) STORED, extra hstore, p pair,
                    key bytea DEFAULT ext.gen_random_bytes(4));
                COMMENT ON TABLE people IS 'who; they''re "here"'; COMMENT ON COLUMN people.name IS 'as said';
                INSERT INTO people (name, born, extra, p)
                  SELECT 'n' || i, i, 'a=>1', ROW(i, 'x')::pair FROM generate_series(1, 1000) i;
                SELECT setval('people_id_seq', 4711);
                CREATE SEQUENCE app.counter START 7 INCREMENT 3; SELECT nextval('app.counter');
                CREATE TABLE app.identity (id int GENERATED ALWAYS AS IDENTITY, v text);
                INSERT INTO app.identity (v) VALUES ('a'), ('b');
                CREATE TABLE app.parts (k int, v text) PARTITION BY RANGE (k);
                CREATE TABLE app.part1 PARTITION OF app.parts FOR VALUES FROM (0) TO (10);
                INSERT INTO app.parts VALUES (1, 'one');
                CREATE TABLE "Odd ""schema"."Odd ""table; --" ("Odd ""column" int); INSERT INTO "Odd ""schema"."Odd ""table; --" VALUES (1);
                CREATE VIEW happy AS SELECT id, name FROM people WHERE feels = 'happy';
                CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) FROM people;
                CREATE INDEX ON people (app.twice(born)); CREATE STATISTICS app.st ON name, born FROM people;
                CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER touched BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION app.touch();
                CREATE RULE quiet AS ON DELETE TO app.identity DO INSTEAD NOTHING;
                ALTER TABLE app.identity ENABLE ROW LEVEL SECURITY;
                CREATE POLICY of_rw ON app.identity TO {rw} USING (v <> 'b');
                CREATE POLICY of_all ON app.identity FOR SELECT TO {ro}, {owner}, PUBLIC USING (true);
                CREATE COLLATION app.plain FROM "C";
                CREATE TEXT SEARCH DICTIONARY app.dict (TEMPLATE = simple);
                CREATE TEXT SEARCH CONFIGURATION app.conf (COPY = simple);
                SELECT lo_from_bytea(77701, '\\x6c00ff'::bytea); COMMENT ON LARGE OBJECT 77701 IS 'large';
                SELECT lo_from_bytea(77702, ''); GRANT SELECT ON LARGE OBJECT 77701 TO {ro};
                GRANT SELECT (name) ON people TO {ro}; GRANT SELECT ON happy TO PUBLIC;
                GRANT USAGE ON SCHEMA app TO {rw} WITH GRANT OPTION; GRANT USAGE ON TYPE mood TO {rw};
                GRANT USAGE ON SCHEMA "Odd ""schema" TO {rw} WITH GRANT OPTION;
                GRANT SELECT ON "Odd ""schema"."Odd ""table; --" TO {rw} WITH GRANT OPTION; GRANT SELECT ON "Odd ""schema"."Odd ""table; --" TO PUBLIC;
                ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO {ro};
                ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
                ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO {rw};
                """.replace("{owner}", '"' + owner + '"')
                .replace("{rw}", '"' + rw + '"')
                .replace("{ro}", '"' + ro + '"');
    }

    /** Everything but owners, privileges and the roles of policies. Objects count, not their numbers. */
    static final String FINGERPRINT = parts(
            "SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_'",
            "SELECT format('extension %s %s %s', extname, extversion, extnamespace::regnamespace) FROM pg_extension",
            "SELECT format('relation %s %s %s %s', c.oid::regclass, relkind, relrowsecurity, pg_get_viewdef(c.oid))"
                    + " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                    + " WHERE relkind IN ('v', 'm') AND nspname !~ '^(pg_|information_schema)'",
            "SELECT format('relation %s %s %s', c.oid::regclass, relkind, relrowsecurity)"
                    + " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                    + " WHERE nspname !~ '^(pg_|information_schema)'",
            "SELECT format('column %s.%s %s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod),"
                    + " attnotnull, attgenerated, attidentity, pg_get_expr(adbin, adrelid)) FROM pg_attribute a"
                    + " JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace"
                    + " LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum"
                    + " WHERE attnum > 0 AND NOT attisdropped AND nspname !~ '^(pg_|information_schema)'",
            "SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
                    + " FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^(pg_|information_schema)'",
            "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname !~ '^pg_'",
            "SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
                    + " WHERE prokind <> 'a' AND nspname !~ '^(pg_|information_schema)'",
            "SELECT 'closed ' || p.oid::regprocedure FROM pg_proc p WHERE oid >= 16384 AND proacl IS NOT NULL"
                    + " AND NOT EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0)",
            "SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT format('rule %s %s', tablename, definition) FROM pg_rules WHERE schemaname !~ '^(pg_|information_schema)'",
            "SELECT format('policy %s %s %s %s %s', schemaname, tablename, policyname, qual, with_check) FROM pg_policies",
            "SELECT format('type %s %s %s', t.oid::regtype, typtype, array(SELECT enumlabel FROM pg_enum"
                    + " WHERE enumtypid = t.oid ORDER BY enumsortorder)) FROM pg_type t"
                    + " WHERE typnamespace::regnamespace::text !~ '^(pg_|information_schema)'",
            "SELECT format('comment %s %s', i.identity, description) FROM pg_description,"
                    + " pg_identify_object(classoid, objoid, objsubid) i WHERE objoid >= 16384",
            "SELECT format('sequence %s.%s %s %s', schemaname, sequencename, last_value, increment_by) FROM pg_sequences",
            "SELECT format('statistics %s', pg_get_statisticsobjdef(oid)) FROM pg_statistic_ext",
            "SELECT format('large %s %s', oid, md5(lo_get(oid))) FROM pg_largeobject_metadata",
            "SELECT format('operator %s', oid::regoperator) FROM pg_operator WHERE oid >= 16384",
            "SELECT format('dictionary %s', oid::regdictionary) FROM pg_ts_dict WHERE oid >= 16384",
            "SELECT format('configuration %s', oid::regconfig) FROM pg_ts_config WHERE oid >= 16384",
            "SELECT format('rows %s %s', c.oid::regclass, md5(query_to_xml(format('SELECT * FROM %s x ORDER BY x::text',"
                    + " c.oid::regclass), true, false, '')::text)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                    + " WHERE relkind IN ('r', 'm') AND nspname !~ '^(pg_|information_schema)'");

    private static String parts(String... parts) {
        return Stream.of(parts)
                .collect(Collectors.joining(
                        " UNION ALL ",
                        "SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\") FROM (",
                        ") x (line)"));
    }

    /** What in a database names a role that begins so; empty for nothing. */
    static String named(String roles) {
        return "SELECT string_agg(pg_describe_object(classid, objid, objsubid), '; ') FROM pg_shdepend s"
                + " JOIN pg_roles r ON r.oid = refobjid AND rolname ~ '" + roles + "'"
                + " WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())";
    }
}
