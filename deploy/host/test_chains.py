"""Who reaches a port by every chain on a packet's way: rules of real kernels, written down, and rules made here. No root is needed."""
import ipaddress
import os
import random
import struct
import unittest
from unittest import mock

import recorded
from axm_host import ipset, netlink, nft, packet, spans, walk, ways, words, xt
from axm_host.arrivals import Device, Network, Route
from axm_host.nft import ACCEPT, DROP, GOTO, JUMP, RETURN, Base, Expression, Rule, Verdict

RECORDINGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recordings")
OWN = ipaddress.ip_address("10.9.0.1").packed


def judged(reach, address):
    """(what becomes of an address, the rule that decides)."""
    number = int(ipaddress.ip_address(address))
    found = [(kind, rule) for kind in ("let_in", "kept_out", "elsewhere", "unknown") for rule, clients in getattr(reach, kind) if number in clients]
    assert len(found) == 1, (address, found)
    return found[0][0], f"{found[0][1].at}: {words.said(found[0][1], reach.ipset)}"


class Recorded(unittest.TestCase):
    """Rules that real kernels had, of nftables and both variants of iptables."""

    def walk(self, recording, expected, without=""):
        with recorded.played(f"{RECORDINGS}/{recording}"):
            kernel = ways.read()
            for listed in [rules for one in kernel.bases for rules in one.chains.values()]:
                listed[:] = [rule for rule in listed if rule.at != without]
            reaches = {}
            for address, port, kind, part in expected:
                version = ipaddress.ip_address(address).version
                if (version, port) not in reaches:
                    reaches[version, port] = ways.reach(kernel, version, port)
                with self.subTest(address, port=port):
                    found = judged(reaches[version, port], address)
                    self.assertEqual(kind, found[0], found)
                    self.assertIn(part, found[1])

    def test_docker_and_fail2ban_are_no_reason_not_to_know(self):
        self.walk("docker.bin", [
            ("198.51.100.7", 5432, "let_in", "ufw-user-input"),
            ("198.51.100.66", 5432, "kept_out", "inet f2b-table f2b-chain"),
            ("198.51.100.88", 5432, "kept_out", "in set f2b-postgres src reject"),
            ("198.51.100.89", 5432, "let_in", "ufw-user-input"),      # banned from ssh alone
            ("203.0.113.99", 6432, "let_in", "ufw-user-input"),       # likewise, by nftables
            ("198.51.100.88", 6432, "let_in", "ufw-user-input"),      # banned from 5432 alone
            ("198.51.100.66", 6432, "kept_out", "f2b-chain"),
            ("203.0.113.1", 5432, "kept_out", "INPUT policy drop"),
            ("203.0.113.1", 8080, "elsewhere", "dnat to 172.17.0.2:80"),
            ("172.17.0.2", 8080, "kept_out", "policy drop"),          # Docker leads those of its own bridge nowhere
            ("2001:db8::7", 5432, "let_in", "ip6 filter INPUT"),
            ("2001:db9::7", 5432, "kept_out", "ip6 filter INPUT policy drop"),
            ("127.0.0.1", 5432, "let_in", 'iifname "lo"')])

    def test_every_chain_on_the_way_and_every_way_of_matching(self):
        self.walk("odd.bin", [
            ("10.20.0.1", 5432, "kept_out", "netdev nd ing"),
            ("10.20.0.1", 6432, "kept_out", "policy drop"),           # not by the one for 5432
            ("10.24.0.1", 5432, "kept_out", "inet ing ing"),
            ("10.22.0.1", 5432, "kept_out", "ct state invalid"),      # before connections are tracked every packet is invalid
            ("10.7.0.1", 5432, "kept_out", "iptables-legacy -t raw PREROUTING"),
            ("10.8.0.1", 5432, "kept_out", "iptables-legacy -t mangle INPUT"),  # by a mark of another chain's
            ("10.3.0.1", 5432, "kept_out", "iptables-legacy -t filter INPUT rule 2"),
            ("10.4.0.9", 5432, "kept_out", "mine rule 1"),
            ("10.4.0.10", 5432, "let_in", "mine rule 3"),
            ("10.5.0.1", 5432, "kept_out", "INPUT policy drop"),      # a goto does not come back
            ("10.10.3.4", 5432, "kept_out", "@bad"), ("10.11.0.7", 5432, "kept_out", "@bad"), ("10.11.0.8", 5432, "let_in", "mine"),
            ("10.12.0.5", 5432, "kept_out", "@cc"), ("10.12.0.200", 5432, "let_in", "mine"),
            ("10.13.0.1", 5432, "kept_out", "vmap @doors"), ("10.14.1.1", 5432, "kept_out", "inet t more"), ("10.14.2.1", 5432, "let_in", "mine"),
            ("10.15.0.1", 5432, "unknown", "limit drop"), ("10.15.0.1", 6432, "kept_out", "policy drop"),
            ("10.16.0.1", 5432, "unknown", "osf"),
            ("10.17.0.1", 5432, "kept_out", "10.17.0.0/16"), ("30.200.0.250", 5432, "unknown", "0xff0000ff"), ("31.0.0.250", 5432, "let_in", "mine"),
            ("10.21.1.1", 5432, "kept_out", "INPUT policy drop"),      # neither new nor established: not tracked
            ("10.23.0.1", 5432, "kept_out", "raw2 out"),              # the answer does not get out
            ("10.25.0.1", 5432, "elsewhere", "dnat to 192.0.2.9"), ("10.26.0.1", 5432, "elsewhere", "redirect to port 5999"),
            ("10.6.0.1", 5432, "elsewhere", "iptables-legacy -t nat PREROUTING"),
            ("10.27.2.1", 5432, "let_in", "mine"), ("10.27.1.1", 5432, "kept_out", "ct status"),
            ("2001:db8:4::1", 5432, "kept_out", "ip6 saddr 2001:db8:4::/48"), ("2001:db8:3::1", 5432, "kept_out", "ip6tables-legacy"),
            ("2001:db8:5::1", 5432, "let_in", "no rule")], without=self.FROM_LOW_PORTS)

    FROM_LOW_PORTS = "nftables inet t in handle 21"  # tcp sport 1-1023 drop

    def test_a_rule_for_the_clients_own_port_leaves_whom_it_could_stop_open(self):
        self.walk("odd.bin", [("10.4.0.10", 5432, "unknown", "tcp sport"), ("10.4.0.9", 5432, "kept_out", "mine rule 1"), ("10.20.0.1", 5432, "kept_out", "netdev nd ing")])

    def test_each_client_belongs_to_exactly_one_part(self):
        for recording in ("docker.bin", "odd.bin"):
            with recorded.played(f"{RECORDINGS}/{recording}"):
                kernel = ways.read()
                for version in (4, 6):
                    reach = ways.reach(kernel, version, 5432)
                    parts = [clients for kind in (reach.let_in, reach.kept_out, reach.elsewhere, reach.unknown) for _, clients in kind]
                    self.assertEqual(1 << spans.BITS[version], sum(one.size() for one in parts))
                    self.assertEqual(spans.ALL[version], spans.joined(one for each in parts for one in each.ranges))

    def test_what_decides_besides_the_openings_is_a_finding_with_its_rule(self):
        with recorded.played(f"{RECORDINGS}/docker.bin"):
            seen, found = ways.seen((5432, 6432), [(5432, "198.51.100.0/24"), (6432, "0.0.0.0/0")])
        self.assertEqual({"let_in", "kept_out"}, {one["is"] for one in seen})
        self.assertTrue(any(one["is"] == "let_in" and one["rule"] == "" and "198.51.100.0-198.51.100.65" in one["from"] for one in seen), seen)
        told = {(item["code"], item["at"].split()[-3]) for item in found}
        self.assertEqual({("FIREWALL_DENIES_FIRST", "f2b-chain"), ("FIREWALL_DENIES_FIRST", "INPUT"), ("FIREWALL_OPENED_BY_OTHERS", "INPUT")}, told)
        self.assertTrue(any("198.51.100.88 to port 5432" in item["what"] for item in found))

    def test_a_kernel_that_does_not_answer_is_told(self):
        with mock.patch.object(ways, "read", mock.Mock(side_effect=PermissionError(1, "Operation not permitted"))):
            seen, found = ways.seen((5432,), [])
        self.assertIsNone(seen)
        self.assertEqual(["FIREWALL_UNSEEN"], [item["code"] for item in found])


