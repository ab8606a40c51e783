"""The host helper against input that nobody meant: always a refusal in JSON, never a traceback, and what is not ours stays byte for byte.

The same numbers every time (seed 42). AXM_FUZZ_TRIES=100000 looks longer.
"""
import contextlib
import json
import os
import pathlib
import random
import tempfile
import unittest
from unittest import mock

import test_texts
from axm_host import block, copy_sql, hba, ini, main, request, ufw
from axm_host.basics import BEGIN, END, Refusal

TRIES = int(os.environ.get("AXM_FUZZ_TRIES", "1500"))
CORPUS = pathlib.Path(__file__).parents[2] / "reconciler/src/test/resources/corpus/naughty-strings.json"
NAUGHTY = [text for texts in json.loads(CORPUS.read_text()).values() for text in texts]
LOOK = {**test_texts.HEAD, "op": "look"}
CHANGE = test_texts.change(
    entries=[test_texts.entry(), test_texts.entry("fd00::/64", "runtime", until="2026-12-01T00:00:00Z")],
    openings=[{"port": 6432, "cidr": "10.0.0.0/8", "until": None}])
CONFIRM = {**test_texts.HEAD, "op": "confirm", "lease": CHANGE["lease"], "change": "0" * 32}
CERTIFICATE = {**test_texts.HEAD, "op": "certificate", "lease": CHANGE["lease"], "names": ["a.example"],
               "files": {"certificate": "/etc/ssl/a.pem", "key": "/etc/ssl/a.key"}}
COPY = test_texts.copy()
GOOD = [LOOK, CHANGE, CONFIRM, CERTIFICATE, COPY]
HBA_LINES = [b'local "postgres" "axm_pooler" peer map=axm_pooler', b'hostssl "shop" "a","b" 10.0.0.0/8 scram-sha-256 # axm: until never',
             b'local all "a","b" reject', b'host all "a","b" all reject']
PIECES = [BEGIN, END, b"# axm:1", b"\n", b"\r\n", b"\r", b"\\\n", b"\0", b"\xff", b"\xef\xbb\xbf", b" ", b"\t", b'"', b",", b"all", b"host all all 0.0.0.0/0 trust",
          b'hostssl "', b'" "', b" scram-sha-256", b" reject", "é".encode(), *HBA_LINES]
UFW_PIECES = [ufw.START, ufw.STOP, b"\n### tuple ###", b"\n### tuple ### ", b" comment=61786d", b"20756e74696c", b"\n", b" ", b"\xff", b"\0", b"allow", b"deny", b"tcp", b"any", b"5432", b"9" * 5000, b"1:2,7", b"http",
              b"0.0.0.0/0", b"10.0.0.1/8", b"10.0.0.0/255.0.255.0", b"::/0", b" in", b"-A ufw-user-input -p tcp --dport ", b" -s ", b" -j ACCEPT\n", b"COMMIT\n",
              ufw.tuple_text(5432, "10.1.2.0/24", None), ufw.tuple_text(6432, "::/0", None), test_texts.Ufw.FOREIGN]
INI_PIECES = [b"[databases]", b"[pgbouncer]", b"[", b"]", b"=", b"\n", b"\r\n", b";", b"#", b"%include ", b"%include", b"\0", b"\xff", b" ", b"* = host=x", b"listen_port = 6432", b"'", b"/", b"a"]


def joined(chance, pieces, most):
    return b"".join(chance.choice(pieces) if chance.random() < 0.9 else chance.randbytes(chance.randrange(6)) for _ in range(chance.randrange(most)))


def value(chance, depth=0):
    """Any JSON."""
    kind = chance.randrange(9 if depth < 3 else 7)
    if kind == 7:
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 8:
        return {chance.choice(NAUGHTY): value(chance, depth + 1) for _ in range(chance.randrange(4))}
    return [None, True, chance.choice(NAUGHTY), chance.randrange(-3, 70000), 10 ** chance.randrange(30), chance.random() * 1e300, chance.choice(["10.0.0.0/8", "shop", "a", "direct"])][kind]


def places(tree, path=()):
    """Where something stands in a document."""
    yield path
    for key, inside in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(inside, (*path, key))


def changed(chance, document):
    """The document with one thing in it replaced, taken out, or added."""
    copy = json.loads(json.dumps(document))
    path = chance.choice(list(places(copy))[1:])
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    wish = chance.randrange(4)
    if wish == 0:
        del parent[path[-1]]
    elif wish == 1 and isinstance(parent, dict):
        parent[chance.choice(NAUGHTY)] = value(chance)
    else:
        parent[path[-1]] = value(chance)
    return copy


