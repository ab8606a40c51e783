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


SERVER = """
import socket
served = socket.create_server(("::", 5432), family=socket.AF_INET6, dualstack_ipv6=True)
print(flush=True)
while True:
    served.accept()[0].sendall(b"here")
"""
CLIENT = """
import socket, sys
to, port, own, seconds, device = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
client = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET)
client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
client.settimeout(seconds)
try:
    client.bind(("", own))
    client.connect((to, port, 0, socket.if_nametoindex(device)) if ":" in to else (to, port))
    print(client.recv(4) == b"here")
except OSError:
    print(False)
"""
JUDGE = """
import ipaddress, sys
from axm_host import ways
address, kernel = ipaddress.ip_address(sys.argv[1]), ways.read()
reach = ways.reach(kernel, address.version, 5432)
print(*[kind for kind in ("let_in", "kept_out", "elsewhere", "unknown") for _, clients in getattr(reach, kind) if int(address) in clients])
"""
CHURN = """
import collections, os, subprocess, sys, time
from axm_host import nft
text = "table ip f { set s { type ipv4_addr; elements = { 10.0.0.1 } ; } ; chain c { type filter hook input priority 5; ip saddr @s drop; } ; }"
churn = subprocess.Popen(["sh", "-c", "while :; do nft '" + text + "'; nft delete table ip f; done"], start_new_session=True)
counts, end = collections.Counter(), time.monotonic() + 5
try:
    while time.monotonic() < end:
        try:
            counts[len([base for base in nft.read() if base.table == "keep"])] += 1
        except TimeoutError:
            counts["never still"] += 1
finally:
    os.killpg(churn.pid, 9)
print(*counts)
"""


