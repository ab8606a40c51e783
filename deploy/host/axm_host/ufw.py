"""UFW: our openings as tuples in user.rules and user6.rules, loaded with iptables-restore.

Never `ufw reload` (the firewall is open meanwhile) and never the ufw command (updates are lost when two run). What is written is what
`ufw allow proto tcp from CIDR to any port PORT comment 'axm until TIME'` would write, so `ufw status` and `ufw delete` know our rules, and each one's
end can be read there.
"""
from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import re
import subprocess

from axm_host import files
from axm_host.access import Access, end_text, network, read_end
from axm_host.basics import Refusal, TOOL_PATH, UFW, UFW_LOCK, point

OURS = re.compile("axm(?: (until .*))?")
COMMENT = re.compile("comment=((?:[0-9a-f]{2})+)$")
EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
FAMILIES = {4: ("user.rules", "ufw-user-input", "iptables"), 6: ("user6.rules", "ufw6-user-input", "ip6tables")}
START, STOP = b"### RULES ###\n", b"\n### END RULES ###\n"


@functools.lru_cache(maxsize=None)
def tuple_text(port, cidr, until):
    """The two lines, with the empty one before them, of one opening."""
    source = network(cidr)
    everywhere, chain = EVERYWHERE[source.version], FAMILIES[source.version][1]
    source = str(source.network_address) if source.prefixlen == source.max_prefixlen else str(source)
    narrowed = "" if source == everywhere else f" -s {source}"
    return (f"\n### tuple ### allow tcp {port} {everywhere} any {source} in comment={('axm ' + end_text(until)).encode().hex()}\n"
            f"-A {chain} -p tcp --dport {port}{narrowed} -j ACCEPT\n").encode()


def split(data):
    """(before the rules, [each rule with its tuple], after them). Raises ValueError when the file is not one that ufw wrote."""
    start = data.index(START) + len(START)
    stop = data.find(STOP, start - 1)
    if stop < 0:  # a fresh file has only the first mark
        stop = start
        return data[:start], [], data[start:]
    first = data.find(b"\n### tuple ###", start - 1, stop)
    first = stop if first < 0 else first
    return data[:first], re.findall(rb"\n### tuple ###.*?(?=\n### tuple ###|\Z)", data[first:stop], re.DOTALL), data[stop:]


def _ours(rule):
    """What the comment of a rule of ours says after its first word; None for a rule of others."""
    comment = COMMENT.search(rule.split(b"\n")[1].decode("utf-8", "replace"))
    match = comment and OURS.fullmatch(bytes.fromhex(comment.group(1)).decode("utf-8", "replace"))
    return None if match is None else match.group(1) or ""


def is_ours(rule):
    return _ours(rule) is not None


def opening_of(rule, version):
    """(port, cidr, until) of a rule of ours, or None when it has another form."""
    match = re.match(rb"\n### tuple ### allow tcp (\d+) (\S+) any (\S+) in comment=", rule)
    if match is None or match.group(2) != EVERYWHERE[version].encode():
        return None
    with contextlib.suppress(ValueError):
        opening = int(match.group(1)), str(network(match.group(3).decode())), read_end(_ours(rule))
        return opening if _plain(tuple_text(*opening)) == _plain(rule.rstrip(b"\n") + b"\n") else None
    return None


def _plain(rule):
    return re.sub(rb" comment=[0-9a-f]*\n", b"\n", rule, count=1)


def rendered(data, openings):
    """The file with exactly these openings as ours, after all foreign rules, which stay as they are byte for byte."""
    before, rules, after = split(data)
    foreign = b"".join(rule for rule in rules if not is_ours(rule))
    ours = b"".join(tuple_text(*opening) for opening in openings)
    if not after.startswith(STOP) and ours:  # a fresh file: ufw adds the second mark with the first rule
        after = STOP + after
    return before + foreign + ours + after


def openings_in(data, version):
    """(the openings of ours, rules of ours in another form)."""
    good, strange = [], []
    for rule in split(data)[1]:
        if is_ours(rule):
            opening = opening_of(rule, version)
            (good if opening else strange).append(opening or rule.strip().split(b"\n")[0].decode("utf-8", "replace"))
    return good, strange


def simple_accepts(lines, chain):
    """How often each (port, cidr) is accepted, of rules in the file or of iptables-save; other forms, and networks that are no CIDR, are left out."""
    counts = {}
    version = 6 if chain.startswith("ufw6") else 4
    for line in lines:
        match = re.fullmatch(rf"-A {chain} (?:-s (\S+) )?-p tcp (?:-m tcp )?--dport ([0-9]{{1,5}})(?: -s (\S+))? -j ACCEPT", line)
        if match is not None:
            source = match.group(1) or match.group(3) or EVERYWHERE[version]
            with contextlib.suppress(ValueError):
                key = int(match.group(2)), str(network(source))
                counts[key] = counts.get(key, 0) + 1
    return counts