class Moments(unittest.TestCase):
    """A kernel whose tables come and go while they are read."""

    def read(self, refusals):
        """What is read when the n-th answers are refused with these numbers."""
        asked = []
        with recorded.played(f"{RECORDINGS}/docker.bin"):
            answer = nft.Netlink.ask

            def ask(link, *args, **more):
                asked.append(args)
                if len(asked) in refusals:
                    raise OSError(refusals[len(asked)], "refused")
                return answer(link, *args, **more)

            with mock.patch.object(nft.Netlink, "ask", ask):
                return nft.read()

    def test_what_is_gone_when_it_is_asked_about_is_read_again_and_nothing_is_lost(self):
        whole = self.read({})
        self.assertTrue(whole)
        for place in (2, 3, 4, 5, 6, 7, 8):
            with self.subTest(place):
                self.assertEqual(whole, self.read({place: 2}))

    def test_only_the_first_answer_says_that_the_kernel_has_none(self):
        self.assertEqual([], self.read({1: 22}))
        for number in (1, 22, 95):
            with self.assertRaises(OSError):
                self.read({5: number})
        with self.assertRaises(PermissionError):
            self.read({1: 1})


def base(rules, policy=ACCEPT, chains=None, sets=None, kind="filter", hook=1, priority=0, family=2, devices=(), name="in"):
    listed = {name: [Rule(f"rule {place}", tuple(steps)) for place, steps in enumerate(rules, 1)]}
    listed.update({chain: [Rule(f"{chain} {place}", tuple(steps)) for place, steps in enumerate(these, 1)] for chain, these in (chains or {}).items()})
    return Base(family, "t", name, hook, priority, policy, kind, devices, listed, sets or {}, f"nftables ip t {name}")


