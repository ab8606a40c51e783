package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.ssh.Part.Wrong;
import io.axiomdb.core.AddressSet;
import io.axiomdb.core.AddressSet.Span;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Shared;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Opening;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation.Certificate;
import io.axiomdb.host.AccessObservation.Disorder;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Expired;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.AccessObservation.Passage;
import io.axiomdb.host.AccessObservation.Passing;
import io.axiomdb.host.AccessObservation.Seen;
import io.axiomdb.host.AccessObservation.Sessions;
import io.axiomdb.host.KeptMark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what the host helper answers to {@code look}. What is added to the protocol later may stand beside what is read, but not inside {@code access}. */
final class Answers {
    private final Host host;

    Answers(Host host) {
        this.host = host;
    }

    Seen seen(Part answer) throws Wrong {
        Part pooler = answer.has("pooler") ? answer.get("pooler").object() : null;
        List<Diagnostic> findings = told("findings", Code.HOST_FINDING, answer);
        return new Seen(
                facts(answer, pooler),
                access(answer.get("access")),
                disorders(answer),
                findings,
                passages(answer),
                told("unfit", Code.HOST_UNFIT, answer),
                sessions(answer),
                ends(pooler),
                certificate(answer),
                expired(answer));
    }

    private static List<KeptMark> marks(Part answer) throws Wrong {
        List<KeptMark> marks = new ArrayList<>();
        for (Part mark : answer.has("marks") ? answer.list("marks") : List.<Part>of()) {
            try {
                Anchor anchor = new Anchor(mark.number("sequence"), mark.text("head"));
                marks.add(new KeptMark(
                        new Mark(mark.text("control_plane"), mark.number("apply"), anchor), mark.time("since")));
            } catch (IllegalArgumentException e) {
                throw new Wrong("a mark is " + e.getMessage());
            }
        }
        return marks;
    }

    private static Facts facts(Part answer, @Nullable Part pooler) throws Wrong {
        Part postgres = answer.get("postgres").object();
        String client = answer.textOrNull("client");
        return new Facts(
                answer.text("helper"),
                answer.time("now"),
                client == null ? "" : client,
                postgres.whole("version"),
                pooler == null ? null : pooler.textOrNull("version"),
                postgres.text("system_identifier"),
                postgres.has("dumps") && postgres.yes("dumps"),
                postgres.has("lookup_role") ? postgres.number("lookup_role") : 0,
                marks(answer));
    }

    private static EndsPooled ends(@Nullable Part pooler) throws Wrong {
        return pooler != null && "client".equals(pooler.textOrNull("ends_pooled"))
                ? EndsPooled.CLIENT
                : EndsPooled.DATABASE;
    }

    private static Access access(Part access) throws Wrong {
        Shared shared = new Shared();
        access.only(Set.of("branches", "entries", "openings"));
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>();
        for (Part branch : access.list("branches")) {
            branch.only(Set.of("database", "roles"));
            SortedSet<String> roles = new TreeSet<>();
            for (Part role : branch.list("roles")) {
                roles.add(shared.of(role.asText()));
            }
            branches.put(shared.of(branch.text("database")), roles);
        }
        SortedSet<Entry> entries = new TreeSet<>();
        for (Part entry : access.list("entries")) {
            entry.only(Set.of("port", "database", "cidr", "until"));
            String database = shared.of(entry.text("database"));
            entries.add(new Entry(port(entry), database, shared.of(cidr(entry)), entry.timeOrNull("until")));
        }
        SortedSet<Opening> openings = new TreeSet<>();
        for (Part opening : access.list("openings")) {
            opening.only(Set.of("port", "cidr", "until"));
            openings.add(new Opening(opening.whole("port"), shared.of(cidr(opening)), opening.timeOrNull("until")));
        }
        return new Access(branches, entries, openings);
    }

    private static Port port(Part part) throws Wrong {
        return switch (part.text("port")) {
            case "runtime" -> Port.RUNTIME;
            case "direct" -> Port.DIRECT;
            default -> throw new Wrong(part.at() + ".port is neither runtime nor direct");
        };
    }