def path_of(version):
    return f"{UFW}/{FAMILIES[version][0]}"


def is_enabled():
    return re.search(rb"^ENABLED=yes\s*$", files.load(UFW + "/ufw.conf") or b"", re.MULTILINE | re.IGNORECASE) is not None


def with_ipv6():
    return re.search(rb"^IPV6=\"?yes", files.load("/etc/default/ufw") or b"", re.MULTILINE | re.IGNORECASE) is not None


def versions():
    return (4, 6) if with_ipv6() else (4,)


def running(version):
    """The lines of iptables-save, or None when ufw's chain is not there."""
    _, chain, program = FAMILIES[version]
    saved = _tool([program + "-save", "-t", "filter"]).stdout.decode("utf-8", "replace").split("\n")
    return saved if any(line.startswith(f":{chain} ") for line in saved) else None


def unfit(openings):
    """Why UFW cannot guard this host now, as Refusals."""
    if not is_enabled() or running(4) is None:
        return [Refusal("FIREWALL_INACTIVE", "ufw is not active",
                        "allow SSH and switch it on (ufw allow 22/tcp; ufw enable), or say `firewall: none` for this host")]
    reasons = []
    if not with_ipv6() and any(":" in cidr for _, cidr in openings):
        reasons.append(Refusal("FIREWALL_INACTIVE", "ufw leaves IPv6 alone (IPV6=no in /etc/default/ufw), and a rule is for IPv6 addresses",
                               "set IPV6=yes there and restart ufw, or take the IPv6 rules out"))
    policy = default_policy()
    if policy not in ("DROP", "REJECT"):
        reasons.append(Refusal("FIREWALL_OPEN", f"ufw lets in what no rule names (DEFAULT_INPUT_POLICY={policy[:20]} in /etc/default/ufw): every address reaches "
                               "the database ports", "allow SSH, then ufw default deny incoming"))
        return reasons
    open_families = [version for version in (4, 6) if accepts_by_default(version)]
    if 6 in open_families and not with_ipv6():
        reasons.append(Refusal("FIREWALL_OPEN", "ufw leaves IPv6 alone (IPV6=no in /etc/default/ufw) and the kernel lets it in: every IPv6 address reaches the "
                               "database ports", "set IPV6=yes there, then ufw disable; ufw enable"))
    elif open_families:
        reasons.append(Refusal("FIREWALL_OPEN", f"the kernel lets in what no rule names ({FAMILIES[open_families[0]][2]}: policy ACCEPT of the chain INPUT), "
                               "although ufw is to deny it", "ufw default deny incoming; ufw disable; ufw enable"))
    return reasons


def default_policy():
    """What ufw does with what no rule names: DROP, REJECT, ACCEPT; empty when nothing is said."""
    found = re.findall(rb"^\s*DEFAULT_INPUT_POLICY=[\"']?(\w*)", files.load("/etc/default/ufw") or b"", re.MULTILINE | re.IGNORECASE)
    return found[-1].decode().upper() if found else ""


def accepts_by_default(version):
    """Whether the kernel lets in what no rule names; False where the kernel does not speak this version at all."""
    if version == 6 and not files.load("/proc/net/if_inet6"):
        return False
    saved = _tool([FAMILIES[version][2] + "-save", "-t", "filter"]).stdout.decode("utf-8", "replace").split("\n")
    policies = [line.split()[1] for line in saved if line.startswith(":INPUT ")]
    return policies != ["DROP"]  # no chain at all stands for a kernel that was never told


@contextlib.contextmanager
def ufw_locked():
    with files.opened(UFW_LOCK, os.O_RDWR | os.O_CREAT, 0o644) as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield


class Firewall:
    """UFW as one layer of a change."""

    name = "ufw"

    def __init__(self, ports):
        self.ports, self.saved = ports, []

    def folders(self):
        return {UFW}

    def paths(self):
        """(each file that a change replaces, the user who reads it)."""
        return [(path_of(version), None) for version in versions()]

    def there(self, live=True):
        """The openings that stand in the files, with their ends there, and, if `live`, in the kernel."""
        openings = {}
        for version in versions():
            accepts = simple_accepts(running(version) or [], FAMILIES[version][1]) if live else None
            for port, cidr, until in openings_in(files.load(path_of(version)), version)[0]:
                if accepts is None or (port, cidr) in accepts:
                    openings[port, cidr] = until
        return Access({}, frozenset(), {}, openings)

    def disorder(self, access):
        items = []
        for version in versions():
            data = files.load(path_of(version))
            good, strange = openings_in(data, version)
            items += [{"layer": "ufw", "at": path_of(version), "is": rule, "why": "a rule marked as AxiomDB's in a form it does not write"}
                      for rule in strange]
            items += [{"layer": "ufw", "at": path_of(version), "is": f"port {port} from {cidr}", "why": "the opening is in the file, not in the kernel"}
                      for port, cidr, _ in good if (port, cidr) not in access.openings]
            items += [{"layer": "ufw", "at": path_of(version), "is": "rules", "why":
                       "the openings are repeated, out of order, before foreign rules, or their comments name other ends than were asked for"}
                      for _ in [0] if not strange and {one[:2] for one in good} == {one[:2] for one in _of(access, version)}
                      and rendered(data, _of(access, version)) != data]
            items += self._only_in_kernel(data, version)
        return items

    def _only_in_kernel(self, data, version):
        """Accepts on our ports that no file knows: somebody loaded them past ufw."""
        chain = FAMILIES[version][1]
        known = simple_accepts(data.decode("utf-8", "replace").split("\n"), chain)
        return [{"layer": "ufw", "at": f"chain {chain}", "is": f"port {port} from {cidr}", "why": "accepted in the kernel, and in no file of ufw"}
                for port, cidr in sorted(simple_accepts(running(version) or [], chain)) if port in self.ports and (port, cidr) not in known]

    def differs(self, access):
        return bool(self._changed(access))

    def converge(self, access, phase, force=False):
        with ufw_locked():
            changed = self._changed(access, force)
            point(f"{phase}:ufw:staged")
            for version, data in changed.items():
                _restore(version, data, "--test")
            point(f"{phase}:ufw:validated")
            for version, data in changed.items():
                if data != files.load(path_of(version)):
                    self.saved.append((version, files.save(path_of(version))))
                    point(f"{phase}:ufw:saved")
                    files.install(path_of(version), data, 0o640)
                    point(f"{phase}:ufw:installed")
                _restore(version, data)
            point(f"{phase}:ufw:reloaded")
            for version, data in changed.items():
                if self._unloaded(access, version, data):
                    raise Refusal("VERIFY_FAILED", f"the kernel's chain {FAMILIES[version][1]} does not accept what {path_of(version)} says",
                                  "look at iptables-save; another program may be writing the same chains")
            point(f"{phase}:ufw:verified")

    def _changed(self, access, force=False):
        """version -> its file, of those whose file or kernel is otherwise than wanted."""
        wanted = {version: self._wanted(access, version) for version in versions()}
        return {version: data for version, data in wanted.items()
                if force or data != files.load(path_of(version)) or self._unloaded(access, version, data)}

    def _wanted(self, access, version):
        try:
            return rendered(files.load(path_of(version)), _of(access, version))
        except ValueError:
            raise Refusal("FIREWALL_INACTIVE", f"{path_of(version)} is not a file that ufw wrote", "restore it, or `ufw reset`") from None

    def _unloaded(self, access, version, wanted):
        """Whether the kernel lacks an opening of ours, or accepts on our ports what the wanted file does not."""
        chain = FAMILIES[version][1]
        meant = simple_accepts(wanted.decode("utf-8", "replace").split("\n"), chain)
        real = simple_accepts(running(version) or [], chain)
        return (any(meant[key[:2]] != real.get(key[:2]) for key in _of(access, version))
                or any(key[0] in self.ports and key not in meant for key in real))

    def put_back(self):
        with ufw_locked():
            while self.saved:
                version, saved = self.saved.pop()
                files.put_back(saved)
                _restore(version, files.load(path_of(version)))

    def settle(self):
        while self.saved:
            files.forget(self.saved.pop()[1])


class NoFirewall:
    """A host that says `firewall: none`: the openings are what was asked for, and nobody guards them."""

    name = "ufw"

    def __init__(self, openings):
        self.openings = openings

    def folders(self):
        return set()

    def paths(self):
        return []

    def there(self, live=True):
        return Access({}, frozenset(), {}, dict(self.openings))

    def disorder(self, access):
        return []

    def differs(self, access):
        return False

    def converge(self, access, phase, force=False):
        return None

    def put_back(self):
        return None

    def settle(self):
        return None


def _of(access, version):
    return [(port, cidr, until) for (port, cidr), until in sorted(access.openings.items()) if (":" in cidr) == (version == 6)]


def _restore(version, data, *more):
    done = _tool([FAMILIES[version][2] + "-restore", "-n", *more], data)
    if done.returncode != 0:
        raise Refusal("VERIFY_FAILED", f"{FAMILIES[version][2]}-restore refuses {path_of(version)}: {done.stderr.decode('utf-8', 'replace').strip()[-300:]}",
                      "look at the line it names")


def _tool(command, data=b""):
    return subprocess.run(command, input=data, capture_output=True, env={"PATH": TOOL_PATH, "LC_ALL": "C"}, check=False)