def reach(*bases, port=5432):
    device = Device("eth0", 2, False, 0, 0, False, False)
    network = Network({2: device}, ((4, 2, OWN, 0),), (Route(4, 254, 0, 0, (2,)),))
    return ways.reach(ways.Kernel(list(bases), network, ipset.Ipsets()), 4, port)


def verdict(code, chain=""):
    return Expression("immediate", {"dreg": 0, "data": Verdict(code, chain)})


def dport(port, op=0):
    return [Expression("payload", {"dreg": 1, "base": 2, "offset": 2, "length": 2}), Expression("cmp", {"sreg": 1, "op": op, "data": struct.pack("!H", port)})]


def saddr(cidr):
    network = ipaddress.ip_network(cidr)
    return [Expression("payload", {"dreg": 1, "base": 1, "offset": 12, "length": 4}),
            Expression("bitwise", {"sreg": 1, "dreg": 1, "length": 4, "mask": network.netmask.packed, "xor": bytes(4)}),
            Expression("cmp", {"sreg": 1, "op": 0, "data": network.network_address.packed})]


def match(name):
    return Expression("match", {"name": name, "revision": 0, "info": b"\xa5" * 64})


def target(name):
    return Expression("target", {"name": name, "revision": 9, "info": b""})


class Unreadable(unittest.TestCase):
    """What can't be read makes an answer unknown only where it could match, and where it would matter."""

    NEW = Expression("future", {"held": {}})

    def expect(self, kind, *bases, address="198.51.100.7"):
        self.assertEqual(kind, judged(reach(*bases), address)[0])

    def test_an_unknown_expression_could_do_anything(self):
        self.expect("unknown", base([[self.NEW]]))
        self.expect("unknown", base([[self.NEW, verdict(DROP)]]))
        self.expect("unknown", base([[self.NEW, verdict(ACCEPT)]], policy=DROP))

    def test_one_readable_match_before_or_behind_it_excludes_it(self):
        for steps in ([*dport(22), self.NEW, verdict(DROP)], [self.NEW, *dport(22), verdict(DROP)], [*saddr("10.0.0.0/8"), self.NEW], [match("string"), *dport(22), verdict(DROP)],
                      [match("udp"), self.NEW, verdict(DROP)], [*dport(5432, op=1), self.NEW]):
            self.expect("let_in", base([steps]))

    def test_it_is_unknown_only_for_whom_it_could_match(self):
        odd = base([[*saddr("198.51.100.0/25"), self.NEW, verdict(DROP)]])
        self.expect("unknown", odd)
        self.expect("let_in", odd, address="198.51.100.200")

    def test_what_comes_out_the_same_either_way_is_known(self):
        self.expect("kept_out", base([[match("string"), verdict(DROP)]], policy=DROP))
        self.expect("let_in", base([[match("string"), verdict(ACCEPT)]]))
        self.expect("kept_out", base([[self.NEW]]), base([[*dport(5432), verdict(DROP)]], priority=10))
        self.expect("let_in", base([[match("string"), target("LOG")], [match("limit"), verdict(JUMP, "logs")]], chains={"logs": [[target("NFLOG")], [verdict(RETURN)]]}))

    def test_only_the_rule_that_matters_is_named(self):
        found = judged(reach(base([[match("limit"), verdict(JUMP, "logs")], [match("string"), verdict(DROP)]], chains={"logs": [[target("LOG")]]})), "198.51.100.7")
        self.assertEqual(("unknown", "rule 2: match string drop"), found)

    def test_targets_that_hand_the_packet_on_are_unknown(self):
        for name in ("NFQUEUE", "TPROXY", "SYNPROXY", "FUTURE"):
            self.expect("unknown", base([[*dport(5432), target(name)]]))
            self.expect("let_in", base([[*dport(22), target(name)]]))
        self.expect("unknown", base([[Expression("queue", {"held": {}})]]))

    def test_after_a_rule_that_could_do_anything_marks_are_not_known(self):
        marked = [Expression("meta", {"key": 3, "dreg": 1}), Expression("cmp", {"sreg": 1, "op": 0, "data": struct.pack("=I", 7)}), verdict(ACCEPT)]
        self.expect("unknown", base([[self.NEW]], hook=0), base([marked], policy=DROP))
        self.expect("kept_out", base([[*dport(22), self.NEW]], hook=0), base([marked], policy=DROP))

    def test_a_target_of_a_newer_revision_is_not_guessed(self):
        for revision, info in ((1, struct.pack("=IIIB3x", 7, 0, 0, 0)), (2, struct.pack("=IIIBBBx", 7, 0, 0, 0, 0, 0))):
            self.assertEqual("connmark", xt.target("CONNMARK", revision, info, 4).kind)
        for revision, info in ((2, struct.pack("=IIIBBBx", 7, 0, 0, 0, 3, 0)), (3, bytes(64))):
            self.assertEqual("opaque", xt.target("CONNMARK", revision, info, 4).kind)

    def test_a_translation_to_a_range_leads_nobody_knows_where(self):
        load = lambda register, data: Expression("immediate", {"dreg": register, "data": data})
        own, other = OWN, ipaddress.ip_address("10.9.0.9").packed
        to = lambda **held: base([[*dport(5432), load(1, own), load(2, other), load(3, b"\x15\x38"), load(4, b"\x15\x39"), Expression("nat", {"type": 1, **held})]], kind="nat", hook=0, priority=-100)
        for held, kind in (({"address": 1}, "let_in"), ({"address": 1, "last_address": 1}, "let_in"), ({"address": 1, "last_address": 2}, "unknown"), ({"address": 2}, "elsewhere"),
                           ({"address": 1, "port": 3, "last_port": 3}, "let_in"), ({"address": 1, "port": 3, "last_port": 4}, "unknown"), ({"address": 1, "flags": 0x40}, "unknown"),
                           ({"address": 1, "port": 3, "flags": 0x2F}, "unknown"), ({"address": 2, "family": 10}, "let_in")):
            self.expect(kind, to(**held))

    def test_a_set_of_iptables_that_is_not_there_any_longer(self):
        gone = Expression("match", {"name": "set", "revision": 1, "info": struct.pack("=HBB", 7, 1, 2) + bytes(4)})
        with mock.patch.object(ipset.Ipsets, "by_index", mock.Mock(side_effect=FileNotFoundError())):
            self.expect("unknown", base([[gone, verdict(DROP)]]))
            self.expect("let_in", base([[*dport(22), gone, verdict(DROP)]]))

    def test_rules_of_any_bytes_never_break_the_reading(self):
        chance = random.Random(42)
        names = ["cmp", "lookup", "payload", "meta", "ct", "bitwise", "byteorder", "range", "match", "target", "nat", "redir", "fib", "limit", "dynset", "objref", "exthdr", "zzz"]
        for _ in range(300):
            steps = []
            for _ in range(chance.randrange(1, 5)):
                held = {place: chance.randbytes(chance.choice((1, 2, 4, 4, 4, 8, 16))) for place in range(1, 9) if chance.random() < 0.6}
                name = chance.choice(names)
                data = b"".join(netlink.attribute(place, value) for place, value in held.items())
                steps.append(netlink.attribute(1, netlink.attribute(1, name.encode() + b"\0") + netlink.attribute(2, data)))
            attributes = {1: b"t\0", 2: b"in\0", 3: b"\0\0\0\0\0\0\0\1", 4: b"".join(steps)}
            with self.subTest(attributes):
                one = nft.rule(2, attributes)
                words.said(one)
                judged(reach(Base(2, "t", "in", 1, 0, ACCEPT, "filter", (), {"in": [one, Rule("last", (verdict(DROP),))]}, {}, "x")), "198.51.100.7")


