package io.axiomdb.plan;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.Disorder;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Expired;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.AccessObservation.Sessions;
import io.axiomdb.host.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was seen on hosts beyond what was declared, a line each: the host, a word, and what belongs to it, between bars.
 * {@code db1 | session | runtime | sq_shop_main | shop_main_rw | 10.1.2.3 | 14}
 */
record SeenLines(List<String> words) {
    static List<SeenLines> read(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(line -> !line.isBlank())
                        .map(line -> new SeenLines(List.of(line.strip().split(" *\\| *"))))
                        .toList()
                : List.of();
    }

    String host() {
        return words.getFirst();
    }

    Observation on(String host, @Nullable Observation before) {
        if (!(before instanceof Observation.Seen seen) || !(seen.access() instanceof AccessObservation.Seen access)) {
            throw new IllegalStateException(host + " shows no files");
        }
        return seen.with(
                words.get(1).equals("unknown")
                        ? new AccessObservation.Unknown(diagnostic(words.get(2)))
                        : with(access));
    }

    private AccessObservation.Seen with(AccessObservation.Seen seen) {
        List<Disorder> disorders = new ArrayList<>(seen.disorders());
        List<Diagnostic> findings = new ArrayList<>(seen.findings());
        List<Diagnostic> unfit = new ArrayList<>(seen.unfit());
        List<Sessions> sessions = new ArrayList<>(seen.sessions());
        List<Expired> journal = new ArrayList<>(seen.journal());
        Facts facts = seen.facts();
        Access access = seen.access();
        EndsPooled ends = seen.endsPooled();
        switch (words.get(1)) {
            case "disorder" -> disorders.add(new Disorder(words.get(2), words.get(3), words.get(4), words.get(5)));
            case "finding" -> findings.add(diagnostic(words.get(2)));
            case "unfit" -> unfit.add(diagnostic(words.get(2)));
            case "session" ->
                sessions.add(new Sessions(
                        port(2), words.get(3), words.get(4), words.get(5), Integer.parseInt(words.get(6))));
            case "pools" -> ends = EndsPooled.valueOf(words.get(2).toUpperCase(Locale.ROOT));
            case "journal" ->
                journal.add(new Expired(Instant.parse(words.get(2)), port(3), words.get(4), words.get(5)));
            case "clock" ->
                facts = new Facts(
                        facts.helperVersion(),
                        Instant.parse(words.get(2)),
                        facts.client(),
                        facts.serverVersion(),
                        facts.poolerVersion(),
                        facts.systemIdentifier(),
                        facts.dumps(),
                        facts.lookupRole(),
                        facts.marks());
            case "dumps" ->
                facts = new Facts(
                        facts.helperVersion(),
                        facts.now(),
                        facts.client(),
                        facts.serverVersion(),
                        facts.poolerVersion(),
                        facts.systemIdentifier(),
                        true,
                        facts.lookupRole(),
                        facts.marks());
            case "lookup role" ->
                facts = new Facts(
                        facts.helperVersion(),
                        facts.now(),
                        facts.client(),
                        facts.serverVersion(),
                        facts.poolerVersion(),
                        facts.systemIdentifier(),
                        facts.dumps(),
                        Long.parseLong(words.get(2)),
                        facts.marks());
            case "also" -> access = with(access, true);
            case "without" -> access = with(access, false);
            default -> throw new IllegalStateException(words.toString());
        }
        return new AccessObservation.Seen(
                facts,
                access,
                disorders,
                findings,
                seen.passages(),
                unfit,
                sessions,
                ends,
                seen.certificate(),
                journal);
    }

    /** An entry more or less, or a database's own lines less. */
    private Access with(Access access, boolean more) {
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>(access.branches());
        SortedSet<Entry> entries = new TreeSet<>(access.entries());
        if (words.get(2).equals("roles")) {
            branches.remove(words.get(3));
            return new Access(branches, entries, access.openings());
        }
        Entry entry = new Entry(
                port(2),
                words.get(3),
                ((Cidr.Read.Range) Cidr.read(words.get(4))).cidr(),
                words.size() > 5 ? Instant.parse(words.get(5)) : null);
        boolean changed = more ? entries.add(entry) : entries.remove(entry);
        if (!changed) {
            throw new IllegalStateException("nothing to change: " + entry + " in " + entries);
        }
        return new Access(branches, entries, access.openings());
    }

    private Port port(int word) {
        return Port.valueOf(words.get(word).toUpperCase(Locale.ROOT));
    }

    private static Diagnostic diagnostic(String words) {
        return Diagnostic.of(Code.HOST_UNREACHABLE, words, "mend it");
    }
}
