"""Foreign chains on a real host, beside AxiomDB's openings: what the helper says of an address is what a real connection from it meets.

Run as root on a host that may be thrown away, with the packed program's path in AXM_HOST_PROGRAM. A client of its own, in a network namespace, knocks.
"""
import ipaddress
import json
import os
import subprocess
import unittest

from test_on_a_host import access, ask, done, run, setUpModule  # noqa: F401: unittest calls the last one

PORT = 5432
HOST, NEAR = "10.99.0.1", "10.99.0.2"
ALLOWED = "198.51.100.0/24"
OTHER = "203.0.113.7"
ADDRESSES = ("198.51.100.7", "198.51.100.66", "198.51.100.88", OTHER)
DOCKER = """
iptables -t nat -N DOCKER; iptables -N DOCKER; iptables -N DOCKER-USER; iptables -N DOCKER-ISOLATION-STAGE-1
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -t nat -A DOCKER -i docker0 -j RETURN
iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
iptables -I FORWARD -j DOCKER-USER; iptables -I FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; iptables -A FORWARD -o docker0 -j DOCKER
iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT
"""
UNDOCKER = """
iptables -t nat -F PREROUTING; iptables -t nat -F OUTPUT; iptables -t nat -F POSTROUTING; iptables -t nat -F DOCKER; iptables -t nat -X DOCKER
iptables -D FORWARD -j DOCKER-USER; iptables -D FORWARD -j DOCKER-ISOLATION-STAGE-1; iptables -D FORWARD -o docker0 -j DOCKER
iptables -D FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -F DOCKER; iptables -X DOCKER; iptables -X DOCKER-USER; iptables -X DOCKER-ISOLATION-STAGE-1
"""


def shell(text):
    return run("sh", "-ec", text)


def knocks(address, seconds):
    """Whether a real connection from an address gets through the firewall: PostgreSQL answers, whatever it says then."""
    program = (f"import socket\ntry:\n s = socket.create_connection(('{HOST}', {PORT}), {seconds}, ('{address}', 0))\n"
               f" s.settimeout({seconds}); s.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47])); print(s.recv(64) in (b'S', b'N'))\nexcept OSError:\n print(False)\n")
    return run("ip", "netns", "exec", "knocker", "/usr/bin/python3", "-c", program).stdout.strip() == "True"


def told(address, seen):
    number = int(ipaddress.ip_address(address))
    found = [part for part in seen["packets"] if part["port"] == PORT for one in part["from"]
             if (ends := one.split("-")) and ":" not in one and int(ipaddress.ip_address(ends[0])) <= number <= int(ipaddress.ip_address(ends[-1]))]
    assert len(found) == 1, (address, found)
    return found[0]


