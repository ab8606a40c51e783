"""The pure parts of the host helper: run with `python3 -m unittest` in this folder."""
import contextlib
import json
import os
import sys
import tempfile
import types
import unittest
from unittest import mock

from axm_host import access, block, copy_sql, debian, gateways, hba, ini, main, neighbours, postgres, processes, recover, request, sessions, state, tick, timers, ufw
from axm_host.access import Access, Grant, NOTHING
from axm_host.basics import BEGIN, END, POINTS, Refusal, moment
from axm_host.change import check_clock
from axm_host.copy_tools import can_dump, said

HEAD = {"protocol": 1, "organization": "acme", "postgres": {"port": 5432, "admin": "axiomdb"}, "pooler": {"port": 6432},
        "firewall": "ufw", "ssh_port": 22}
BRANCH = {"database": "shop", "roles": ["shop_owner", "shop_rw"]}
LINES = [b'hostssl "a" "r" 10.0.0.0/8 scram-sha-256', b'host all "r" all reject']


def change(**wish):
    return {**HEAD, "op": "change", "lease": {"epoch": 7, "line": "a3f1c09b12de4455"}, "confirm_seconds": 60,
            "access": {"branches": [BRANCH], "entries": [], "openings": [], **wish}}


def copy(**more):
    return {**HEAD, "op": "copy", "lease": {"epoch": 7, "line": "a3f1c09b12de4455"}, "from": "shop", "to": "axm_new_0123456789abcdef", "schema_only": False,
            "login": "axm_run_0123456789abcdef", "password": "secret", "owner": "shop_pr-1_owner", **more}


def entry(cidr="10.1.0.0/16", port="direct", database="shop", until=None):
    return {"port": port, "database": database, "cidr": cidr, "until": until}


def some(entries=(), openings=(), roles=("r",), pooled=False):
    branches = {"shop": tuple(roles)}
    return Access(branches, frozenset(branches) if pooled else frozenset(),
                  {(port, "shop", cidr): Grant(None, tuple(roles)) for port, cidr in entries}, {opening: None for opening in openings}, {"shop": "acme"})



class Marks(unittest.TestCase):
    """Who does not know what is kept writes nothing."""
    ONE, TWO = ("0b1c2d3e-0000-4000-8000-00000000000" + digit for digit in "12")

    def setUp(self):
        self.kept = {}
        for name, does in {"locked": lambda path: contextlib.nullcontext(), "ensure_marks": lambda: None, "check_epoch": lambda *_, **__: None,
                           "marks_of": lambda _: self.kept, "write_marks": lambda _, marks: setattr(self, "kept", marks)}.items():
            patch = mock.patch.object(state, name, does)
            patch.start()
            self.addCleanup(patch.stop)

    def keep(self, one, *before):
        mark, *seen = [{"control_plane": plane, "apply": number, "sequence": number, "head": "ab" * 32} for plane, number in (one, *before)]
        asked = {**HEAD, "op": "mark", "lease": {"epoch": 7, "line": "a3f1c09b12de4455"}, "mark": mark, "before": seen}
        main.mark(request.parse(json.dumps(asked).encode()))
        return {plane: mark["apply"] for plane, mark in self.kept.items()}

    def test_one_takes_the_place_of_what_a_look_told_and_of_nothing_else(self):
        self.assertEqual({self.ONE: 3}, self.keep((self.ONE, 3)))
        for overtaken in ([(self.ONE, 2)], [(self.ONE, 3)], [(self.ONE, 4), (self.ONE, 2)], [(self.TWO, 1)]):
            with self.subTest(overtaken), self.assertRaises(Refusal) as refused:
                self.keep(*overtaken)
            self.assertEqual("OVERTAKEN", refused.exception.code)
        self.assertEqual({self.ONE: 4}, self.keep((self.ONE, 4), (self.ONE, 3)))
        self.assertEqual({self.TWO: 1}, self.keep((self.TWO, 1), (self.ONE, 4)))

    def test_a_number_that_no_control_plane_reaches_is_not_kept_and_one_that_root_wrote_is_replaced(self):
        for number in (0, 2**53 + 1, 2**63 - 1):
            with self.subTest(number), self.assertRaises(Refusal) as refused:
                self.keep((self.ONE, number))
            self.assertEqual("BAD_REQUEST", refused.exception.code)
        self.kept = {self.ONE: {"apply": 2**62 - 1, "sequence": 2**62 - 1, "head": "ab" * 32, "since": "2026-01-01T00:00:00Z"}}
        self.assertEqual({self.ONE: 2}, self.keep((self.ONE, 2), (self.ONE, 2**62 - 1)))


class DirectTest(unittest.TestCase):
    """A session is used only once it is proved to lead to PostgreSQL itself and to hold what it began with."""

    class Answers:
        """A session whose server says this."""

        def __init__(self, process, served_by, shown):
            self.process, self.served_by, self.shown = process, served_by, shown

        def ask(self, _):
            return [[{"process": str(self.served_by), **{f"s{number}": text for number, text in enumerate(self.shown)}}]]

    def test_another_process_is_a_pooler(self):
        why = postgres._pooler(self.Answers(7, 8, ["off"]), {"row_security": "off"})
        self.assertIn("process 7 answered the login and process 8 serves it", why)

    def test_what_does_not_hold_is_named(self):
        self.assertIn("row_security is 'on'", postgres._pooler(self.Answers(7, 7, ["on"]), {"row_security": "off"}))
        self.assertIsNone(postgres._pooler(self.Answers(7, 7, ["off"]), {"row_security": "off"}))

    def test_settings_are_compared_by_what_they_mean(self):
        for pinned, shown, same in [("60s", "1min", True), ("15s", "15s", True), ("0", "0", True), ("ISO", "ISO, DMY", True), ("30s", "31s", False),
                                    ("off", "on", False), ("ISO", "German, DMY", False), ("pg_catalog,pg_temp", "evil", False)]:
            self.assertEqual(same, postgres.same_setting(pinned, shown), (pinned, shown))