class Chains(unittest.TestCase):

    def test_where_the_clients_own_port_makes_the_difference_nothing_is_known(self):
        for steps in ([Expression("payload", {"dreg": 1, "base": 2, "offset": 0, "length": 2}), Expression("cmp", {"sreg": 1, "op": 0, "data": b"\0\x35"})],
                      [Expression("match", {"name": "tcp", "revision": 0, "info": struct.pack("=HHHHBBBBxx", 0, 1023, 0, 65535, 0, 0, 0, 0)})]):
            self.assertEqual("unknown", judged(reach(base([[*steps, verdict(ACCEPT)]], policy=DROP)), "198.51.100.7")[0])
            self.assertEqual("kept_out", judged(reach(base([[*steps, verdict(DROP)]], policy=DROP)), "198.51.100.7")[0])

    def test_a_drop_anywhere_is_final_and_an_accept_only_in_its_own_chain(self):
        accepts, drops = base([[verdict(ACCEPT)]], priority=-10), base([[*dport(5432), verdict(DROP)]])
        for order in ([accepts, drops], [drops, accepts]):
            self.assertEqual("kept_out", judged(reach(*order), "198.51.100.7")[0])
        self.assertEqual("kept_out", judged(reach(accepts, base([], policy=DROP)), "198.51.100.7")[0])

    def test_jumps_come_back_and_gotos_do_not(self):
        more = {"more": [[*dport(22), verdict(DROP)]]}
        after = [*dport(5432), verdict(DROP)]
        self.assertEqual("kept_out", judged(reach(base([[verdict(JUMP, "more")], after], chains=more)), "198.51.100.7")[0])
        self.assertEqual("let_in", judged(reach(base([[verdict(GOTO, "more")], after], chains=more)), "198.51.100.7")[0])

    def test_chains_that_jump_in_a_circle_end(self):
        looped = base([[verdict(JUMP, "a")]], chains={"a": [[verdict(JUMP, "a")]]})
        self.assertEqual("unknown", judged(reach(looped), "198.51.100.7")[0])

    def test_a_thousand_openings_are_walked_in_time(self):
        rules = [[*saddr(f"198.{number >> 8}.{number & 255}.0/25"), *dport(5432), verdict(ACCEPT)] for number in range(1000)]
        found = reach(base(rules, policy=DROP))
        self.assertEqual(128000, sum(clients.size() for _, clients in found.let_in))
        self.assertEqual("kept_out", judged(found, "198.0.7.200")[0])

    def test_a_set_that_holds_addresses_by_range_and_by_concatenation(self):
        elements = nft.Set("s", 4, (nft.Element(bytes([10, 0, 0, 0]), bytes([10, 0, 0, 9])),))
        look = [*saddr("0.0.0.0/0")[:1], Expression("lookup", {"set": "s", "sreg": 1})]
        for flags, kinds in ((0, ("kept_out", "let_in")), (1, ("let_in", "kept_out"))):
            steps = [look[0], Expression("lookup", {"set": "s", "sreg": 1, "flags": flags}), verdict(DROP)]
            found = reach(base([steps], sets={"s": elements}))
            self.assertEqual(kinds, (judged(found, "10.0.0.9")[0], judged(found, "10.0.0.10")[0]))

    def test_whom_no_route_leads_back_to_is_kept_out_and_that_is_no_finding(self):
        device = Device("eth0", 2, False, 0, 0, False, False)
        network = Network({2: device}, ((4, 2, OWN, 0),), (Route(4, 254, 0, 0, (2,)), Route(4, 254, 24, int(ipaddress.ip_address("198.51.100.0")), ())))
        for version, address, kind in ((4, "198.51.100.7", "kept_out"), (4, "198.51.101.7", "let_in"), (6, "2001:db8::7", "kept_out")):
            found = ways.reach(ways.Kernel([], network, ipset.Ipsets()), version, 5432)
            self.assertEqual(kind, judged(found, address)[0])
            self.assertEqual([], ways.findings([found], [(5432, "0.0.0.0/0"), (5432, "::/0")]))

    def test_a_program_on_the_device_leaves_it_open(self):
        device = Device("eth0", 2, False, 0, 0, False, True)
        network = Network({2: device}, ((4, 2, OWN, 0),), (Route(4, 254, 0, 0, (2,)),))
        self.assertEqual(("unknown", "XDP program on eth0: "), judged(ways.reach(ways.Kernel([], network, ipset.Ipsets()), 4, 5432), "198.51.100.7"))

    def test_chains_of_a_port_of_a_bridge_stop_it_perhaps(self):
        devices = {1: Device("br0", 1, False, 0, 0, True, False), 2: Device("p1", 2, False, 1, 0, False, False), 3: Device("p2", 3, False, 1, 0, False, False)}
        network = Network(devices, ((4, 1, OWN, 0),), (Route(4, 254, 0, 0, (1,)),))
        drop = [[*dport(5432), verdict(DROP)]]
        for family, hook, names, kind in ((5, 0, ("p1",), "unknown"), (5, 0, ("br0",), "kept_out"), (5, 0, ("eth7",), "let_in"), (7, 1, (), "kept_out"), (7, 2, (), "let_in")):
            found = ways.reach(ways.Kernel([base(drop, family=family, hook=hook, devices=names)], network, ipset.Ipsets()), 4, 5432)
            self.assertEqual(kind, judged(found, "198.51.100.7")[0], (family, hook, names))

    def below(self, kind, *bases, **eth0):
        """Clients that come by x0, which is on eth0, or has eth0 and eth1 in it."""
        master = 1 if kind in ("bridge", "bond") else 0
        devices = {1: Device("x0", 1, False, 0, 0 if master else 2, kind == "bridge", False, kind), 2: Device("eth0", 2, False, master, 0, False, eth0.get("program", False))}
        if kind == "bond":
            devices[3] = Device("eth1", 3, False, 1, 0, False, False)
        network = Network(devices, ((4, 1, OWN, 0),), (Route(4, 254, 0, 0, (1,)),))
        return judged(ways.reach(ways.Kernel(list(bases), network, ipset.Ipsets()), 4, 5432), "198.51.100.7")[0]

    def test_chains_of_a_device_below_see_that_device_and_tunnels_hide_what_they_carry(self):
        named = lambda name: [Expression("meta", {"dreg": 1, "key": 6}), Expression("cmp", {"sreg": 1, "op": 0, "data": name.encode().ljust(16, b"\0")})]
        ingress = lambda steps, policy=ACCEPT, devices=("eth0",): base([steps], policy=policy, family=5, hook=0, devices=devices)
        type_of_link = [Expression("payload", {"dreg": 1, "base": 0, "offset": 12, "length": 2}), Expression("cmp", {"sreg": 1, "op": 0, "data": b"\x08\0"})]
        both = ("eth0", "eth1")
        for kind, chain, said in (
                ("vlan", ingress([*named("eth0"), verdict(DROP)]), "kept_out"), ("vlan", ingress([*named("x0"), verdict(DROP)]), "let_in"),
                ("vlan", ingress([*type_of_link, verdict(ACCEPT)], policy=DROP), "unknown"), ("macvlan", ingress([*type_of_link, verdict(ACCEPT)], policy=DROP), "let_in"),
                ("vxlan", ingress([*dport(5432), verdict(DROP)]), "unknown"), ("gre", ingress([*dport(22), verdict(DROP)]), "unknown"), ("gre", base([], family=5, hook=0, devices=("eth0",)), "let_in"),
                ("bond", ingress([*named("eth0"), verdict(DROP)], devices=both), "unknown"), ("bond", ingress([*dport(22), verdict(DROP)], devices=both), "let_in"),
                ("bridge", base([[*named("eth0"), verdict(DROP)]], family=7), "kept_out"), ("bridge", base([[*named("x0"), verdict(DROP)]], family=7), "let_in")):
            with self.subTest(kind, chain=chain):
                self.assertEqual(said, self.below(kind, chain))
        for kind in ("vlan", "bridge", "bond", "vxlan"):
            self.assertEqual("unknown", self.below(kind, program=True), kind)

    def test_what_a_port_perhaps_passes_it_perhaps_does_not_mark(self):
        mark = [Expression("immediate", {"dreg": 1, "data": struct.pack("=I", 7)}), Expression("meta", {"key": 3, "sreg": 1})]
        marked = [Expression("meta", {"key": 3, "dreg": 1}), Expression("cmp", {"sreg": 1, "op": 0, "data": struct.pack("=I", 7)}), verdict(ACCEPT)]
        for kind, said in (("vlan", "let_in"), ("bond", "unknown")):
            self.assertEqual(said, self.below(kind, base([mark], family=5, hook=0, devices=("eth0",)), base([marked], policy=DROP)))

    def test_at_the_very_priority_of_tracking_the_state_is_not_known(self):
        untracked = [Expression("ct", {"dreg": 1, "key": 0}), Expression("cmp", {"sreg": 1, "op": 0, "data": struct.pack("=I", 1)}), verdict(DROP)]
        for priority, kind in ((-201, "kept_out"), (-200, "unknown"), (-199, "let_in")):
            self.assertEqual(kind, judged(reach(base([untracked], hook=0, priority=priority)), "198.51.100.7")[0])

    def test_more_chains_of_one_priority_than_can_be_ordered_leave_it_open(self):
        mark = [Expression("immediate", {"dreg": 1, "data": struct.pack("=I", 7)}), Expression("meta", {"key": 3, "sreg": 1})]
        chains = [base([mark], name=f"in{number}")._replace(at=f"chain {number}", chain="in") for number in range(6)]
        chains = [one._replace(chains={"in": [Rule(f"{one.at} rule", tuple(mark))]}) for one in chains]
        self.assertEqual("let_in", judged(reach(chains[0]), "198.51.100.7")[0])
        self.assertEqual("let_in", judged(reach(*chains[:4]), "198.51.100.7")[0])
        self.assertEqual("unknown", judged(reach(*chains), "198.51.100.7")[0])


