"""The host helper's `copy` on a real host: see test_on_a_host.py, whose tools it uses and whose rules it has."""
import contextlib
import difflib
import glob
import json
import os
import re
import shutil
import subprocess
import unittest

from test_on_a_host import HBA, PACKED, PROGRAM, ask, psql, read, run, wait_for

LEASE = {"epoch": 7, "line": "c0c0c09b12de4455"}
NAME = "axm:7:c0c0c09b12de4455"
FROM, TO, LOGIN, OWNER = "copy parent", "axm_new_0123456789abcdef", "axm_run_0123456789abcdef", "copy pr-1 owner"
SECRET = "a:b\\c 'd\" =%$ only-for-this-test"
ROW = "4111-1111-nobody-may-read-this"
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups")
TOOLS = ("pg_dump", "pg_restore")
# Stops wherever it is run in the copy, until the test lets it go on.
WAITS = f"""CREATE FUNCTION waits(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $f$ BEGIN
 IF pg_catalog.current_database() = '{TO}' THEN PERFORM pg_catalog.pg_advisory_lock(4711); END IF; RETURN true; END $f$;
CREATE TABLE waiting (t text CHECK (public.waits(t))); INSERT INTO waiting VALUES ('x');
CREATE TABLE waiting_big AS SELECT i, repeat(md5(i::text), 50) AS t FROM generate_series(1, 30000) i;"""


def setUpModule():
    if not PACKED:
        raise unittest.SkipTest("needs a host to throw away, and AXM_HOST_PROGRAM")


def request(**more):
    return {"lease": LEASE, "from": FROM, "to": TO, "schema_only": False, "login": LOGIN, "password": SECRET, "owner": OWNER, **more}


def copied(**more):
    return ask("copy", **request(**more))