class AliveTest(unittest.TestCase):
    def test_a_long_answer_says_now_and_then_that_it_is_coming(self):
        said, read = os.pipe()[::-1]
        with open(said, "w", encoding="ascii") as out, open(read, encoding="ascii") as heard, \
                mock.patch.object(main, "BEAT_SECONDS", 0.01), mock.patch.object(sys, "stdout", out):
            with main.alive():
                self.assertEqual("\n", heard.readline())
            out.write("{}\n")
            out.flush()
            line = heard.readline()
            while line == "\n":
                line = heard.readline()
            self.assertEqual("{}\n", line)


KEPT_BACK = ": the server's log has its words, which can quote rows"


class Copies(unittest.TestCase):

    def test_of_what_a_tool_says_only_its_errors_are_told(self):
        words = (b"pg_restore: creating TABLE\npg_restore: from TOC entry 3; 0 9 TABLE DATA public t owner\npg_restore: error: COPY failed for table \"t\": ERROR:  no\a\n"
                 b"DETAIL:  Failing row contains (secret).\nCONTEXT:  COPY t, line 1: \"secret\"\nCommand was: INSERT secret\npg_dump: error: secret\n")
        self.assertEqual('pg_restore: from TOC entry 3; 0 9 TABLE DATA public t owner; pg_restore: error: COPY failed for table "t"' + KEPT_BACK,
                         said("pg_restore", words))
        self.assertEqual(500, len(said("pg_dump", b"pg_dump: error: " + b"x" * 9999)))
        self.assertEqual("", said("pg_dump", b""))

    def test_nothing_that_the_server_says_of_rows_is_told(self):
        entry = "pg_restore: from TOC entry 3; 0 9 {} public t owner"
        for kind in ("TABLE DATA", "MATERIALIZED VIEW DATA", "INDEX", "CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT"):
            words = entry.format(kind) + "\npg_restore: error: could not execute query: FEHLER:  secret\npg_restore: error: secret\n"
            self.assertEqual(entry.format(kind) + "; pg_restore: error" + KEPT_BACK, said("pg_restore", words.encode()))
        self.assertEqual("pg_restore: error: error returned by PQputCopyData" + KEPT_BACK,
                         said("pg_restore", b"pg_restore: error: error returned by PQputCopyData: ERROR:  secret"))
        told = entry.format("EVENT TRIGGER") + "; pg_restore: error: could not execute query: ERROR:  permission denied"
        self.assertEqual(told, said("pg_restore", told.replace("; pg", "\npg").encode()))

    def test_a_password_file_says_what_the_password_is(self):
        self.assertEqual(b"*:*:*:*:a\\:b\\\\c\n", copy_sql.passfile("a:b\\c"))

    def test_a_connection_string_has_each_value_between_quotes(self):
        self.assertEqual("dbname='a\\'b host=x' user='\\\\'", copy_sql.conninfo(dbname="a'b host=x", user="\\"))

    def test_no_limit_of_a_database_holds_before_the_tools_take_it_off(self):
        for options in (copy_sql.OPTIONS, copy_sql.SUPER_OPTIONS):
            for limit in ("statement_timeout", "lock_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout"):
                self.assertIn(f"-c {limit}=0", copy_sql.pgoptions(options, 14))
            self.assertNotIn("transaction_timeout=0", copy_sql.pgoptions(options, 16).split())
            self.assertIn("transaction_timeout=0", copy_sql.pgoptions(options, 17).split())

    def test_the_tools_are_regular_programs(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertFalse(can_dump(folder, os.geteuid()))
            for tool in ("pg_dump", "pg_restore"):
                self.assertFalse(can_dump(folder, os.geteuid()))
                with open(f"{folder}/{tool}", "w"):
                    os.chmod(f"{folder}/{tool}", 0o755)
            self.assertTrue(can_dump(folder, os.geteuid()))
            os.chmod(folder + "/pg_dump", 0o644)
            self.assertFalse(can_dump(folder, os.geteuid()))
            os.unlink(folder + "/pg_dump")
            os.mkdir(folder + "/pg_dump", 0o755)
            self.assertFalse(can_dump(folder, os.geteuid()))
        self.assertFalse(can_dump(None, os.geteuid()))


class Clocks(unittest.TestCase):
    HERE = moment("2026-11-22T06:01:00Z")
    load = 1

    def why(self, sent):
        with mock.patch("axm_host.change.now", lambda: self.HERE), mock.patch("axm_host.change.patience", lambda seconds: seconds * self.load):
            try:
                check_clock({"now": sent})
            except Refusal as refusal:
                self.assertEqual("CLOCK_SKEW", refusal.code)
                return refusal.what
        return None

    def test_a_slow_clock_is_known_at_once_and_a_fast_one_only_by_more_than_a_request_may_take(self):
        self.assertIn("3.0 s behind", self.why("2026-11-22T06:01:03Z"))
        self.assertIsNone(self.why("2026-11-22T06:01:02Z"))
        self.assertIsNone(self.why("2026-11-22T06:00:30Z"))
        self.assertIn("33.0 s ahead", self.why("2026-11-22T06:00:27Z"))

    def test_on_a_busy_host_a_request_may_be_longer_on_its_way(self):
        self.load = 2
        self.assertIsNone(self.why("2026-11-22T06:00:00Z"))
        self.assertIn("behind", self.why("2026-11-22T06:01:03Z"))
        self.assertIn("ahead", self.why("2026-11-22T05:59:50Z"))

    def test_a_request_without_a_time_is_not_judged(self):
        check_clock({})


class Ownership(unittest.TestCase):

    def test_only_what_is_postgresqls_already_is_written_for_it(self):
        with tempfile.NamedTemporaryFile() as theirs:
            uid = os.stat(theirs.name).st_uid
            with mock.patch.object(hba, "user", lambda: types.SimpleNamespace(pw_uid=uid, pw_name="postgres")):
                self.assertEqual(theirs.name, hba.postgres_own(theirs.name))
            with mock.patch.object(hba, "user", lambda: types.SimpleNamespace(pw_uid=uid + 1, pw_name="postgres")):
                for path in (theirs.name, "/etc/passwd", "/etc/there/is/none"):
                    with self.assertRaises(Refusal):
                        hba.postgres_own(path)


class Requests(unittest.TestCase):

    def refused(self, document, code="BAD_REQUEST", saying=""):
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        with self.assertRaises(Refusal) as seen:
            request.parse(data)
        self.assertEqual(code, seen.exception.code)
        self.assertIn(saying, seen.exception.what)

    def test_a_whole_change_is_read(self):
        document = change(entries=[entry(), entry("fd00::/64", "runtime", until="2026-12-01T00:00:00Z")], openings=[{"port": 6432, "cidr": "::/0", "until": None}])
        self.assertEqual(document, request.parse(json.dumps(document).encode()))

    def test_another_protocol_is_refused_before_anything_else_is_read(self):
        self.refused({"protocol": 2, "what": "ever"}, "PROTOCOL")
        self.refused({"protocol": True}, "PROTOCOL")

    def test_what_is_not_one_clean_document_is_refused(self):
        for data in (b"", b"[]", b"nonsense", b'{"protocol":1,"protocol":1}', b'{"protocol":NaN}', b"[" * 100000, b"\xff"):
            with self.subTest(data[:20]), self.assertRaises(Refusal):
                request.parse(data)

    def test_unknown_and_missing_keys_are_refused(self):
        self.refused({**change(), "more": 1}, saying="more")
        self.refused({key: value for key, value in change().items() if key != "lease"}, saying="lease")
        self.refused(change(entries=[{**entry(), "label": "office"}]), saying="label")

    def test_only_canonical_networks(self):
        for cidr in ("10.0.0.1/8", "010.0.0.0/8", "10.0.0.0/8 ", "10.0.0.0", "10.0.0.0/255.0.0.0", "::ffff:10.0.0.0/104", "FD00::/8", "fd00:0::/32",
                     "fe80::%1/64", "10.0.0.0/33", "10/8", "all", "", None, 5, "0x0a.0.0.0/8", "10.0.0.0/08", "10.0.0.0/8\n"):
            with self.subTest(cidr):
                self.refused(change(entries=[entry(cidr)]), saying="CIDR" if "ffff" not in str(cidr) else "")

    def test_networks_at_both_ends_of_what_there_is(self):
        for cidr in ("0.0.0.0/0", "::/0", "255.255.255.255/32", "2001:db8::1/128"):
            with self.subTest(cidr):
                request.parse(json.dumps(change(entries=[entry(cidr)])).encode())

    def test_names_that_a_file_would_read_otherwise(self):
        for name in ("all", "ALL", "sameuser", "samerole", "replication", "+group", "@file", "/regex", "a\"b", "a'b", "a\\b", "a\nb", "a\0b", "a,b", "",
                     "x" * 64, "é" * 32, " a", "a ", "#a", ";a", "[a", "%include x", "a=b", "pgbouncer", "a\u202eb", "\ud800", 7, None):
            with self.subTest(name):
                self.refused({**change(), "access": {"branches": [{"database": name, "roles": ["r"]}], "entries": [], "openings": []}})
                if name != "pgbouncer":
                    self.refused(change(branches=[{"database": "shop", "roles": [name]}]))

    def test_roles_that_would_lock_somebody_out(self):
        for role in ("postgres", "axiomdb", "axm_pooler", "pg_monitor"):
            with self.subTest(role):
                self.refused(change(branches=[{"database": "shop", "roles": [role]}]), "LOCK_OUT", role)

    def test_what_does_not_fit_together(self):
        self.refused(change(entries=[entry(database="other")]), saying="other")
        self.refused(change(entries=[entry(), entry()]), saying="twice")
        self.refused(change(openings=[{"port": 22, "cidr": "10.0.0.0/8", "until": None}]), saying="22")
        self.refused(change(branches=[BRANCH, BRANCH]), saying="twice")
        self.refused({**change(entries=[entry(port="runtime")]), "pooler": None}, saying="no pooler")
        self.refused({**change(), "pooler": {"port": 5432}}, saying="two servers")

    def test_numbers_and_times(self):
        for port in (0, 65536, "5432", True, 5432.0, None):
            with self.subTest(port):
                self.refused({**change(), "ssh_port": port})
        for until in ("2026-12-01", "2026-12-01T00:00:00", "2026-12-01T00:00:00+00:00", "2026-13-01T00:00:00Z", 5, "x" * 100):
            with self.subTest(until):
                self.refused(change(entries=[entry(until=until)]))

    def test_a_copy_goes_from_a_branch_into_an_unfinished_one(self):
        self.assertEqual(copy(), request.parse(json.dumps(copy()).encode()))
        request.parse(json.dumps(copy(schema_only=True, password=" a:b\\c'\"%=" + "~" * 180)).encode())
        for key, values in {"from": ("postgres", "template1", "axiomdb_lock", "axm_new_0123456789abcdef", "a'b", "dbname=x", "", None), "to": ("shop", "axm_new_", "axm_new_0123456789ABCDEF", 7),
                            "login": ("postgres", "axm_run_0123456789abcdef0", "axm_run_"), "owner": ("postgres", "axiomdb", "axm_pooler", "pg_monitor", "a\"b"),
                            "password": ("", "a\nb", "é", "x" * 201, None, "a\tb", "secret\0"), "schema_only": (0, 1, None, "true")}.items():
            for value in values:
                with self.subTest(key=key, value=value):
                    self.refused(copy(**{key: value}), saying=key)
        self.refused({key: value for key, value in copy().items() if key != "lease"}, saying="lease")

    def test_a_certificate_comes_as_a_chain_or_as_files(self):
        head = {**HEAD, "op": "certificate", "lease": {"epoch": 7, "line": "a3f1c09b12de4455"}}
        chain = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        request.parse(json.dumps({**head, "chain": chain, "names": ["db.acme.example"]}).encode())
        request.parse(json.dumps({**head, "files": {"certificate": "/etc/ssl/a.pem", "key": "/etc/ssl/a.key"}}).encode())
        for more in ({}, {"chain": chain, "names": [], "files": {}}, {"files": {"certificate": "a", "key": "/b"}}, {"chain": "-----BEGIN PRIVATE KEY-----"},
                     {"files": {"certificate": "/a/../etc/shadow", "key": "/b"}}, {"files": {"certificate": "/a'b", "key": "/b"}}, {"chain": chain, "names": ["-x"]}):
            with self.subTest(more):
                self.refused({**head, **more})


class Blocks(unittest.TestCase):
    FOREIGN = (b"", b"a\n", b"a", b"a\r\nb\r\n", b"a\r\nb", b"\n\n", b"\xff\xfe\x80 # \xe9\n", b"a\n\x00b\n", "# ü —\n".encode(), b"\n", b"\r\n", b"\r")

    def test_what_is_outside_stays_byte_for_byte(self):
        for foreign in self.FOREIGN:
            with self.subTest(foreign):
                whole = block.first(foreign, LINES)
                outside, inside, begins = block.read(whole)
                self.assertEqual(foreign, outside)
                self.assertEqual(LINES, [line for _, line in inside])
                self.assertEqual(1, len(begins))
                self.assertEqual(whole, block.first(outside, LINES))
                self.assertEqual(foreign, block.first(outside, []))

    def test_two_blocks_in_one_file(self):
        for foreign in self.FOREIGN:
            with self.subTest(foreign):
                self.assertEqual(foreign, block.read(block.first(block.first(foreign, LINES), LINES[:1]))[0])

    def test_line_numbers_are_those_of_the_file(self):
        self.assertEqual([(4, b"x")], block.read(b"one\ntwo\n" + BEGIN + b"\nx\n" + END + b"\n")[1])

    def test_a_block_without_its_end_takes_only_what_we_write(self):
        data = BEGIN + b"\n" + LINES[0] + b"\nhost all all 0.0.0.0/0 md5\n" + LINES[1] + b"\n"
        outside, inside, _ = block.read(data, hba.our_hba_line)
        self.assertEqual([(2, LINES[0])], inside)
        self.assertEqual(b"host all all 0.0.0.0/0 md5\n" + LINES[1] + b"\n", outside)

    def test_an_open_block_before_a_whole_one(self):
        data = BEGIN + b"\nforeign\n" + block.wrapped(LINES) + b"last\n"
        outside, inside, begins = block.read(data, hba.our_hba_line)
        self.assertEqual(b"foreign\nlast\n", outside)
        self.assertEqual(LINES, [line for _, line in inside])
        self.assertEqual([1, 3], begins)

    def test_a_marker_with_windows_line_ends_is_one(self):
        self.assertEqual(b"x\r\n", block.read(BEGIN + b"\r\ny\r\n" + END + b"\r\nx\r\n")[0])


class HbaLines(unittest.TestCase):

    def test_the_whole_block(self):
        wanted = some([("direct", "10.1.0.0/16"), ("direct", "fd00::/64"), ("runtime", "10.9.0.0/16")], roles=("a", "b"), pooled=True)
        wanted.entries["direct", "shop", "fd00::/64"] = Grant("2026-01-01T00:00:00Z", ("a", "b"))
        self.assertEqual(['host all "axm_pooler" all reject',
                          'local "postgres" "axm_pooler" peer map=axm_pooler',
                          'local "shop" "axm_pooler" peer map=axm_pooler',
                          'local "shop" "a","b" peer map=axm_pooler',
                          'local all "axm_pooler" reject',
                          'hostssl "shop" "a","b" 10.1.0.0/16 scram-sha-256 # axm: until never',
                          'hostssl "shop" "a","b" fd00::/64 scram-sha-256 # axm: until 2026-01-01T00:00:00Z',
                          'local all "a","b" reject',
                          'host all "a","b" all reject',
                          '# axm: acme has "shop" with "a","b"'], [line.decode() for line in hba.hba_lines(wanted)])
        self.assertEqual([b'axm_pooler axm-pooler "a"', b'axm_pooler axm-pooler "axm_pooler"', b'axm_pooler axm-pooler "b"'], hba.ident_lines(wanted))

    def test_without_branches_there_is_no_line(self):
        self.assertEqual([], hba.hba_lines(NOTHING))
        self.assertEqual([], hba.ident_lines(NOTHING))

    def test_entries_are_read_back_only_as_they_are_written(self):
        branches = {"shop": ("a", "b")}
        good = b'hostssl "shop" "a","b" 10.1.0.0/16 scram-sha-256'
        for comment, until in ((b" # axm: until never", None), (b" # axm: until 2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
                               *((comment, access.UNKNOWN) for comment in (b"", b" # axm: until 2026-02-31T00:00:00Z", b" # axm: until 2026-1-1", b" # until never", b"#"))):
            with self.subTest(comment):
                self.assertEqual({("direct", "shop", "10.1.0.0/16"): Grant(until, ("a", "b"))}, hba.read_entries([good + comment], branches, "direct"))
        for line in (good.replace(b"hostssl", b"host"), good.replace(b'"a","b"', b'"a"'), good.replace(b"10.1.0.0/16", b"010.1.0.0/16"), good + b" x",
                     good.replace(b"10.1.0.0/16", b"10.1.0.1/16"), good.replace(b"scram-sha-256", b"trust"), good.replace(b'"shop"', b'"other"'), b"\xff"):
            with self.subTest(line):
                self.assertEqual({}, hba.read_entries([line], branches, "direct"))

    def test_every_line_we_write_is_known_as_ours(self):
        wanted = some([("direct", "10.1.0.0/16")], roles=("a", "b c"), pooled=True)
        self.assertTrue(all(hba.our_hba_line(line) for line in hba.hba_lines(wanted)))
        self.assertTrue(all(hba.our_ident_line(line) for line in hba.ident_lines(wanted)))
        self.assertFalse(hba.our_hba_line(b"host all all 0.0.0.0/0 trust"))

    def test_what_postgresql_must_read(self):
        self.assertEqual(("hostssl", ["shop"], ["a", "b c"], "10.1.0.0", "255.255.0.0", "scram-sha-256", None), hba._meant('hostssl "shop" "a","b c" 10.1.0.0/16 scram-sha-256 # axm: until never'))
        self.assertEqual(("host", ["all"], ["a"], "all", None, "reject", None), hba._meant('host all "a" all reject'))
        self.assertEqual(("local", ["my shop"], ["a"], None, None, "peer", ["map=axm_pooler"]), hba._meant('local "my shop" "a" peer map=axm_pooler'))


class Sets(unittest.TestCase):

    def test_a_union_gives_no_role_more_than_one_of_the_two_gave(self):
        old, new = some([("direct", "10.1.0.0/16")], roles=("a", "b")), some([("direct", "10.2.0.0/16")], roles=("a", "c"))
        both = access.union(old, new)
        self.assertEqual(("a", "b", "c"), both.branches["shop"])
        self.assertEqual({("direct", "shop", "10.1.0.0/16"): Grant(None, ("a", "b")), ("direct", "shop", "10.2.0.0/16"): Grant(None, ("a", "c"))}, both.entries)

    def test_a_union_keeps_the_later_end(self):
        early, late = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
        self.assertEqual(late, access.later(early, late))
        self.assertIsNone(access.later(early, None))
        self.assertEqual(access.UNKNOWN, access.later(access.UNKNOWN, late))

    def test_within_only_takes_away(self):
        wanted, there = some([("direct", "10.1.0.0/16")], [(5432, "10.1.0.0/16")]), some([("direct", "10.9.0.0/16")], [(5432, "10.1.0.0/16")])
        self.assertEqual(some([], [(5432, "10.1.0.0/16")]), access.within(wanted, there))

    def test_expiry_is_at_the_second(self):
        until = "2026-01-01T00:00:00Z"
        whole = some()._replace(entries={("direct", "shop", "10.1.0.0/16"): Grant(until, ("r",))}, openings={(5432, "10.1.0.0/16"): until})
        self.assertEqual((some(), whole.entries, whole.openings), access.split_expired(whole, moment(until)))
        self.assertEqual((whole, {}, {}), access.split_expired(whole, moment("2025-12-31T23:59:59Z")))

    def test_json_and_back(self):
        whole = some([("direct", "10.1.0.0/16"), ("runtime", "::/0")], [(6432, "::/0")], pooled=True)
        self.assertEqual(whole, access.from_json(access.to_json(whole), True, "acme"))


class StateFiles(unittest.TestCase):
    """A disk may give back anything: what is not whole is not believed in part."""
    HEAD = {key: HEAD[key] for key in ("organization", "postgres", "pooler", "firewall", "ssh_port")}
    DOCUMENT = {"head": HEAD, "access": {"branches": [BRANCH], "entries": [entry(until="2026-01-31T00:00:00Z")], "openings": [{"port": 5432, "cidr": "10.1.0.0/16", "until": None}]},
                "grace": [{"port": "direct", "database": "shop", "cidr": "10.1.0.0/16", "until": "2026-01-31T00:00:00Z"}]}
    PENDING = {"change": "0" * 32, "organization": "acme", "deadline": "2026-01-31T00:00:00Z", "applied": True, "head": HEAD, "before": None, "after": DOCUMENT}
    MARKS = {"00000000-0000-4000-8000-000000000000": {"apply": 1, "sequence": 2, "head": "ab" * 32, "since": "2026-01-31T00:00:00Z"}}
    WHOLE = (("wanted", "acme", DOCUMENT), ("pending", "0" * 32, PENDING), ("epochs", "", {"a3f1c09b12de4455": 7}), ("marks", "acme", MARKS), ("roles", "", {"7714091219166869667": 16384}))

    def test_what_the_helper_writes_is_read(self):
        for kind, named, value in self.WHOLE:
            with self.subTest(kind):
                self.assertEqual(value, request.state_file(kind, named, value))
        unsure = {**self.DOCUMENT, "access": {**self.DOCUMENT["access"], "entries": [entry(until=access.UNKNOWN)]}}
        self.assertTrue(state.is_unsure(request.state_file("wanted", "acme", unsure)))

    def test_anything_else_is_refused_whatever_is_missing_or_of_another_kind(self):
        tried = 0
        for kind, named, value in self.WHOLE:
            for broken in self._broken(value):
                with self.subTest((kind, broken)), self.assertRaises(Refusal):
                    request.state_file(kind, named, broken)
                tried += 1
        self.assertGreater(tried, 100)
        for kind, named in (("wanted", "zeta"), ("pending", "1" * 32)):
            with self.assertRaises(Refusal):
                request.state_file(kind, named, dict((one[0], one[2]) for one in self.WHOLE)[kind])

    def _broken(self, value):
        """The value with one thing in it gone, or exchanged for what can't stand there."""
        yield from ([], "", 7, 1.5, None)
        for key in value:
            yield {other: one for other, one in value.items() if other != key} if key not in ("a3f1c09b12de4455", "7714091219166869667", *self.MARKS) else {"x": value[key]}
            yield {**value, key: {"x": 1.5}}
            if isinstance(value[key], dict):
                yield from ({**value, key: broken} for broken in self._broken(value[key]) if not (key == "pooler" and broken is None))
            if isinstance(value[key], list) and isinstance(value[key][0], dict):
                yield from ({**value, key: [broken]} for broken in self._broken(value[key][0]))


class Recovered(unittest.TestCase):
    """What is read back of an organization whose document can't be read: PostgreSQL's user could have written those lines."""

    def test_only_what_the_organization_could_have_asked_for_and_nobody_else_has(self):
        lines = [f'# axm: {organization} has "{database}" with {hba.quoted(roles)}'.encode() for organization, database, roles in (
            ("acme", "shop", ("a", "b")), ("zeta", "store", ("c",)), ("acme", "taken", ("a",)), ("acme", "postgres", ("a",)), ("acme", "mine", ("axiomdb",)),
            ("acme", "yours", ("postgres",)), ("acme", "template1", ("a",)), ("acme", "twice", ("a", "a")), ("acme", "all", ("a",)))] + [b"# axm: acme", b"\xff", b'# axm: acme has "x" with "y" more']
        known = some()._replace(branches={"taken": ("z",)}, whose={"taken": "other"})
        self.assertEqual({"shop": ("a", "b")}, recover._branches("acme", lines, known, "axiomdb"))

    def test_every_branch_is_read_back_as_it_is_written(self):
        wanted = some(roles=("a", "b c"), pooled=True)
        self.assertEqual(wanted.branches, recover._branches("acme", hba.hba_lines(wanted), NOTHING, "axiomdb"))

    def test_an_opening_is_somebodys_only_as_long_as_that_one_wants_it(self):
        known = NOTHING._replace(openings={(5432, "10.1.0.0/16"): "2026-01-31T00:00:00Z"})
        for until, claimed in (("2026-01-31T00:00:00Z", True), ("2026-01-30T00:00:00Z", True), ("2026-02-01T00:00:00Z", False), (None, False), (access.UNKNOWN, False)):
            with self.subTest(until):
                self.assertEqual(claimed, recover._is_claimed(known, (5432, "10.1.0.0/16"), until))


class Ufw(unittest.TestCase):
    FRESH = b"*filter\n:ufw-user-input - [0:0]\n### RULES ###\n-A ufw-user-limit -j REJECT\nCOMMIT\n"
    FOREIGN = (b"*filter\n:ufw-user-input - [0:0]\n### RULES ###\n"
               b"\n### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in comment=737368\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n"
               b"\n### tuple ### deny any 80 0.0.0.0/0 any 9.9.9.9 in\n-A ufw-user-input -p tcp --dport 80 -s 9.9.9.9 -j DROP\n-A ufw-user-input -p udp --dport 80 -s 9.9.9.9 -j DROP\n"
               b"\n### END RULES ###\n\n### LOGGING ###\n### END LOGGING ###\nCOMMIT\n")

    def test_rules_are_what_ufw_itself_writes(self):
        self.assertEqual(b"\n### tuple ### allow tcp 5432 0.0.0.0/0 any 10.1.2.0/24 in comment=61786d20756e74696c206e65766572\n-A ufw-user-input -p tcp --dport 5432 -s 10.1.2.0/24 -j ACCEPT\n",
                         ufw.tuple_text(5432, "10.1.2.0/24", None))
        self.assertEqual(b"\n### tuple ### allow tcp 5432 0.0.0.0/0 any 10.1.2.3 in comment=61786d20756e74696c206e65766572\n-A ufw-user-input -p tcp --dport 5432 -s 10.1.2.3 -j ACCEPT\n",
                         ufw.tuple_text(5432, "10.1.2.3/32", None))
        self.assertEqual(b"\n### tuple ### allow tcp 6432 0.0.0.0/0 any 0.0.0.0/0 in comment=61786d20756e74696c206e65766572\n-A ufw-user-input -p tcp --dport 6432 -j ACCEPT\n",
                         ufw.tuple_text(6432, "0.0.0.0/0", None))
        self.assertEqual(b"\n### tuple ### allow tcp 6432 ::/0 any ::/0 in comment=61786d20756e74696c206e65766572\n-A ufw6-user-input -p tcp --dport 6432 -j ACCEPT\n", ufw.tuple_text(6432, "::/0", None))
        self.assertEqual(b"\n### tuple ### allow tcp 5432 ::/0 any fd77::101 in comment=61786d20756e74696c206e65766572\n-A ufw6-user-input -p tcp --dport 5432 -s fd77::101 -j ACCEPT\n",
                         ufw.tuple_text(5432, "fd77::101/128", None))

    def test_openings_come_after_foreign_rules_and_go_again(self):
        openings = [(5432, "10.1.2.0/24", None), (6432, "0.0.0.0/0", "2026-01-31T00:00:00Z")]
        whole = ufw.rendered(self.FOREIGN, openings)
        self.assertEqual((openings, []), ufw.openings_in(whole, 4))
        self.assertLess(whole.index(b"any 9.9.9.9"), whole.index(b"any 10.1.2.0/24"))
        self.assertEqual(self.FOREIGN, ufw.rendered(whole, []))
        self.assertEqual(whole, ufw.rendered(whole, openings))

    def test_a_fresh_file_gets_its_second_mark(self):
        whole = ufw.rendered(self.FRESH, [(5432, "10.1.2.0/24", None)])
        self.assertIn(b"-j ACCEPT\n\n### END RULES ###\n-A ufw-user-limit", whole)
        self.assertEqual([(5432, "10.1.2.0/24", None)], ufw.openings_in(whole, 4)[0])
        self.assertEqual(self.FRESH, ufw.rendered(self.FRESH, []))

    def test_a_rule_of_ours_that_was_edited_is_no_opening(self):
        edited = ufw.rendered(self.FOREIGN, [(5432, "10.1.2.0/24", None)]).replace(b"--dport 5432 -s 10.1.2.0/24", b"--dport 5432")
        self.assertEqual([], ufw.openings_in(edited, 4)[0])
        self.assertEqual(1, len(ufw.openings_in(edited, 4)[1]))

    def test_only_our_very_comment_is_ours(self):
        for comment in (b"axma", b"axm is fine", b"my axm", b"axmuntil never"):
            data = self.FOREIGN.replace(b"comment=737368", b"comment=" + comment.hex().encode())
            self.assertEqual(([], []), ufw.openings_in(data, 4))

    def test_an_end_is_read_in_the_comment_of_its_rule(self):
        for comment, until in (("axm until never", None), ("axm until 2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"), ("axm", access.UNKNOWN), ("axm until Tuesday", access.UNKNOWN)):
            data = self.FOREIGN.replace(b"comment=737368", b"comment=" + comment.encode().hex().encode())
            with self.subTest(comment):
                self.assertEqual(([(22, "0.0.0.0/0", until)], []), ufw.openings_in(data, 4))

    def test_the_kernel_and_the_file_are_read_alike(self):
        file = ["-A ufw-user-input -p tcp --dport 5432 -s 10.1.2.3 -j ACCEPT", "-A ufw-user-input -p tcp --dport 6432 -j ACCEPT", "-A ufw-user-input -p udp --dport 5432 -j ACCEPT"]
        kernel = ["-A ufw-user-input -s 10.1.2.3/32 -p tcp -m tcp --dport 5432 -j ACCEPT", "-A ufw-user-input -p tcp -m tcp --dport 6432 -j ACCEPT",
                  "-A ufw-user-input -s 10.0.0.0/8 -p tcp -m tcp --dport 5432 -j DROP", "-A ufw-user-input -i eth0 -p tcp -m tcp --dport 5432 -j ACCEPT"]
        expected = {(5432, "10.1.2.3/32"): 1, (6432, "0.0.0.0/0"): 1}
        self.assertEqual(expected, ufw.simple_accepts(file, "ufw-user-input"))
        self.assertEqual(expected, ufw.simple_accepts(kernel, "ufw-user-input"))

    def test_a_file_that_ufw_did_not_write(self):
        with self.assertRaises(ValueError):
            ufw.rendered(b"*filter\nCOMMIT\n", [])


class Sessions(unittest.TestCase):

    def test_only_our_roles_without_an_entry_are_denied(self):
        allowed = some([("direct", "10.1.0.0/16")])
        rows = [{"database": "shop", "role": "r", "address": "10.1.2.3", "pid": 1}, {"database": "shop", "role": "r", "address": "10.2.2.3", "pid": 2},
                {"database": "shop", "role": "stranger", "address": "10.2.2.3", "pid": 3}, {"database": "other", "role": "r", "address": "10.1.2.3", "pid": 4}]
        clients = [{"database": "shop", "user": "r", "addr": "10.1.2.3", "port": "5", "local_addr": "10.0.0.1", "local_port": "6432"},
                   {"database": "shop", "user": "r", "addr": "unix", "port": "5", "local_addr": "unix", "local_port": "6432"}]
        over = sessions.denied(sessions.all_of(rows, clients), allowed, {"shop"}, {"r"})
        self.assertEqual([(2,), (4,), ("10.1.2.3", 5, "10.0.0.1", 6432)], [session.handle for session in over])

    def test_counts(self):
        twice = sessions.all_of([{"database": "shop", "role": "r", "address": "fd00::1", "pid": pid} for pid in (1, 2)], None)
        self.assertEqual([{"port": "direct", "database": "shop", "role": "r", "address": "fd00::1", "count": 2}], sessions.counted(twice))


class PoolerIni(unittest.TestCase):

    def test_sections_and_the_later_setting_wins(self):
        read = ini.parse(b";c\n[databases]\nshop = host=x\n* = host=y\n[users]\n[pgbouncer]\nlisten_port = 1\nlisten_port = 2\n", 0)
        self.assertEqual({"shop": "host=x", "*": "host=y"}, read.databases)
        self.assertEqual("2", read.settings["listen_port"])


class Neighbours(unittest.TestCase):
    """Who else could use a way that the helper opens: the parts that only read."""

    def test_who_may_become_the_poolers_user_by_sudo_and_is_not_root_anyway(self):
        def rule(*users, groups=(), who="ann"):
            return {"User_List": [{"username": who}], "Cmnd_Specs": [{**({"runasusers": list(users)} if users else {}), **({"runasgroups": list(groups)} if groups else {}),
                                                                     "Commands": [{"command": "ALL"}]}]}
        named, everyone, root = {"username": "axm-pooler"}, {"username": "ALL"}, {"username": "root"}
        for spec, lets in ((rule(named), True), (rule({"username": "postgres"}, named), True), (rule({"userid": 998}), True), (rule({"usergroup": "axm-pooler"}), True),
                           (rule(everyone, {**root, "negated": True}), True), (rule(groups=[{"usergroup": "axm-pooler"}]), True), (rule({"groupid": 997}), True),
                           (rule(everyone), False), (rule(root), False), (rule(), False), (rule({"username": "postgres"}), False), (rule(everyone, {**named, "negated": True}), False)):
            with self.subTest(spec):
                self.assertEqual(["ann"] if lets else [], neighbours.becoming({"User_Specs": [spec]}, "axm-pooler", 998, 997))

    def test_only_our_own_programs_run_as_the_poolers_user(self):
        for program, words, ours in (("/usr/sbin/pgbouncer", ("/usr/sbin/pgbouncer", "/etc/axm/pgbouncer/pgbouncer.ini"), True),
                                     ("/usr/sbin/pgbouncer", ("pgbouncer", "/run/axm-prove-1a/pgbouncer.ini"), True),
                                     ("/usr/bin/python3.11", ("/usr/bin/python3", "-ISB", "/usr/local/sbin/axm-host"), True),
                                     ("/usr/sbin/pgbouncer", ("pgbouncer", "/etc/pgbouncer/pgbouncer.ini"), False), ("/usr/bin/psql", ("psql",), False),
                                     ("/usr/sbin/pgbouncer", (), False), ("/usr/bin/python3.11", ("python3", "x.py"), False)):
            with self.subTest(words=words):
                self.assertEqual(ours, gateways.is_ours(processes.Process(1, (998,) * 4, program, 1), words))

    def test_the_databases_behind_a_pooler_count_by_either_name(self):
        read = ini.parse(b"[databases]\n* = host=x\none = host=x dbname='shop_main'\ntwo = dbname = other port=1\n\"odd\" = \n", 0)
        self.assertEqual(["*", "odd", "one", "other", "shop_main", "two"], gateways.databases_in(read.databases))

    def test_whom_lines_for_the_socket_could_let_in(self):
        def row(method, users, databases=("all",), options=None, kind="local", error=None):
            return {"type": kind, "user_name": list(users), "database": list(databases), "auth_method": method, "options": options, "error": error, "line_number": next(lines)}

        def likely(name, *rows, idents=()):
            return gateways.likely(name, gateways.open_lines(["postgres", "dba", "shop_rw"], rows, idents))
        lines = iter(range(1, 1000))
        mine = [("m", "postgres", "dba"), ("m", "/^ad", "all"), ("m", "/([", "shop_rw"), ("n", "web", "dba")]
        everyone = ["dba", "postgres", "shop_rw"]
        for name, rows, roles in (
                ("postgres", [row("peer", ["all"])], ["postgres"]),
                ("www-data", [row("peer", ["all"])], []),
                ("www-data", [row("trust", ["all"])], everyone),
                ("www-data", [row("trust", ["dba"])], ["dba"]),
                ("www-data", [row("trust", ["all"], kind="host"), row("trust", ["all"], error="x"), row("scram-sha-256", ["all"])], []),
                ("www-data", [row("reject", ["all"]), row("trust", ["all"])], []),
                ("www-data", [row("reject", ["shop_rw"]), row("trust", ["all"])], ["dba", "postgres"]),
                ("www-data", [row("reject", ["shop_rw"], ["shop"]), row("trust", ["all"])], everyone),
                ("www-data", [row("reject", ["+shop_rw"]), row("trust", ["+x"])], everyone),
                ("postgres", [row("scram-sha-256", ["postgres"]), row("peer", ["all"])], []),
                ("postgres", [row("peer", ["all"], options=["map=m"])], ["dba", "shop_rw"]),
                ("admin", [row("peer", ["all"], options=["map=m"])], everyone),
                ("web", [row("peer", ["postgres", "dba"], options=["map=n"])], ["dba"]),
                ("web", [row("peer", ["all"], options=["map=none"])], [])):
            with self.subTest(name=name, rows=rows):
                self.assertEqual(roles, likely(name, *rows, idents=mine))
        many = [row("peer", [f"r{number}"], [f"d{number}"], ["map=axm_pooler"]) for number in range(900)] + [row("reject", [f"r{number}" for number in range(900)])]
        self.assertEqual([], gateways.open_lines([f"r{number}" for number in range(900)], many, []), "nothing is tried for what the managed block closes")

    def test_units_that_run_as_the_poolers_user_by_name_or_number(self):
        names = "(?:axm-pooler|0*998)"
        for unit, runs in ((b"[Service]\nUser=axm-pooler\n", True), (b" User = \"998\"\n", True), (b"User=0998", True), (b"User=\\\n axm-pooler\n", True), (b"User=axm-pooler\r\n", True),
                           (b"User=9981\n", False), (b"User=1998\n", False), (b"#User=axm-pooler\n", False), (b"DynamicUser=998\n", False), (b"User=axm-pooler-x\n", False)):
            with self.subTest(unit):
                self.assertEqual(runs, neighbours.runs_as(unit, names))

    def test_lines_of_others_that_use_our_map_or_all_members_of_our_roles(self):
        wanted = some([], roles=("a", "b"), pooled=True)
        found = types.SimpleNamespace(ident_path="/i", hba_path="/h", ident_block=[(2, b"")], hba_block=[(3, b"")], ident_outside=b'axm_pooler postgres "a" # x\n# axm_pooler y z\nmine postgres b\n')
        rows = [{"line_number": 2, "map_name": "axm_pooler", "sys_name": "axm-pooler", "pg_username": "a", "error": None},
                {"line_number": 9, "map_name": "axm_pooler", "sys_name": "/^(.*)$", "pg_username": "all", "error": None}]
        self.assertEqual(["/i:9"], [why.what.split(": ")[0] for why in neighbours._maps(found, rows)])
        self.assertEqual(["/i"], [why.what.split(": ")[0] for why in neighbours._maps(found, None)])
        row = {"type": "local", "database": ["all"], "user_name": ["+b"], "address": None, "auth_method": "peer", "error": None}
        self.assertEqual(["/h:1"], [why.what.split(": ")[0] for why in neighbours._groups(found, [{**row, "line_number": 1}, {**row, "line_number": 3},
                                                                                               {**row, "line_number": 4, "user_name": ["+c"]}, {**row, "line_number": 5, "auth_method": "reject"}], wanted)])


class DebiansPooler(unittest.TestCase):

    def test_a_file_that_can_not_be_read_breaks_no_look_and_is_not_as_packaged(self):
        def unreadable(*_, **__):
            raise Refusal("FILE_UNUSABLE", "x", "y")
        with mock.patch.object(debian.files, "load", unreadable), mock.patch.object(debian, "_running", lambda: [1]):
            self.assertTrue(debian.claims(6432, lambda command: b""))
            self.assertFalse(debian.claims(6433, lambda command: b""))
            self.assertIsNone(debian._digest("/etc/pgbouncer/pgbouncer.ini"))

    def test_it_is_as_packaged_only_with_every_file_of_the_package(self):
        conffiles = "\n /etc/pgbouncer/pgbouncer.ini 288173e2dbbb04b02e563a7f9e83cd17\n /etc/pgbouncer/userlist.txt d41d8cd98f00b204e9800998ecf8427e\n"
        self.assertEqual([], debian.changed_files(conffiles, lambda path: "288173e2dbbb04b02e563a7f9e83cd17" if path.endswith("ini") else "d41d8cd98f00b204e9800998ecf8427e"))
        self.assertEqual(["/etc/pgbouncer/userlist.txt"], debian.changed_files(conffiles, lambda path: "288173e2dbbb04b02e563a7f9e83cd17" if path.endswith("ini") else None))
        self.assertEqual(["/etc/pgbouncer/pgbouncer.ini"], debian.changed_files("", lambda path: None), "no package of Debian's")


class Journal(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = folder.name + "/journal.jsonl"
        for patch in (mock.patch.object(state, "JOURNAL", self.path), mock.patch.object(state, "JOURNAL_BYTES", 1000),
                      mock.patch.object(timers, "FAILED", folder.name + "/failed"), mock.patch.object(timers, "TICKED", folder.name + "/ticked")):
            patch.start()
            self.addCleanup(patch.stop)

    def told(self, organization="acme"):
        return [line["number"] for line in state.journal_of(organization, ("expired",))]

    def test_a_line_after_one_that_was_cut_is_read(self):
        state.journal("expired", "acme", number=1)
        with open(self.path, "a") as target:
            target.write('{"at": "2026')
        state.journal("expired", "acme", number=2)
        state.journal("expired", "other", number=3)
        state.journal("expired", None, number=4)
        self.assertEqual([1, 2, 4], self.told())

    def test_what_is_just_turned_over_is_still_told(self):
        numbers = list(range(20))
        for number in numbers:
            state.journal("expired", "acme", number=number)
        self.assertTrue(os.path.exists(self.path + ".1"))
        self.assertEqual(numbers, self.told())
        with mock.patch.object(state, "TAIL_BYTES", 800):  # reaches over into the older file, and cuts a line there
            told = self.told()
            self.assertEqual((numbers[-len(told):], True), (told, 6 < len(told) < 11))

    def test_a_failing_tick_is_told_once_for_each_reason(self):
        for what in ("no room in /x/.axm-new-0123456789ab", "no room in /x/.axm-new-ba9876543210", "another"):
            tick._tell(Refusal("DISK", what, "make room"))
        self.assertEqual(["no room in /x/.axm-new-...", "another"], [line["what"] for line in state.journal_of("acme", ("tick_failed",))])
        self.assertEqual(("DISK", "another"), (timers.failing()["code"], timers.failing()["what"]))

    def test_a_failing_tick_is_told_although_the_journal_can_not_be_written(self):
        with mock.patch.object(state, "journal", side_effect=OSError(28, "No space left on device")), self.assertRaises(OSError):
            tick._tell(Refusal("DISK", "no room", "make room"))
        self.assertEqual("DISK", timers.failing()["code"])
        tick._tell(Refusal("DISK", "no room", "make room"))
        self.assertEqual(1, len(state.journal_of("acme", ("tick_failed",))))


class Points(unittest.TestCase):

    def test_every_point_has_one_name(self):
        self.assertEqual(len(POINTS), len(set(POINTS)))


if __name__ == "__main__":
    unittest.main()