class Sets(unittest.TestCase):
    """The ipsets of iptables."""

    def set(self, kind, *elements, family=2, **options):
        return ipset.Ipset("s", kind, family, options, tuple(elements))

    def ip(self, text, key=1):
        return {key: netlink.attribute(1, ipaddress.ip_address(text).packed)}

    def holds(self, one, dimensions, flags, others=None, port=5432):
        asked = packet.Packet(4, True, "eth0", 2, (), False, OWN, port, packet.NEW, packet.SYN)
        return ipset.holds(one, others or {}, asked, dimensions, flags)

    def test_networks_with_exceptions(self):
        one = self.set("hash:net", {**self.ip("10.0.0.0"), 3: b"\x08"}, {**self.ip("10.1.0.0"), 3: b"\x10", 8: b"\0\0\0\4"}, {**self.ip("10.1.1.0"), 3: b"\x18"})
        sure, can = self.holds(one, 1, 2)
        self.assertEqual(sure, can)
        self.assertEqual([True, False, True, False], [int(ipaddress.ip_address(a)) in sure for a in ("10.0.0.1", "10.1.0.1", "10.1.1.1", "11.0.0.1")])

    def test_address_and_port(self):
        one = self.set("hash:ip,port", {**self.ip("10.0.0.1"), 4: struct.pack("!H", 5432), 7: b"\6"}, {**self.ip("10.0.0.2"), 4: struct.pack("!H", 5432), 7: b"\x11"},
                       {**self.ip("10.0.0.3"), 4: struct.pack("!H", 22), 7: b"\6"})
        sure, can = self.holds(one, 2, 2)  # src,dst
        self.assertEqual((spans.network("10.0.0.1"),) * 2, (sure, can))

    def test_what_is_not_known_of_a_set_could_hold_anyone_and_of_an_element_its_own(self):
        one = ipset.Ipset("s", "hash:ip", 2, {}, (self.ip("10.0.0.1"),))
        self.assertEqual((spans.network("10.0.0.1"),) * 2, self.holds(one, 1, 2))
        for options in ({12: b"\xff\xff\0\0"}, {20: b"\x10"}, {11: bytes(4)}, {31: b"\0"}, {8: b"\0\0\1\0"}):
            self.assertEqual((spans.NONE, spans.ALL[4]), self.holds(one._replace(options=options), 1, 2), options)
        for flags in (0x82, 0x12, 0x42):
            self.assertEqual((spans.NONE, spans.ALL[4]), self.holds(one, 1, flags))
            self.assertEqual((spans.NONE, spans.ALL[4]), self.holds(self.set("list:set", {18: b"s\0"}, family=0), 1, flags, {"s": one}))
        for more in ({8: b"\0\0\1\0"}, {31: b"\0"}):
            self.assertEqual((spans.NONE, spans.network("10.0.0.1")), self.holds(one._replace(elements=({**self.ip("10.0.0.1"), **more},)), 1, 2))

    def test_devices_by_the_beginning_of_their_name(self):
        for name, flags, inside in ((b"eth0\0", 0, True), (b"eth\0", 0, False), (b"eth\0", 0x80, True), (b"wlan\0", 0x80, False)):
            one = self.set("hash:net,iface", {**self.ip("10.0.0.0"), 3: b"\x08", 23: name, 8: flags.to_bytes(4, "big")})
            self.assertEqual((spans.network("10.0.0.0/8") if inside else spans.NONE,) * 2, self.holds(one, 2, 6), name)

    def test_a_list_of_sets_and_other_families(self):
        inner = self.set("hash:ip", self.ip("10.0.0.1"))
        one = self.set("list:set", {18: b"s\0"}, family=0)
        self.assertEqual((spans.network("10.0.0.1"),) * 2, self.holds(one, 1, 2, {"s": inner}))
        self.assertEqual((spans.NONE, spans.ALL[4]), self.holds(one, 1, 2, {}))
        self.assertEqual((spans.NONE, spans.NONE), self.holds(self.set("hash:ip", family=10), 1, 2))

    def test_a_kind_that_is_not_known_could_hold_anyone(self):
        for kind in ("hash:mac", "tree:ip", "hash:ip,mark"):
            self.assertEqual((spans.NONE, spans.ALL[4]), self.holds(self.set(kind, self.ip("10.0.0.1")), 2, 2) if kind != "hash:ip,mark" else (spans.NONE, spans.ALL[4]))