class ForeignChains(unittest.TestCase):
    """Each set of rules is put in beside ours, asked about, knocked at, and taken out again."""

    @classmethod
    def setUpClass(cls):
        shell("ip netns delete knocker 2>/dev/null || true; ip link delete knock0 2>/dev/null || true")  # of a run that was cut short
        shell(f"ip netns add knocker; ip link add knock0 type veth peer name eth0 netns knocker; ip address add {HOST}/24 dev knock0; ip link set knock0 up; "
              f"ip -n knocker address add {NEAR}/24 dev eth0; ip -n knocker link set lo up; ip -n knocker link set eth0 up")
        for address in ADDRESSES:
            shell(f"ip -n knocker address add {address}/32 dev eth0; ip route add {address}/32 dev knock0")
        done(access(("direct", "a", ALLOWED)))

    @classmethod
    def tearDownClass(cls):
        shell("ip netns delete knocker; ip link delete knock0 2>/dev/null || true")

    def rules(self, put_in, take_out):
        shell(put_in)
        self.addCleanup(shell, take_out)

    def expect(self, **kinds):
        """What the helper says of each address, by its last number, and that it is so."""
        seen = ask("look")
        self.assertIsNotNone(seen["packets"], seen["findings"])
        for address in ADDRESSES:
            other = address == OTHER
            kind, part = kinds.get("other" if other else "_" + address.split(".")[-1], "kept_out" if other else "let_in"), told(address, seen)
            with self.subTest(address):
                self.assertEqual(kind, part["is"], part)
                if kind == "let_in":
                    self.assertTrue(knocks(address, 60), part)
                elif kind != "unknown":
                    self.assertFalse(knocks(address, 1), part)
        return {item["code"]: item for item in seen["findings"] if item["code"].startswith("FIREWALL")}

    def test_0_only_ours(self):
        self.assertEqual({}, self.expect())

    def test_dockers_chains_decide_nothing_here(self):
        self.rules(DOCKER, UNDOCKER)
        self.assertEqual({}, self.expect())

    def test_a_port_that_a_container_publishes_is_not_ours(self):
        self.rules(DOCKER, UNDOCKER)
        shell(f"iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport {PORT} -j DNAT --to-destination 172.17.0.2:{PORT}")
        found = self.expect(_7="elsewhere", _66="elsewhere", _88="elsewhere", other="elsewhere")
        self.assertIn(f"dnat to 172.17.0.2:{PORT}", found["FIREWALL_LEADS_ELSEWHERE"]["what"])

    def test_fail2ban_by_nftables(self):
        self.rules("nft 'table inet f2b-table { set addr-set-postgres { type ipv4_addr; elements = { 198.51.100.66 }; }; set addr-set-sshd { type ipv4_addr; "
                   "elements = { 198.51.100.7 }; }; chain f2b-chain { type filter hook input priority filter - 1; policy accept; tcp dport 22 ip saddr "
                   "@addr-set-sshd reject; tcp dport { 5432, 6432 } ip saddr @addr-set-postgres reject; } ; }'", "nft delete table inet f2b-table")
        found = self.expect(_66="kept_out")
        self.assertIn("addr-set-postgres", found["FIREWALL_DENIES_FIRST"]["what"])
        self.assertIn("198.51.100.66 to port 5432", found["FIREWALL_DENIES_FIRST"]["what"])
        answer = done(access(("direct", "a", ALLOWED), ("direct", "b", "192.0.2.0/24")))
        self.assertEqual(["FIREWALL_DENIES_FIRST"], [item["code"] for item in answer["findings"]])
        self.assertEqual([item["what"] for item in answer["findings"]], [found["FIREWALL_DENIES_FIRST"]["what"]])
        done(access(("direct", "a", ALLOWED)))

    def test_fail2ban_by_ipset(self):
        self.rules("ipset create f2b-postgres hash:ip timeout 600; ipset add f2b-postgres 198.51.100.88; ipset create f2b-sshd hash:ip; ipset add f2b-sshd 198.51.100.7; "
                   "iptables -I INPUT -p tcp -m multiport --dports 5432,6432 -m set --match-set f2b-postgres src -j REJECT; "
                   "iptables -I INPUT -p tcp -m multiport --dports 22 -m set --match-set f2b-sshd src -j REJECT",
                   "iptables -D INPUT 1; iptables -D INPUT 1; ipset destroy f2b-postgres; ipset destroy f2b-sshd")
        self.assertIn("in set f2b-postgres", self.expect(_88="kept_out")["FIREWALL_DENIES_FIRST"]["what"])

    def test_an_accept_before_ours_opens(self):
        self.rules(f"iptables -I INPUT -s 203.0.113.0/24 -p tcp --dport {PORT} -j ACCEPT", "iptables -D INPUT 1")
        self.assertIn("203.0.113.0/24", self.expect(other="let_in")["FIREWALL_OPENED_BY_OTHERS"]["what"])

    def test_hand_made_additions_to_ufws_own_chains(self):
        self.rules(f"iptables -I ufw-before-input -s 198.51.100.66 -p tcp --dport {PORT} -j DROP; iptables -A ufw-after-input -s 203.0.113.7 -p tcp --dport {PORT} -j ACCEPT",
                   "iptables -D ufw-before-input 1; iptables -D ufw-after-input -s 203.0.113.7 -p tcp --dport 5432 -j ACCEPT")
        found = self.expect(_66="kept_out", other="let_in")
        self.assertEqual({"FIREWALL_DENIES_FIRST", "FIREWALL_OPENED_BY_OTHERS"}, set(found))

    def test_the_legacy_variant_and_the_tables_before_input(self):
        for table, chain in (("raw", "PREROUTING"), ("mangle", "PREROUTING"), ("mangle", "INPUT"), ("filter", "INPUT"), ("security", "INPUT")):
            for program in ("iptables-legacy", "iptables-nft"):
                with self.subTest(f"{program} {table} {chain}"):
                    rule = f"-t {table} {{}} {chain} -s 198.51.100.66 -p tcp --dport {PORT} -j DROP"
                    shell(f"{program} {rule.format('-I')}")
                    try:
                        self.assertIn(f" {table} {chain}", self.expect(_66="kept_out")["FIREWALL_DENIES_FIRST"]["at"])
                    finally:
                        shell(f"{program} {rule.format('-D')}")

    def test_chains_of_devices_and_of_the_answer(self):
        for table, hook in (("netdev far", "ingress device knock0"), ("inet far", "ingress device knock0"), ("inet far", "prerouting"), ("ip far", "input")):
            with self.subTest(f"{table} {hook}"):
                shell(f"nft 'table {table} {{ chain c {{ type filter hook {hook} priority 300; ip saddr 198.51.100.66 tcp dport {PORT} drop; }} ; }}'")
                try:
                    self.expect(_66="kept_out")
                finally:
                    shell(f"nft delete table {table}")
        shell(f"nft 'table ip far {{ chain c {{ type filter hook output priority 0; ip daddr 198.51.100.66 tcp sport {PORT} drop; }} ; }}'")
        self.addCleanup(shell, "nft delete table ip far")
        self.expect(_66="kept_out")

    def test_maps_marks_and_translations_are_followed(self):
        for rules, kinds in (
                ("chain c { type filter hook input priority -5; ip saddr vmap { 198.51.100.66 : drop, 198.51.100.88 : accept }; }", {"_66": "kept_out"}),
                ("chain m { type filter hook prerouting priority -150; ip saddr 198.51.100.66 meta mark set 7; }; chain c { type filter hook input priority 5; meta mark 7 drop; }",
                 {"_66": "kept_out"}),
                ("chain n { type nat hook prerouting priority -100; ip saddr 198.51.100.66 tcp dport 5432 redirect to :22; }", {"_66": "elsewhere"}),
                ("chain c { type filter hook input priority -5; ct state established drop; }", {"_7": "kept_out", "_66": "kept_out", "_88": "kept_out"})):
            with self.subTest(rules):
                shell(f"nft 'table ip far {{ {rules} ; }}'")
                try:
                    self.expect(**kinds)
                finally:
                    shell("nft delete table ip far")

    def test_what_can_not_be_read_is_unknown_only_where_it_could_match(self):
        rule = "INPUT {} -m string --algo bm --string evil -j DROP"
        for more, kinds in (("-p tcp --dport 22", {}), ("-p udp", {}), ("-i lo", {}), ("-s 198.51.100.66", {"_66": "unknown"}), ("-p tcp --dport 5432", {"_7": "unknown", "_66": "unknown", "_88": "unknown"})):
            with self.subTest(more):
                shell("iptables -I " + rule.format(more))
                try:
                    self.assertEqual(bool(kinds), "FIREWALL_UNREADABLE" in self.expect(**kinds))
                finally:
                    shell("iptables -D " + rule.format(more))

    def test_a_missing_program_hides_nothing(self):
        """The host's own nft is out of the way, and so is every other program that lists rules."""
        self.rules(f"iptables -I INPUT -s 198.51.100.66 -p tcp --dport {PORT} -j DROP", "iptables -D INPUT 1")
        seen = subprocess.run(["/usr/bin/python3", "-c", f"import sys; sys.path.insert(0, {os.environ['AXM_HOST_PROGRAM']!r})\nfrom axm_host import ways\nimport json\n"
                               "print(json.dumps({'packets': ways.seen((5432,), [])[0]}))"], env={"PATH": "/nonexistent"}, capture_output=True, text=True, check=True, cwd="/")
        self.assertEqual("kept_out", told("198.51.100.66", json.loads(seen.stdout))["is"])


if __name__ == "__main__":
    unittest.main()