class Door(unittest.TestCase):
    """A request that is refused touches nothing: no operation is reached."""

    def setUp(self):
        self.reached = []
        operations = {name: lambda asked: self.reached.append(asked) or {"ok": True} for name in main.OPERATIONS}
        patch = mock.patch.dict(main.OPERATIONS, operations)
        patch.start()
        self.addCleanup(patch.stop)

    def answered(self, data):
        """The answer, which is JSON that a sender understands; what is let in is what strict rules let in."""
        self.reached.clear()
        code, answer = main.answer(data)
        text = json.dumps(answer, ensure_ascii=True, allow_nan=False)
        self.assertLess(len(text), 20000)
        if code == 0:
            self.assertEqual([json.loads(data)], self.reached)
        else:
            self.assertEqual([], self.reached)
            self.assertIs(False, answer["ok"])
            self.assertIn(answer["code"], ("BAD_REQUEST", "PROTOCOL", "LOCK_OUT"), answer)
            self.assertTrue(answer["what"] and answer["mend"])
        return code

    def test_any_bytes(self):
        chance = random.Random(42)
        good = [json.dumps(document).encode() for document in GOOD]
        for _ in range(TRIES):
            data = bytearray(chance.choice(good))
            for _ in range(chance.randrange(5)):
                at = chance.randrange(len(data))
                data[at:at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
            with self.subTest(data):
                self.answered(bytes(data))
                self.answered(chance.randbytes(chance.randrange(40)))

    def test_any_json(self):
        chance = random.Random(42)
        let_in = 0
        for _ in range(TRIES):
            document = changed(chance, chance.choice(GOOD)) if chance.random() < 0.9 else value(chance)
            with self.subTest(document):
                let_in += self.answered(json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")) == 0
        self.assertLess(let_in, TRIES / 3)

    def test_every_naughty_text_in_every_place(self):
        for document in GOOD:
            for path in list(places(document))[1:]:
                for text in NAUGHTY:
                    copy = json.loads(json.dumps(document))
                    parent = copy
                    for key in path[:-1]:
                        parent = parent[key]
                    parent[path[-1]] = text
                    with self.subTest(path=path, text=text):
                        self.answered(json.dumps(copy).encode())

    def test_nesting_and_length_without_end(self):
        for deep in (10, 200, 500, 900, 950, 980, 990, 995, 1000, 5000, 100000):
            for data in (b"[" * deep + b"]" * deep, b'{"op":' * deep + b"1" + b"}" * deep):
                for whole in (data, b'{"protocol":' + data + b"}", b'{"protocol":1,"op":' + data + b"}"):
                    with self.subTest(whole[:30]):
                        self.assertEqual(1, self.answered(whole))
        for data in (b'{"protocol":' + b"9" * 100000 + b"}", b'{"protocol":1e999}', b'{"protocol":-Infinity}', b" " * (request.MOST_BYTES + 1), b'"' + b"x" * 1000000 + b'"'):
            with self.subTest(data[:30]):
                self.assertEqual(1, self.answered(data))

    def test_times_have_one_form(self):
        for time in ("2026-1-1T0:0:0Z", "٢٠٢٦-01-01T00:00:00Z", "2026-01-01t00:00:00z", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
                     "2026-01-01T00:00:00Z\n", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z"):
            with self.subTest(time):
                self.assertEqual(1, self.answered(json.dumps(test_texts.change(entries=[test_texts.entry(until=time)])).encode()))


class Copies(unittest.TestCase):

    def test_no_refusal_tells_the_password(self):
        for path in places(COPY):
            for text in ("", None, 7, "x" * 300, "\n", ["secret"]):
                copy = json.loads(json.dumps({**COPY, "password": "secret" * 4}))
                parent = copy
                for key in path[:-1]:
                    parent = parent[key]
                if path and path[-1] != "password":
                    parent[path[-1]] = text if text != ["secret"] else "é"
                else:
                    copy["password"] += "\n"
                with self.subTest(path=path, text=text), contextlib.suppress(Refusal):
                    try:
                        request.parse(json.dumps(copy).encode())
                    except Refusal as refusal:
                        self.assertNotIn("secret", json.dumps(refusal.answer()))
                        raise

    def test_any_name_stays_one_name(self):
        for text in NAUGHTY:
            if "\0" not in text:
                with self.subTest(text):
                    self.assertEqual(text, copy_sql.identifier(text)[1:-1].replace('""', '"'))
                    self.assertNotIn('"', copy_sql.identifier(text)[1:-1].replace('""', ""))
                    self.assertNotIn("'", copy_sql.literal(text)[1:-1].replace("''", ""))

    def test_any_table_of_contents_is_read(self):
        chance = random.Random(42)
        pieces = [b"1; 2 3 EXTENSION - hstore ", b"4; 0 0 COMMENT - EXTENSION hstore ", b"5; 0 16384 TABLE DATA public t owner", b"6; 2615 16385 SCHEMA - s owner",
                  b"7; 1259 9 TABLE public 1; 0 0 EXTENSION - x owner", b"; comment", b"", b"\xff", b"8; x"]
        for _ in range(TRIES):
            lines = [chance.choice(pieces) + chance.randbytes(chance.randrange(3)).replace(b"\n", b"") for _ in range(10)]
            with self.subTest(lines):
                kept = copy_sql.listed(lines, lambda kind, number: kind == b"EXTENSION")
                self.assertEqual([line for line in lines if line.startswith(pieces[0])], kept.split(b"\n")[:-1])


class Blocks(unittest.TestCase):
    """pg_hba.conf, pg_ident.conf: what others wrote."""

    def test_foreign_bytes_survive_a_block_that_comes_and_goes(self):
        chance = random.Random(42)
        for _ in range(TRIES):
            foreign = joined(chance, [piece for piece in PIECES if piece not in (BEGIN, END)], 12)
            with self.subTest(foreign):
                self.assertEqual(foreign, block.read(block.first(foreign, HBA_LINES), hba.our_hba_line)[0])
                self.assertEqual(foreign, block.first(foreign, []))

    def test_any_file_is_read_and_settles(self):
        """Whatever the file holds, a second reading finds what the first one left."""
        chance = random.Random(42)
        for _ in range(TRIES):
            data = joined(chance, PIECES, 14)
            with self.subTest(data):
                outside, inside, begins = block.read(data, hba.our_hba_line)
                again = block.first(outside, HBA_LINES)
                self.assertEqual(again, block.first(block.read(again, hba.our_hba_line)[0], HBA_LINES))
                self.assertTrue(set(block.lines_of(outside)) <= set(block.lines_of(data)) | {block.bare(line) for line in block.lines_of(data)}
                                | {line[:-1] for line in block.lines_of(data)})
                self.assertLessEqual(len(inside), len(block.lines_of(data)))
                self.assertEqual(sorted(set(begins)), begins)
                hba.read_entries([line for _, line in inside], {"shop": ("a", "b")}, "direct")
                hba._closed({line for _, line in inside})

    def test_what_is_read_of_a_line_is_what_was_written(self):
        chance = random.Random(42)
        for _ in range(TRIES):
            lines = [joined(chance, PIECES[10:], 8).replace(b"\n", b"") for _ in range(4)] + HBA_LINES
            for (port, database, cidr), grant in hba.read_entries(lines, {"shop": ("a", "b")}, "direct").items():
                written = f'hostssl "{database}" {hba.quoted(grant.roles)} {cidr} scram-sha-256'.encode()
                self.assertTrue(any(line.startswith(written) for line in lines), lines)


class Firewall(unittest.TestCase):

    def test_foreign_rules_survive_byte_for_byte(self):
        chance = random.Random(42)
        foreign_pieces = [piece for piece in UFW_PIECES if b"61786d" not in piece]
        read = 0
        for _ in range(TRIES):
            data = b"*filter\n" + ufw.START + joined(chance, foreign_pieces, 10)
            with self.subTest(data):
                before, rules, after = ufw.split(data)
                self.assertEqual(data, before + b"".join(rules) + after)
                self.assertEqual(data, ufw.rendered(data, []))
                whole = ufw.rendered(data, [(5432, "10.1.2.0/24", None)])
                self.assertEqual(whole, ufw.rendered(whole, [(5432, "10.1.2.0/24", None)]))
                self.assertIn((5432, "10.1.2.0/24", None), ufw.openings_in(whole, 4)[0])
                self.assertEqual(data.replace(ufw.STOP, b""), ufw.rendered(whole, []).replace(ufw.STOP, b""))
                read += 1
        self.assertEqual(TRIES, read)

    def test_any_file_is_read_or_told_to_be_none(self):
        chance = random.Random(42)
        for _ in range(TRIES):
            data = joined(chance, UFW_PIECES, 14)
            with self.subTest(data):
                try:
                    good, strange = ufw.openings_in(data, 4)
                except ValueError:
                    self.assertNotIn(ufw.START, data)
                    continue
                for opening in good:
                    self.assertIn(ufw.tuple_text(*opening).rstrip(b"\n"), data)
                self.assertTrue(all(isinstance(text, str) for text in strange))
                ufw.simple_accepts(data.decode("utf-8", "replace").split("\n"), "ufw-user-input")

    def test_networks_of_others_in_every_form(self):
        lines = [f"-A ufw-user-input -s {source} -p tcp -m tcp --dport {port} -j ACCEPT" for source in ("10.0.0.1/8", "10.0.0.0/255.0.255.0", "x", "10.0.0.0/8") for port in ("5432", "9" * 5000, "٣")]
        self.assertEqual({(5432, "10.0.0.0/8"): 1}, ufw.simple_accepts(lines, "ufw-user-input"))


class PoolerIni(unittest.TestCase):

    def test_any_file_is_read(self):
        chance = random.Random(42)
        for _ in range(TRIES):
            data = joined(chance, INI_PIECES, 16)
            with self.subTest(data):
                try:
                    found = ini.parse(data, 0)
                except (Refusal, OSError):  # an include that is a folder, or cannot be read
                    self.assertIn(b"%include", data)
                    continue
                self.assertTrue(all(isinstance(text, str) for pairs in (found.databases, found.settings) for pair in pairs.items() for text in pair))

    def test_a_file_that_includes_itself_again_and_again_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "pgbouncer.ini"
            path.write_bytes(f"[databases]\nshop = host=x\n{f'%include {path}' + chr(10)}".encode() * 100)
            with self.assertRaises(Refusal) as seen:
                ini.parse(path.read_bytes(), 0)
            self.assertIn("include", seen.exception.what)


if __name__ == "__main__":
    unittest.main()