class Ranges(unittest.TestCase):

    def test_sets_of_ranges_are_as_sets_of_numbers(self):
        chance = random.Random(42)
        for _ in range(500):
            one, other = (spans.joined((low, min(low + chance.randrange(6), 63)) for low in chance.sample(range(64), chance.randrange(9))) for _ in range(2))
            numbers = [{n for n in range(64) if n in each} for each in (one, other)]
            for made, meant in ((one & other, numbers[0] & numbers[1]), (one | other, numbers[0] | numbers[1]), (one - other, numbers[0] - numbers[1])):
                self.assertEqual(meant, {n for n in range(64) if n in made})
                self.assertEqual(made, spans.joined(made.ranges))

    def test_masks_with_holes(self):
        chance = random.Random(42)
        for mask, value in ((0xFF0000FF, 0x0A000001), (0xFFFF00FF, 0x0A010005), (0xFFFFFFFF, 5), (0, 0), (0xFF, 7), (0xFF, 0x107)):
            sure, can = spans.masked(4, mask, value)
            for _ in range(300):
                address = chance.getrandbits(32) & ~mask | chance.choice((value, chance.getrandbits(32))) & mask
                self.assertTrue((address & mask == value) <= (address in can) and (address in sure) <= (address & mask == value))


if __name__ == "__main__":
    unittest.main()
