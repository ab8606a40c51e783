package io.axiomdb.observe;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.Disorder;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.AccessObservation.Seen;
import io.axiomdb.host.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a look at a machine means, as a doctor's list. Pure. */
public final class MachineChecks {
    /** How far its clock may be off: by more, rules end noticeably early or late. */
    private static final Duration SKEW = Duration.ofSeconds(2);

    private MachineChecks() {}

    /**
     * The list, in the order in which things build on each other.
     *
     * @param ours the version of the host helper that this axm brings
     * @param before when looking began, by our own clock
     * @param after when it ended
     */
    public static List<Check> of(Host host, AccessObservation observation, String ours, Instant before, Instant after) {
        return switch (observation) {
            case AccessObservation.Unmanaged() ->
                List.of(Check.note(
                        "machine",
                        "AxiomDB has no login there: it manages PostgreSQL alone, and enforces no network policy",
                        host.postgres() instanceof Host.Embedded ? "" : "add ssh to the host in the file"));
            case AccessObservation.Unknown(Diagnostic why) ->
                List.of(Check.bad("machine", why.code().summary() + ": " + why.detail(), why.help()));
            case Seen seen -> seen(host, seen, ours, before, after);
        };
    }

    private static List<Check> seen(Host host, Seen seen, String ours, Instant before, Instant after) {
        Facts facts = seen.facts();
        List<Check> checks = new ArrayList<>();
        checks.add(Check.ok("SSH", "the key is one of host_keys; we come from " + facts.client()));
        checks.add(helper(host, facts.helperVersion(), ours));
        checks.add(clock(facts.now(), before, after));
        checks.add(pooler(host, seen));
        for (Diagnostic why : seen.unfit()) {
            checks.add(Check.bad("unfit", why.detail(), why.help()));
        }
        if (host.firewall() == Host.Firewall.UFW
                && seen.unfit().stream().noneMatch(why -> why.detail().contains("FIREWALL"))) {
            checks.add(
                    seen.passages() == null
                            ? Check.bad("firewall", "the kernel's packet filter can't be read", "see the finding below")
                            : Check.ok("firewall", "ufw is active, and every chain on a packet's way was read"));
        }
        for (Disorder disorder : seen.disorders()) {
            checks.add(disorder(host, disorder));
        }
        for (Diagnostic finding : seen.findings()) {
            checks.add(Check.note("finding", finding.detail(), finding.help()));
        }
        return checks;
    }

    private static Check helper(Host host, String there, String ours) {
        return there.equals(ours)
                ? Check.ok("host helper", there)
                : Check.note(
                        "host helper",
                        there + ", while this axm brings " + ours,
                        "axm host enroll " + host.name() + " --as root");
    }

    /** The host's answer has whole seconds. */
    private static Check clock(Instant there, Instant before, Instant after) {
        boolean slow = there.plusSeconds(1).plus(SKEW).isBefore(before);
        boolean fast = there.minus(SKEW).isAfter(after);
        if (!slow && !fast) {
            return Check.ok("clock", "agrees with this machine's");
        }
        return Check.bad(
                "clock",
                "it says " + there + ", this machine's " + after,
                "let both follow NTP (timedatectl set-ntp true): rules end by the host's own clock");
    }

    private static Check pooler(Host host, Seen seen) {
        if (host.runtimePort() == null) {
            return Check.ok("PgBouncer", "none is declared (ports.runtime)");
        }
        if (seen.disorders().stream().anyMatch(Disorder::isPoolerDown)) {
            return Check.bad(
                    "PgBouncer",
                    "it is not running: nobody gets in by port " + host.runtimePort(),
                    "its log says why it ended (journalctl -u axm-pgbouncer); start it, or let axm apply do so");
        }
        Facts facts = seen.facts();
        if (facts.poolerVersion() == null) {
            return Check.note(
                    "PgBouncer", "not installed", "apt install pgbouncer, then axm host enroll " + host.name());
        }
        boolean kept = seen.unfit().stream().anyMatch(why -> why.detail().endsWith("(NO_POOLER)"));
        return Check.ok(
                "PgBouncer",
                facts.poolerVersion() + (kept ? "" : "; its own OS user axm-pooler reaches PostgreSQL's socket"));
    }

    private static Check disorder(Host host, Disorder disorder) {
        String what = disorder.at() + (disorder.is().isEmpty() ? "" : " " + disorder.is()) + ": " + disorder.why();
        return disorder.layer().equals("timer")
                ? Check.bad("timer", what, "axm host enroll " + host.name() + " --as root arms it again")
                : Check.note(disorder.layer(), what, "axm plan shows what apply makes of it");
    }
}