    private static Cidr cidr(Part part) throws Wrong {
        String text = part.text("cidr");
        if (Cidr.read(text) instanceof Cidr.Read.Range(Cidr cidr)
                && cidr.toString().equals(text)) {
            return cidr;
        }
        throw new Wrong(part.at() + ".cidr is not a canonical range of addresses");
    }

    private static @Nullable List<Passage> passages(Part answer) throws Wrong {
        if (!answer.has("packets")) {
            return null;
        }
        List<Passage> passages = new ArrayList<>();
        for (Part one : answer.list("packets")) {
            one.only(Set.of("port", "is", "rule", "from"));
            List<Span> from = new ArrayList<>();
            for (Part range : one.list("from")) {
                from.add(span(range));
            }
            passages.add(new Passage(one.whole("port"), passing(one), one.text("rule"), new AddressSet(from)));
        }
        return passages;
    }

    private static Passing passing(Part part) throws Wrong {
        return switch (part.text("is")) {
            case "let_in" -> Passing.LET_IN;
            case "kept_out" -> Passing.KEPT_OUT;
            case "elsewhere" -> Passing.ELSEWHERE;
            case "unknown" -> Passing.UNKNOWN;
            default -> throw new Wrong(part.at() + ".is has a word that this version does not know");
        };
    }

    /** {@code first-last}, or one address. */
    private static Span span(Part range) throws Wrong {
        String[] ends = range.asText().split("-", -1);
        if (ends.length <= 2
                && Cidr.read(ends[0]) instanceof Cidr.Read.Range(Cidr first)
                && Cidr.read(ends[ends.length - 1]) instanceof Cidr.Read.Range(Cidr last)
                && first.family() == last.family()
                && first.prefix() == last.prefix()
                && first.prefix() == first.family().bits()
                && first.first().compareTo(last.first()) <= 0) {
            return new Span(first.family(), first.first(), last.first());
        }
        throw new Wrong(range.at() + " is no range of addresses");
    }

    private static List<Disorder> disorders(Part answer) throws Wrong {
        List<Disorder> all = new ArrayList<>();
        for (Part one : answer.list("disorder")) {
            all.add(new Disorder(one.text("layer"), one.text("at"), one.text("is"), one.text("why")));
        }
        if (answer.has("pending")) {
            all.add(unconfirmed(answer.get("pending").time("deadline")));
        }
        return all;
    }

    /** What is there now will not stay: whoever takes it for what was asked for believes what the host undoes. */
    private static Disorder unconfirmed(Instant deadline) {
        return new Disorder(
                "pending", "a change of AxiomDB", "until " + deadline, "not confirmed, the host undoes it by itself");
    }

    /** What the host tells in words of its own, with its own code behind them. */
    List<Diagnostic> told(String name, Code code, Part answer) throws Wrong {
        List<Diagnostic> all = new ArrayList<>();
        for (Part one : answer.list(name)) {
            String at = one.textOrNull("at");
            all.add(diagnostic(
                    code,
                    (at == null || at.isEmpty() ? "" : at + ": ") + one.text("what") + " (" + one.text("code") + ")",
                    one.text("mend")));
        }
        return all;
    }

    private Diagnostic diagnostic(Code code, String what, String mend) {
        return Diagnostic.of(code, host.origin().of("ssh"), "host " + host.name() + ": " + what, mend);
    }

    private static List<Sessions> sessions(Part answer) throws Wrong {
        List<Sessions> all = new ArrayList<>();
        for (Part one : answer.list("sessions")) {
            all.add(new Sessions(
                    port(one), one.text("database"), one.text("role"), one.text("address"), one.whole("count")));
        }
        return all;
    }

    private static @Nullable Certificate certificate(Part answer) throws Wrong {
        if (!answer.has("certificate") || !answer.get("certificate").has("request")) {
            return null;
        }
        Part certificate = answer.get("certificate");
        Part served = certificate.get("served").object();
        return new Certificate(
                certificate.text("request"),
                certificate.textOrNull("installed"),
                served.textOrNull("direct"),
                served.textOrNull("runtime"));
    }

    private static List<Expired> expired(Part answer) throws Wrong {
        List<Expired> all = new ArrayList<>();
        for (Part one : answer.list("journal")) {
            if (one.text("event").equals("expired")) {
                all.add(new Expired(one.time("at"), port(one), one.text("database"), one.text("cidr")));
            }
        }
        return all;
    }
}