class OwnNamespaces(unittest.TestCase):
    """A host and a client of the test's own, each a network namespace: no answer is definite and wrong. Root is all that is needed."""

    NEAR, FAR = "10.77.0.2", "10.77.0.1"  # the client's, the host's

    def setUp(self):
        self.host, self.client = f"axm-test-h{os.getpid()}", f"axm-test-c{os.getpid()}"
        self.addCleanup(shell, f"ip netns delete {self.host} 2>/dev/null || true; ip netns delete {self.client} 2>/dev/null || true")
        shell(f"ip netns add {self.host}; ip netns add {self.client}; ip -n {self.host} link set lo up; ip -n {self.client} link set lo up; "
              f"ip link add v0 netns {self.host} type veth peer name v0 netns {self.client}; ip -n {self.host} link set v0 up; ip -n {self.client} link set v0 up")
        self.at_host(f"ip address add {self.FAR}/24 dev v0; ip address add fd77::1/64 dev v0 nodad")
        self.at_client(f"ip address add {self.NEAR}/24 dev v0; ip address add fd77::2/64 dev v0 nodad")
        served = subprocess.Popen(["ip", "netns", "exec", self.host, "/usr/bin/python3", "-c", SERVER], stdout=subprocess.PIPE)
        served.stdout.readline()
        self.addCleanup(served.stdout.close)
        self.addCleanup(served.wait)
        self.addCleanup(served.kill)

    def at_host(self, text):
        return run("ip", "netns", "exec", self.host, "sh", "-ec", text).stdout

    def at_client(self, text):
        return run("ip", "netns", "exec", self.client, "sh", "-ec", text).stdout

    def nft(self, *tables):
        """These tables alone; a later one's chains come before those of the same priority."""
        self.at_host("nft flush ruleset; iptables-legacy -P INPUT ACCEPT; iptables-legacy -F; iptables-legacy -t mangle -F; iptables-legacy -t raw -F; iptables-legacy -t nat -F; ipset destroy")
        for table in tables:
            self.at_host(f"nft '{table}'")

    def python(self, program, *arguments):
        at = os.environ.get("AXM_HOST_PROGRAM") or os.path.dirname(os.path.abspath(__file__))
        return run("ip", "netns", "exec", self.host, "env", f"PYTHONPATH={at}", "/usr/bin/python3", "-c", program, *arguments).stdout.strip()

    def gets_in(self, to=None, port=PORT, own=0, seconds=1.5):
        return run("ip", "netns", "exec", self.client, "/usr/bin/python3", "-c", CLIENT, to or self.FAR, str(port), str(own), str(seconds), "v0").stdout.strip() == "True"

    def expect(self, kind, gets_in, address=None, **asked):
        """What is said of the client, and what really becomes of it."""
        said = self.python(JUDGE, address or self.NEAR)
        self.assertEqual((kind, gets_in), (said, self.gets_in(**asked)))

    def test_tables_that_come_and_go_take_no_other_with_them(self):
        self.nft("table inet keep { chain i { type filter hook input priority 0; policy drop; tcp dport 22 accept; } ; }")
        self.assertLessEqual(set(self.python(CHURN).split("\n")[0].split()), {"1", "never", "still"})

    def test_sets_that_rules_fill_are_of_this_moment_alone(self):
        knock = "table ip t {{ set seen {{ type ipv4_addr; {} }} ; chain i {{ type filter hook input priority 0; policy drop; tcp dport {} add @seen {{ ip saddr }} drop; ip saddr @seen accept; }} ; }}"
        for flags in ("flags dynamic,timeout; timeout 60s;", "size 100;"):
            for port in (5432, 1234):
                with self.subTest(flags, port=port):
                    self.nft(knock.format(flags, port))
                    self.gets_in(port=port, seconds=0.3)
                    self.expect("unknown" if port == 1234 else "kept_out", port == 1234)
        self.nft("table ip t { set seen { type ipv4_addr; flags dynamic,timeout; timeout 60s; } ; "
                 "chain i { type filter hook input priority 0; policy drop; ip saddr @seen accept; tcp dport 5432 add @seen { ip saddr } drop; } ; }")
        self.expect("unknown", True)
        self.nft("table ip t { set bad { type ipv4_addr; flags timeout; elements = { 10.77.0.2 timeout 60s }; } ; chain i { type filter hook input priority 0; ip saddr @bad drop; } ; }")
        self.expect("kept_out", False)

    def test_ipsets_that_rules_fill_are_of_this_moment_alone(self):
        for program in ("iptables-legacy", "iptables-nft"):
            with self.subTest(program):
                self.nft()
                self.at_host(f"ipset create seen hash:ip; {program} -P INPUT DROP; {program} -A INPUT -p tcp --dport 5432 -j SET --add-set seen src; "
                             f"{program} -A INPUT -m set --match-set seen src -j ACCEPT")
                self.expect("unknown", True)
        self.nft()
        self.at_host("ipset create in hash:ip; ipset create all list:set; ipset add all in; iptables-legacy -P INPUT DROP; "
                     "iptables-legacy -A INPUT -p tcp --dport 5432 -j SET --add-set all src; iptables-legacy -A INPUT -m set --match-set in src -j ACCEPT")
        self.expect("unknown", True)

    def test_marks_of_packets_and_connections_are_copied_as_the_kernel_copies_them(self):
        mark = "{} -t mangle -A PREROUTING -p tcp --dport 5432 -j MARK --set-mark 7; "
        for program in ("iptables-legacy", "iptables-nft"):
            for rules, kind, gets_in in (
                    (mark + "{} -t mangle -A PREROUTING -p tcp -j CONNMARK --save-mark; {} -A INPUT -m connmark --mark 7 -j ACCEPT", "let_in", True),
                    (mark + "{} -t mangle -A PREROUTING -p tcp -j CONNMARK --save-mark --nfmask 3 --ctmask 3; {} -A INPUT -m connmark --mark 7 -j ACCEPT", "kept_out", False),
                    (mark + "{} -t mangle -A PREROUTING -j CONNMARK --restore-mark; {} -A INPUT -m mark --mark 7 -j ACCEPT", "kept_out", False),
                    (mark + "{} -t mangle -A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff00 --ctmask 0xff00; {} -A INPUT -m mark --mark 7 -j ACCEPT", "let_in", True),
                    ("{} -t mangle -A PREROUTING -p tcp -j CONNMARK --set-xmark 5/0xf; {} -A INPUT -m connmark --mark 5 -j ACCEPT", "let_in", True),
                    ("{} -t raw -A PREROUTING -p tcp -j CONNMARK --set-mark 5; {} -A INPUT -m connmark --mark 5 -j ACCEPT", "kept_out", False)):
                with self.subTest(program, rules=rules):
                    self.nft()
                    self.at_host(f"{program} -P INPUT DROP; {program} -t raw -F PREROUTING; " + rules.replace("{}", program))
                    self.expect(kind, gets_in)

    def test_a_client_may_come_from_any_port_of_its_own(self):
        self.nft("table ip t { chain i { type filter hook input priority 0; policy drop; tcp sport 53 accept; } ; }")
        self.expect("unknown", True, own=53)
        self.expect("unknown", False)
        self.nft("table ip t { chain i { type filter hook input priority 0; tcp sport 0-1023 drop; } ; }")
        self.expect("unknown", False, own=53)

    def test_the_host_is_reached_at_every_address_of_its_own(self):
        only = "table ip t {{ chain i {{ type filter hook input priority 0; policy drop; ip daddr {} accept; }} ; }}"
        self.at_host("ip address add 10.77.9.1/32 dev lo; ip route add local 10.78.0.0/24 dev lo; for last in $(seq 11 49); do ip address add 10.77.0.$last/24 dev v0; done")
        self.at_client(f"ip route add 10.77.9.1 via {self.FAR}; ip route add 10.78.0.0/24 via {self.FAR}")
        for address in ("10.77.9.1", "10.78.0.7", "10.77.0.49"):
            self.nft(only.format(address))
            self.expect("unknown", True, to=address)
            self.expect("unknown", False)
        self.nft(only.format("10.0.0.0/8"))
        self.expect("let_in", True, to="10.78.0.7")
        self.nft(only.format("127.0.0.0/8"))
        self.expect("kept_out", False)
        self.nft("table ip t { chain i { type filter hook input priority 0; policy drop; ip daddr . tcp dport { 10.77.0.49 . 5432, 10.77.0.48 . 22 } accept; } ; }")
        self.expect("unknown", True, to="10.77.0.49")
        self.nft("table ip t { chain i { type filter hook input priority 0; policy drop; " + " ".join(f"ip daddr 10.77.0.{last} accept;" for last in range(11, 50)) + " } ; }")
        self.expect("unknown", True, to="10.77.0.49")
        self.nft()
        self.at_host("iptables-legacy -P INPUT DROP; ipset create s hash:ip; ipset add s 10.77.0.49; iptables-legacy -A INPUT -m set --match-set s dst -j ACCEPT")
        self.expect("unknown", True, to="10.77.0.49")
        self.at_host("iptables-legacy -F INPUT; ipset create p hash:ip,port; ipset add p 10.77.0.48,22; ipset add p 10.77.0.49,5432; "
                     "iptables-legacy -A INPUT -p tcp -m set --match-set p dst,dst -j ACCEPT")
        self.expect("unknown", True, to="10.77.0.49")
        self.at_host("iptables-legacy -F INPUT; iptables-legacy -A INPUT -d 10.77.0.49 -j ACCEPT")
        self.expect("unknown", True, to="10.77.0.49")
        self.at_host("iptables-legacy -F INPUT; iptables-legacy -A INPUT -m iprange --dst-range 10.77.0.48-10.77.0.60 -j ACCEPT")
        self.expect("unknown", True, to="10.77.0.49")

    def test_addresses_of_the_link_count_for_whom_is_on_it(self):
        near, far = (shell(f"ip -n {at} -6 -o address show dev v0 scope link | sed 's/.*inet6 \\([^/]*\\).*/\\1/'").stdout.strip() for at in (self.client, self.host))
        shell(f"for at in {self.client} {self.host}; do while ip -n $at -6 address show tentative | grep -q inet6; do sleep 0.1; done; done")
        self.nft("table ip6 t { chain i { type filter hook input priority 0; policy drop; icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; ip6 daddr fe80::/10 accept; } ; }")
        self.expect("unknown", True, near, to=far)
        self.assertEqual("unknown", self.python(JUDGE, "fd77::2"))
        self.at_host("ip route add 2001:db8::/32 via fd77::2")
        self.assertEqual("kept_out", self.python(JUDGE, "2001:db8::7"))
        self.nft("table ip6 t { chain i { type filter hook input priority 0; policy accept; ip6 daddr != { fd77::1, fe80::/10 } drop; } ; }")
        self.expect("let_in", True, near, to=far)

    def test_a_translated_address_is_what_later_chains_see(self):
        self.at_host("ip address add 10.77.9.1/32 dev lo")
        self.nft("table ip t { chain p { type nat hook prerouting priority -100; tcp dport 5432 dnat to 10.77.9.1; } ; "
                 "chain i { type filter hook input priority 0; policy drop; ip daddr 10.77.9.1 accept; } ; }")
        self.expect("let_in", True)
        self.at_host("nft add rule ip t i ip daddr 10.77.0.1 accept; nft insert rule ip t i ip daddr 10.77.9.1 drop")
        self.expect("kept_out", False)
        self.nft("table ip t { chain p { type nat hook prerouting priority -100; tcp dport 5432 dnat to 10.77.9.1; } ; "
                 "chain i { type filter hook input priority 0; policy drop; ct original ip daddr 10.77.0.1 accept; } ; }")
        self.expect("unknown", True)  # asked for at 10.77.9.1 it is not
        self.nft("table ip t { chain p { type nat hook prerouting priority -100; tcp dport 5432 dnat to 10.77.9.1; } ; chain o { type filter hook output priority 0; ip saddr 10.77.9.1 drop; } ; }")
        self.expect("kept_out", False)
        self.nft("table ip t { chain p { type nat hook prerouting priority -100; tcp dport 5432 dnat to 10.77.9.1; } ; chain r { type filter hook prerouting priority -300; ip daddr 10.77.0.1 drop; } ; }")
        self.expect("unknown", False)
        self.nft("table ip t { chain p { type nat hook prerouting priority -100; tcp dport 5432 redirect; } ; chain i { type filter hook input priority 0; policy drop; ip daddr 10.77.0.1 accept; } ; }")
        self.expect("let_in", True)

    def test_what_is_translated_to_the_loopback_is_dropped_unless_the_kernel_was_told_otherwise(self):
        self.nft("table ip t { chain p { type nat hook prerouting priority -100; tcp dport 5432 dnat to 127.0.0.1; } ; }")
        self.expect("kept_out", False)
        self.at_host("echo 1 > /proc/sys/net/ipv4/conf/v0/route_localnet")
        self.expect("let_in", True)

    def test_another_port_that_leads_to_ours_lets_in_too(self):
        led = "table {} t {{ chain p {{ type nat hook prerouting priority -100; {}; }} ; chain m {{ type filter hook prerouting priority -150; tcp dport 9999 meta mark set 1; }} ; "
        for family, near, far in (("ip", self.NEAR, self.FAR), ("ip6", "fd77::2", "fd77::1")):
            brackets = f"[{far}]" if family == "ip6" else far
            for rule in ("tcp dport 9999 redirect to :5432", f"tcp dport 9999 dnat to {brackets}:5432", "meta l4proto tcp redirect to :tcp dport map { 9999 : 5432, 80 : 8080 }"):
                for accepts, kind in (("ct status dnat accept; ct state established accept", "unknown"), ("meta mark 1 accept; ct state established accept", "unknown"),
                                      ("meta l4proto tcp ct original proto-dst 9999 accept", "unknown"), ("tcp dport 5432 accept", "let_in"), ("tcp dport 9999 accept", "kept_out")):
                    with self.subTest(family, rule=rule, accepts=accepts):
                        neighbours = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept;" if family == "ip6" else ""
                        self.nft(led.format(family, rule) + f"chain i {{ type filter hook input priority 0; policy drop; {neighbours} {accepts}; }} ; }}")
                        self.expect(kind, kind != "kept_out", near, to=far, port=9999)
        self.nft(led.format("ip", "tcp dport 5432 redirect to :5432-5433") + "chain i { type filter hook input priority 0; policy drop; ct status dnat accept; } ; }")
        self.assertEqual("unknown", self.python(JUDGE, self.NEAR))
        self.nft(led.format("ip", "ip saddr 10.77.0.3 tcp dport 9999 redirect to :5432") + "chain i { type filter hook input priority 0; policy drop; ct status dnat accept; } ; }")
        self.expect("kept_out", False, port=9999)

    def test_another_port_that_iptables_leads_to_ours_lets_in_too(self):
        for program in ("iptables-legacy", "iptables-nft"):
            for target in ("REDIRECT --to-ports 5432", f"DNAT --to-destination {self.FAR}:5432", "REDIRECT --to-ports 5432-5433"):
                for accepts in ("-m conntrack --ctstate DNAT,ESTABLISHED", "-m mark --mark 1", "-m conntrack --ctorigdstport 9999"):
                    with self.subTest(program, target=target, accepts=accepts):
                        self.nft()
                        self.at_host(f"{program} -P INPUT DROP; {program} -t mangle -A PREROUTING -p tcp --dport 9999 -j MARK --set-mark 1; "
                                     f"{program} -t nat -A PREROUTING -p tcp --dport 9999 -j {target}; {program} -A INPUT {accepts} -j ACCEPT")
                        said = self.python(JUDGE, self.NEAR)
                        self.assertEqual("unknown", said)
                        if "mark" not in accepts and "-" not in target.split()[-1]:
                            self.assertTrue(self.gets_in(port=9999))

    def test_ipsets_with_masks_beginnings_and_elements_that_do_not_match(self):
        for make, matches, kind, gets_in in (
                ("create s hash:ip bitmask 255.255.0.0; ipset add s 10.77.0.0", "s src", "unknown", True),
                ("create s hash:ip netmask 16; ipset add s 10.77.0.0", "s src", "unknown", True),
                ("create s hash:net,iface; ipset add s 10.77.0.0/24,v wildcard", "s src,src", "let_in", True),
                ("create s hash:net,iface; ipset add s 10.77.0.0/24,v", "s src,src", "kept_out", False),
                ("create s hash:net; ipset add s 10.77.0.0/24; ipset add s 10.77.0.2 nomatch", "s src --return-nomatch", "unknown", True),
                ("create s hash:net; ipset add s 10.77.0.0/24; ipset add s 10.77.0.2 nomatch", "s src", "kept_out", False),
                ("create s hash:ip counters comment skbinfo timeout 60; ipset add s 10.77.0.2 comment here", "s src", "let_in", True)):
            with self.subTest(make, matches=matches):
                self.nft()
                self.at_host(f"ipset {make}; iptables-legacy -P INPUT DROP; iptables-legacy -A INPUT -m set --match-set {matches} -j ACCEPT")
                self.expect(kind, gets_in)

    def test_of_a_packet_of_no_connection_only_its_state_is_asked(self):
        for matches, kind, gets_in in (("--ctstate UNTRACKED --ctorigdst 192.0.2.1", "let_in", True), ("--ctstate UNTRACKED --ctproto udp", "let_in", True),
                                       ("--ctstate NEW --ctorigdst 10.77.0.1", "kept_out", False), ("--ctproto tcp", "kept_out", False), ("! --ctstate NEW", "let_in", True)):
            with self.subTest(matches):
                self.nft()
                self.at_host(f"iptables-legacy -t raw -A PREROUTING -p tcp --dport 5432 -j NOTRACK; iptables-legacy -P INPUT DROP; iptables-legacy -A INPUT -m conntrack {matches} -j ACCEPT")
                self.expect(kind, gets_in)

    def test_a_translation_to_a_range_leads_nobody_knows_where(self):
        for rule in ("dnat to 10.77.0.1-10.77.0.9", "dnat to 10.77.0.1:5432-5440", "dnat prefix to 10.77.0.0/28", "redirect to :5430-5440"):
            self.nft(f"table ip t {{ chain p {{ type nat hook prerouting priority -100; tcp dport 5432 {rule}; }} ; }}")
            self.assertEqual("unknown", self.python(JUDGE, self.NEAR), rule)

    def test_of_chains_of_one_priority_either_can_be_first(self):
        marks = "table ip b { chain i { type filter hook input priority 5; tcp dport 5432 meta mark set 1; } ; }"
        for other, gets_in in (("meta mark 1 drop", (True, False)), ("meta mark 1 accept; drop", (False, True))):
            other = f"table ip a {{ chain i {{ type filter hook input priority 5; {other}; }} ; }}"
            for place, order in enumerate(((marks, other), (other, marks))):
                with self.subTest(order):
                    self.nft(*order)
                    self.expect("unknown", gets_in[place])
        other = "table ip a { chain i { type filter hook input priority 5; meta mark 2 drop; } ; }"
        self.nft(marks, other)
        self.expect("let_in", True)
        self.nft(*(f"table ip t{number} {{ chain i {{ type filter hook input priority 0; policy {policy}; tcp dport 5432 accept; }} ; }}" for number, policy in enumerate(("drop", "drop", "accept"))))
        self.expect("let_in", True)
        self.nft(*(f"table ip t{number} {{ chain p {{ type nat hook prerouting priority -100; tcp dport 5432 redirect to :{to}; }} ; }}" for number, to in enumerate((5432, 22))))
        self.expect("unknown", False)

    def test_chains_that_translate_stand_where_the_kernel_puts_them(self):
        self.nft("table ip t { chain p { type nat hook prerouting priority -180; tcp dport 9999 redirect to :5432; } ; chain m { type filter hook prerouting priority -150; tcp dport 9999 meta mark set 1; } ; "
                 "chain i { type filter hook input priority 0; policy drop; meta mark 1 accept; ct state established accept; } ; }")
        self.expect("unknown", True, port=9999)

    BRIDGED = "ip link add br0 type bridge; ip address flush dev v0; ip link set v0 master br0; ip link set br0 up; ip address add 10.77.0.1/24 dev br0"

    def test_chains_of_a_bridge_see_its_port(self):
        self.at_host(self.BRIDGED)
        for rules, kind, gets_in in (
                ("bridge t { chain i { type filter hook input priority 0; iifname v0 tcp dport 5432 drop; } ; }", "kept_out", False),
                ("bridge t { chain i { type filter hook input priority 0; policy drop; iifname v0 accept; } ; }", "let_in", True),
                ("bridge t { chain i { type filter hook input priority 0; policy drop; iifname br0 accept; } ; }", "kept_out", False),
                ("bridge t { chain o { type filter hook output priority 0; oifname v0 tcp sport 5432 drop; } ; }", "kept_out", False),
                ("netdev t { chain i { type filter hook ingress device v0 priority 0; policy drop; iifname v0 accept; } ; }", "let_in", True),
                ("netdev t { chain i { type filter hook ingress device br0 priority 0; policy drop; iifname br0 accept; } ; }", "let_in", True)):
            with self.subTest(rules):
                self.nft("table " + rules)
                self.expect(kind, gets_in)
        self.at_host("ip link add p2 type veth peer name p3; ip link set p2 master br0; ip link set p2 up")
        self.nft("table bridge t { chain i { type filter hook input priority 0; iifname v0 drop; } ; }")
        self.expect("unknown", False)
        self.nft("table bridge t { chain i { type filter hook input priority 0; iifname { v0, p2 } drop; } ; }")
        self.expect("kept_out", False)

    def stacked(self, name, kind, network):
        """A device on v0, at both ends."""
        for at, last in ((self.host, 1), (self.client, 2)):
            added = subprocess.run(["sh", "-c", f"ip -n {at} link add {name} {kind.format(other=3 - last)}"], capture_output=True, text=True)
            if "Unknown device type" in added.stderr:
                self.skipTest(f"this kernel has none: {kind}")
            self.assertEqual(0, added.returncode, added.stderr)
            shell(f"ip -n {at} address add {network}.{last}/24 dev {name}; ip -n {at} link set {name} up")

    BELOW = "table netdev t {{ chain i {{ type filter hook ingress device v0 priority 0; {} }} ; }}"

    def test_chains_below_a_vlan(self):
        self.stacked("v0.10", "link v0 type vlan id 10", "10.80.0")
        for rules, kind, gets_in in (("policy drop; vlan id 10 accept;", "unknown", True), ("policy drop; vlan id 11 accept;", "unknown", False), ("iifname v0 tcp dport 5432 drop;", "kept_out", False),
                                     ("iifname v0.10 tcp dport 5432 drop;", "let_in", True), ("tcp dport 22 drop;", "let_in", True)):
            with self.subTest(rules):
                self.nft(self.BELOW.format(rules))
                self.expect(kind, gets_in, "10.80.0.2", to="10.80.0.1")

    def test_chains_below_a_tunnel(self):
        self.stacked("vx", "type vxlan id 7 remote 10.77.0.{other} dstport 4789 dev v0", "10.79.0")
        for rules, gets_in in (("tcp dport 5432 drop;", True), ("udp dport 4789 drop;", False), ("policy drop; udp dport 4789 accept; meta protocol arp accept;", True)):
            with self.subTest(rules):
                self.nft(self.BELOW.format(rules))
                self.expect("unknown", gets_in, "10.79.0.2", to="10.79.0.1")
        self.nft()
        self.expect("let_in", True, "10.79.0.2", to="10.79.0.1")


if __name__ == "__main__":
    unittest.main()