def tools():
    """Command lines of the tools that run now."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = read(path, "rb").split(b"\0")
            found += [words] if os.path.basename(words[0]).decode() in TOOLS else []
    return found


def plain(database, *options):
    """The database as SQL, without owners, rights, and what differs from one run to the next."""
    text = run(*AS_POSTGRES, "pg_dump", "-Ox", "--no-publications", "--no-subscriptions", *options, "-d", f"dbname='{database}'").stdout
    return re.sub(r"(?m)^\\(un)?restrict .*$", "", text)


class Session:
    """A psql of a superuser that stays."""

    def __init__(self, test, database, name, sql):
        self.process = subprocess.Popen([*AS_POSTGRES, "psql", "-XAtq", "-d", f"dbname='{database}'"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        cwd="/", env={**os.environ, "PGAPPNAME": name})
        test.addCleanup(self.end)
        self.process.stdin.write(sql + "; SELECT 'done';\n")
        self.process.stdin.flush()
        while "done" not in self.process.stdout.readline():
            pass

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()
            self.process.stdout.close()


class Copy(unittest.TestCase):
    """An empty copy made as AxiomDB makes it, and the lease's lock held."""

    def setUp(self):
        self.maxDiff = None
        self.drop()
        self.addCleanup(self.drop)
        psql(f'CREATE DATABASE "{FROM}" TEMPLATE template0')
        psql(f'CREATE ROLE "{OWNER}"')
        psql(f"CREATE ROLE {LOGIN} LOGIN NOINHERIT IN ROLE \"{OWNER}\" PASSWORD '{SECRET.replace(chr(39), chr(39) * 2)}'; ALTER ROLE {LOGIN} SET role TO '{OWNER}'")
        self.empty()
        self.parent(f'ALTER SCHEMA public OWNER TO "{OWNER}"')  # as in the copy, so that both read the same
        self.lock = Session(self, "postgres", NAME, "SELECT pg_advisory_lock(1096305988, 1)")

    def empty(self):
        psql(f"DROP DATABASE IF EXISTS {TO} WITH (FORCE)")
        psql(f"CREATE DATABASE {TO} TEMPLATE template0")
        psql(f'REVOKE ALL ON DATABASE {TO} FROM PUBLIC; GRANT CREATE, TEMPORARY ON DATABASE {TO} TO "{OWNER}"; GRANT CONNECT ON DATABASE {TO} TO {LOGIN}')
        psql(f'ALTER SCHEMA public OWNER TO "{OWNER}"', TO)

    def drop(self):
        for database in (TO, FROM):
            psql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        for role in (LOGIN, OWNER, "copy_thief"):
            psql(f'DROP ROLE IF EXISTS "{role}"')

    def parent(self, sql):
        psql(sql, FROM)

    def assert_same(self, *options):
        one, other = (plain(database, *options).split("\n") for database in (FROM, TO))
        self.assertEqual([], list(difflib.unified_diff(one, other, "original", "copy", lineterm=""))[:40] if one != other else [])

    def done(self, **more):
        answer = copied(**more)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual([], tools())
        return answer

    def failed(self, code, *words, **more):
        answer = copied(**more)
        self.assert_failed(answer, code, *words)
        return answer

    def assert_failed(self, answer, code, *words):
        text = json.dumps(answer)
        self.assertEqual((False, code, True), (answer["ok"], answer["code"], answer["rolled_back"]), answer)
        for word in words:
            self.assertIn(word, answer["what"] + answer["mend"])
        self.assertNotIn("only-for-this-test", text)
        self.assertNotIn(ROW, text)
        self.assertLess(len(answer["what"]), 600)
        self.assert_nothing_runs()

    def assert_nothing_runs(self):
        wait_for(lambda: not tools())
        wait_for(lambda: psql(f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{LOGIN}'") == "0")

    def started(self):
        """A copy that has come to a standstill in the middle of its rows."""
        self.parent(WAITS)
        gate = Session(self, TO, "test", "SELECT pg_advisory_lock(4711)")
        program = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        head = {"protocol": 1, "op": "copy", "organization": "acme", "postgres": {"port": 5432, "admin": "axiomdb"}, "pooler": None, "firewall": "none", "ssh_port": 22}
        program.stdin.write(json.dumps({**head, **request()}))
        program.stdin.close()
        wait_for(lambda: psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted") == "1")
        return program, gate

    def answer_of(self, program):
        text = program.stdout.read()
        program.wait()
        return json.loads(text)


class WholeCopies(Copy):
    EVERYTHING = """
        CREATE TABLE "größe 寸" ("ä" text); INSERT INTO "größe 寸" VALUES ('Ü'); CREATE SCHEMA ext; CREATE SCHEMA "a ""b"".c"; COMMENT ON SCHEMA ext IS 'of extensions'; COMMENT ON SCHEMA public IS 'ours';
        CREATE EXTENSION hstore SCHEMA ext; CREATE EXTENSION pgcrypto SCHEMA "a ""b"".c"; CREATE EXTENSION earthdistance CASCADE; CREATE EXTENSION file_fdw;
        COMMENT ON EXTENSION hstore IS 'kept';
        CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * n';
        CREATE TABLE goods (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n positive, m mood DEFAULT 'ok', h ext.hstore, double int GENERATED ALWAYS AS (public.twice(n)) STORED);
        INSERT INTO goods (n, h) SELECT i, ext.hstore('k', i::text) FROM generate_series(1, 5000) i;
        CREATE TABLE "a ""b"".c"."t; DROP" (s serial, good int REFERENCES goods, b bytea, x text DEFAULT E'tab\\t, "quoted" ''\\\\'); COMMENT ON COLUMN "a ""b"".c"."t; DROP".b IS 'bytes';
        INSERT INTO "a ""b"".c"."t; DROP" (good, b) SELECT 1, decode(repeat('00ff0a5c', 1000), 'hex') FROM generate_series(1, 300);
        INSERT INTO "a ""b"".c"."t; DROP" (x) VALUES (E'\\\\.\\n\\\\.'), (NULL), ('');
        SELECT setval('"a ""b"".c"."t; DROP_s_seq"', 4242, false); SELECT nextval('goods_id_seq');
        CREATE TABLE parts (d date, v int) PARTITION BY RANGE (d); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        INSERT INTO parts VALUES ('2026-11-22', 1);
        CREATE INDEX ON goods (public.twice(n)) WHERE n > 3; CREATE STATISTICS st ON n, m FROM goods;
        CREATE VIEW cheap AS SELECT * FROM goods WHERE n < 10; CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM parts;
        ALTER TABLE goods ENABLE ROW LEVEL SECURITY; ALTER TABLE goods FORCE ROW LEVEL SECURITY; CREATE POLICY few ON goods USING (n < 10);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; CREATE TRIGGER tr BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION note();
        CREATE RULE ru AS ON DELETE TO parts DO ALSO NOTIFY gone; CREATE PUBLICATION pub FOR ALL TABLES;
        SELECT lo_from_bytea(7777, decode(repeat('00ff', 9000), 'hex')); COMMENT ON LARGE OBJECT 7777 IS 'large';
        CREATE UNLOGGED TABLE fast AS SELECT 1 AS one; ALTER TABLE parts_1 REPLICA IDENTITY FULL;
        GRANT SELECT ON goods TO PUBLIC; CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int); CREATE COLLATION german (provider = libc, locale = 'C');"""
    NOT_OWNERS = f"""SELECT string_agg(pg_describe_object(classid, objid, objsubid), '; ') FROM pg_shdepend s
        WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND deptype = 'o' AND refobjid <> '"{OWNER}"'::regrole"""

    def test_a_copy_has_all_that_the_original_has_and_all_of_it_is_the_owners(self):
        self.parent(self.EVERYTHING)
        self.done()
        self.assert_same()
        self.assertEqual("4242", psql('SELECT last_value FROM "a ""b"".c"."t; DROP_s_seq"', TO))
        self.assertEqual("", psql(self.NOT_OWNERS, TO))
        self.assertEqual("0", psql("SELECT count(*) FROM pg_class c WHERE oid >= 16384 AND relowner <> "
                                   f"""'"{OWNER}"'::regrole AND relkind <> 't' AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')""", TO))
        self.assertEqual("18000", psql("SELECT length(lo_get(7777))", TO))

    def test_a_copy_of_the_schema_has_no_rows(self):
        self.parent(self.EVERYTHING)
        self.done(schema_only=True)
        self.assert_same("--schema-only")
        self.assertEqual("0|0|0", psql('SELECT (SELECT count(*) FROM goods), (SELECT count(*) FROM "a ""b"".c"."t; DROP"), (SELECT count(*) FROM pg_largeobject)', TO))
        self.assertEqual("1", psql('SELECT last_value FROM "a ""b"".c"."t; DROP_s_seq"', TO))

    def test_an_empty_database_is_copied(self):
        self.done()
        self.assert_same()

    def test_settings_of_a_database_that_would_mislead_the_tools_do_not(self):
        self.parent("CREATE TABLE t (d date, b bytea); INSERT INTO t VALUES ('2026-02-01', 'x'); CREATE SCHEMA evil; CREATE FUNCTION evil.quote_ident(text) RETURNS text LANGUAGE sql AS 'SELECT 1/0'")
        for setting in ("default_transaction_read_only = on", "search_path = evil, pg_catalog", "statement_timeout = '1ms'", f"role = '{LOGIN}'", "datestyle = 'SQL, DMY'",
                        "idle_session_timeout = 1", "idle_in_transaction_session_timeout = 1", "row_security = off"):
            psql(f'ALTER DATABASE "{FROM}" SET {setting}')
        self.done()
        self.assertEqual("2026-02-01", psql("SELECT d FROM t", TO))

    def test_rows_of_an_extension_come_along_once_and_give_nobody_a_right(self):
        self.install_extension("axm_lab", """CREATE SCHEMA axm_lab_own; CREATE SEQUENCE axm_lab_own.numbers; CREATE TABLE axm_lab_own."its rows" (id int PRIMARY KEY, t text);
            INSERT INTO axm_lab_own."its rows" VALUES (1, 'shipped'); CREATE TABLE axm_lab_own.quiet (t text); GRANT USAGE ON SCHEMA axm_lab_own TO PUBLIC;
            SELECT pg_extension_config_dump('axm_lab_own."its rows"', 'WHERE id > 1'); SELECT pg_extension_config_dump('axm_lab_own.numbers', '');""")
        self.parent("""CREATE EXTENSION axm_lab; INSERT INTO axm_lab_own."its rows" VALUES (2, 'added'), (3, 'added'); INSERT INTO axm_lab_own.quiet VALUES ('stays');
            SELECT setval('axm_lab_own.numbers', 77); CREATE TABLE mine AS SELECT 5 AS five""")
        self.done()
        self.assertEqual("1shipped 2added 3added", psql("""SELECT string_agg(id || t, ' ' ORDER BY id) FROM axm_lab_own."its rows" """, TO))
        self.assertEqual("77|0|5", psql("SELECT (SELECT last_value FROM axm_lab_own.numbers), (SELECT count(*) FROM axm_lab_own.quiet), (SELECT five FROM mine)", TO))
        self.assertEqual("f", psql(f"""SELECT has_table_privilege('{OWNER}', 'axm_lab_own."its rows"', 'INSERT') OR has_sequence_privilege('{OWNER}', 'axm_lab_own.numbers', 'UPDATE')""", TO))
        self.empty()
        self.done(schema_only=True)
        self.assertEqual("1shipped", psql("""SELECT string_agg(id || t, ' ' ORDER BY id) FROM axm_lab_own."its rows" """, TO))

    def install_extension(self, name, script):
        """Into a folder laid over PostgreSQL's own for as long as the test runs."""
        folder = psql("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'") + "/extension"
        over = "/tmp/extensions"
        shutil.copytree(folder, over)
        self.addCleanup(shutil.rmtree, over)
        for path, text in ((f"{over}/{name}.control", "default_version = '1'\nrelocatable = false\n"), (f"{over}/{name}--1.sql", script)):
            with open(path, "w") as target:
                target.write(text)
            os.chmod(path, 0o644)
        run("mount", "--bind", over, folder)
        self.addCleanup(run, "umount", folder)


class HostileParents(Copy):

    def test_code_of_the_original_is_never_more_than_the_owner(self):
        attempts = ("RESET SESSION AUTHORIZATION", "RESET ROLE", "SET ROLE postgres", f"ALTER ROLE {LOGIN} SUPERUSER", "CREATE ROLE copy_thief SUPERUSER",
                    f"GRANT postgres TO {LOGIN}", "COPY pg_catalog.pg_class TO PROGRAM 'touch /tmp/copy-thief'", "CREATE EXTENSION dblink")
        quiet = "EXCEPTION WHEN OTHERS THEN NULL; END; "
        blocks = "".join(f"BEGIN EXECUTE $a${attempt}$a$; {quiet}" for attempt in attempts)
        is_super = "EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolsuper AND rolname IN (session_user, current_user))"
        self.parent(f"""CREATE FUNCTION steals(t text) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN
             IF pg_catalog.current_database() = '{TO}' THEN {blocks}
              IF {is_super} THEN RAISE 'it is a superuser'; END IF;
              BEGIN CREATE TABLE IF NOT EXISTS public.ran AS SELECT session_user::text AS who; {quiet}
             END IF; RETURN true; END $f$;
            CREATE FUNCTION steals_quietly(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN public.steals(t); END';
            CREATE TABLE bait (t text CHECK (public.steals(t)), s boolean GENERATED ALWAYS AS (public.steals_quietly(t)) STORED); INSERT INTO bait VALUES ('x');
            CREATE INDEX ON bait (public.steals_quietly(t)); CREATE MATERIALIZED VIEW also AS SELECT public.steals(t) FROM bait""")
        self.done()
        self.assertEqual(f"{LOGIN}", psql("SELECT who FROM ran", TO))
        self.assertEqual("f", psql(f"SELECT rolsuper FROM pg_roles WHERE rolname = '{LOGIN}'"))
        self.assertEqual("0", psql("SELECT count(*) FROM pg_roles WHERE rolname = 'copy_thief'"))
        self.assertEqual("0", psql("SELECT count(*) FROM pg_extension WHERE extname = 'dblink'", TO))
        self.assertFalse(os.path.exists("/tmp/copy-thief"))

    def test_what_only_a_superuser_can_make_is_named(self):
        self.parent("CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER watches ON ddl_command_end EXECUTE FUNCTION ev()")
        self.failed("COPY_FAILED", "EVENT TRIGGER", "watches", "hold_sessions")
        self.assertEqual("0", psql("SELECT count(*) FROM pg_event_trigger", TO))

    def test_a_row_that_does_not_fit_is_not_told(self):
        self.parent(f"""CREATE TABLE card (n text); INSERT INTO card VALUES ('{ROW}'); CREATE FUNCTION fits(t text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $f$
            SELECT current_database() <> '{TO}' $f$; ALTER TABLE card ADD CHECK (public.fits(n))""")
        self.failed("COPY_FAILED", "card", "violates check constraint")

    def test_a_superuser_or_more_than_a_member_restores_nothing(self):
        for role in ("SUPERUSER", "CREATEROLE", "REPLICATION"):
            psql(f"ALTER ROLE {LOGIN} {role}")
            self.failed("BAD_REQUEST", LOGIN)
            psql(f"ALTER ROLE {LOGIN} NO{role}")
        psql(f'GRANT pg_execute_server_program TO "{OWNER}"')
        self.failed("BAD_REQUEST", "pg_execute_server_program")
        psql(f'REVOKE pg_execute_server_program FROM "{OWNER}"; REVOKE "{OWNER}" FROM {LOGIN}')
        self.failed("BAD_REQUEST", OWNER)
        self.failed("BAD_REQUEST", "does not exist", owner="nobody knows")

    def test_only_an_empty_database_that_axiomdb_made_is_filled(self):
        for sql in ("CREATE TABLE t ()", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE SCHEMA s", "CREATE EXTENSION hstore", "SELECT lo_create(0)",
                    f"COMMENT ON DATABASE {TO} IS 'mine'", f'ALTER DATABASE {TO} OWNER TO "{OWNER}"'):
            with self.subTest(sql):
                self.empty()
                psql(sql, TO)
                self.failed("BAD_REQUEST", "may connect" if "OWNER" in sql else "not empty")
        for other in (f'"{OWNER}"', "PUBLIC"):
            self.empty()
            psql(f"GRANT CONNECT ON DATABASE {TO} TO {other}")
            self.failed("BAD_REQUEST", f"{other.strip(chr(34))} may connect")
        self.failed("BAD_REQUEST", "axm_new_ffffffffffffffff", to="axm_new_ffffffffffffffff")
        self.failed("BAD_REQUEST", "not there", **{"from": "not there"})


class InterruptedCopies(Copy):

    def test_the_password_is_nowhere_and_sessions_have_the_leases_name(self):
        program, gate = self.started()
        try:
            seen = 0
            for path in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
                with contextlib.suppress(OSError):
                    text = read(path, "rb")
                    self.assertNotIn(b"only-for-this-test", text)
                    seen += b"pg_restore" in text
            self.assertGreaterEqual(seen, 1)
            self.assertEqual(f"{NAME}|t", psql(f"SELECT application_name, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE usename = '{LOGIN}'"))
            self.assertEqual(NAME, psql(f"SELECT DISTINCT application_name FROM pg_stat_activity WHERE usename = 'postgres' AND datname IN ('{FROM}', '{TO}')"
                                        " AND application_name NOT IN ('psql', 'test')"))
            self.assertEqual({"postgres"}, {line.split()[0] for line in run("ps", "-eo", "user:20,comm").stdout.split("\n") if line.endswith(TOOLS)})
        finally:
            gate.end()
        self.assertTrue(self.answer_of(program)["ok"])
        self.assertEqual("x", psql("SELECT t FROM waiting", TO))

    def test_other_changes_of_the_host_go_on_meanwhile(self):
        program, gate = self.started()
        self.assertEqual(0, run(PROGRAM, "tick").returncode)
        self.assertTrue(ask("look")["ok"])
        gate.end()
        self.assertTrue(self.answer_of(program)["ok"])

    def test_a_dump_that_dies_in_the_middle_is_a_failure(self):
        program, gate = self.started()
        self.parent(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}' AND datname = '{FROM}'")
        gate.end()
        self.assert_failed(self.answer_of(program), "COPY_FAILED", "pg_dump: error:")

    def test_a_restore_that_dies_in_the_middle_is_a_failure(self):
        program, _ = self.started()
        psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{LOGIN}'")
        self.assert_failed(self.answer_of(program), "COPY_FAILED", "pg_restore: error:")

    def test_a_lease_that_is_lost_ends_the_copy(self):
        program, _ = self.started()
        self.lock.end()
        self.assert_failed(self.answer_of(program), "STALE_EPOCH", NAME)

    def test_a_later_lease_ends_the_copys_own_session_and_so_the_copy(self):
        program, _ = self.started()
        psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}' AND usename = 'postgres'")
        answer = self.answer_of(program)
        self.assertFalse(answer["ok"], answer)
        self.assert_nothing_runs()

    def test_a_helper_that_is_killed_leaves_no_process(self):
        program, gate = self.started()
        program.kill()
        wait_for(lambda: not tools())
        gate.end()
        self.assert_nothing_runs()

    def test_without_the_lock_or_with_an_older_epoch_nothing_begins(self):
        self.lock.end()
        self.failed("STALE_EPOCH", NAME)
        line = "e" * 16
        self.failed("STALE_EPOCH", f"axm:8:{line}", lease={"epoch": 8, "line": line})
        self.failed("STALE_EPOCH", "has seen 8", lease={"epoch": 7, "line": line})
        self.assertEqual("0", psql("SELECT count(*) FROM pg_class WHERE oid >= 16384", TO))


class Doors(Copy):

    def test_a_login_that_is_kept_out_is_told_the_line_that_lets_it_in(self):
        self.parent("CREATE TABLE t AS SELECT 1")
        for line in (f'host all {LOGIN} all reject', f'host all "{LOGIN}" 127.0.0.1/32 trust', f'hostnossl all {LOGIN} all scram-sha-256\nhostssl all all all reject'):
            with self.subTest(line):
                with self.first_in_hba(line):
                    answer = self.failed("COPY_FAILED", "127.0.0.1/32 scram-sha-256")
                told = re.search(r"`(hostssl [^`]*)`", answer["mend"])[1]
                with self.first_in_hba(told + "\n" + line):
                    self.done()
                self.empty()

    def test_a_wrong_password_is_told(self):
        self.failed("COPY_FAILED", "password authentication failed", password="wrong")

    def test_look_says_that_the_tools_are_there(self):
        self.assertIs(True, ask("look")["postgres"]["dumps"])

    @contextlib.contextmanager
    def first_in_hba(self, line):
        before = read(HBA)
        try:
            with open(HBA, "w") as target:
                target.write(line + "\n" + before)
            self.reload()
            yield
        finally:
            with open(HBA, "w") as target:
                target.write(before)
            self.reload()

    def reload(self):
        """Back when the server has read its files: a session that begins afterwards is judged by them."""
        before = psql("SELECT pg_conf_load_time()")
        psql("SELECT pg_reload_conf()")
        wait_for(lambda: psql("SELECT pg_conf_load_time()") != before)


if __name__ == "__main__":
    unittest.main()
