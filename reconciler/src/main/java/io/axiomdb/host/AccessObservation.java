package io.axiomdb.host;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Diagnostic;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of looking at the files, the pooler and the firewall of a host. */
public sealed interface AccessObservation {
    /** AxiomDB has no login on the machine: it manages PostgreSQL alone. */
    record Unmanaged() implements AccessObservation {}

    /** It could not be seen: nothing is concluded and nothing changed. */
    record Unknown(Diagnostic why) implements AccessObservation {}

    /**
     * It was seen.
     *
     * @param access what is there, as each layer reads it back
     * @param disorders what stands in our parts and nobody asked for, beyond what {@code access} can say
     * @param findings foreign things that a person should know of; they stay
     * @param passages who reaches which port by the kernel's packet filter, everyone's rules taken together; null when it can't be read
     * @param unfit why the host can't be changed as it is; empty when it can
     * @param sessions open sessions of our roles
     * @param endsPooled whether one pooled session can be ended, or only all of its database
     */
    record Seen(
            Facts facts,
            Access access,
            List<Disorder> disorders,
            List<Diagnostic> findings,
            @Nullable List<Passage> passages,
            List<Diagnostic> unfit,
            List<Sessions> sessions,
            EndsPooled endsPooled,
            @Nullable Certificate certificate,
            List<Expired> journal)
            implements AccessObservation {
        public Seen {
            disorders = List.copyOf(disorders);
            findings = List.copyOf(findings);
            passages = passages == null ? null : List.copyOf(passages);
            unfit = List.copyOf(unfit);
            sessions = List.copyOf(sessions);
            journal = List.copyOf(journal);
        }
    }

    /**
     * What the host says of itself.
     *
     * @param now its clock
     * @param client the address that it sees us at
     * @param poolerVersion null without a pooler
     * @param systemIdentifier of its PostgreSQL cluster, an unsigned 64-bit number as text
     * @param dumps whether pg_dump and pg_restore of its server's own version are there
     * @param lookupRole number of the role that enrolment made for the pooler; 0 where it made none
     * @param marks how far the control planes are that changed the organization here
     */
    record Facts(
            String helperVersion,
            Instant now,
            String client,
            int serverVersion,
            @Nullable String poolerVersion,
            String systemIdentifier,
            boolean dumps,
            long lookupRole,
            List<KeptMark> marks) {
        public Facts {
            marks = List.copyOf(marks);
        }

        /** Of a host that nothing was changed on, and that AxiomDB made no role on. */
        public Facts(
                String helperVersion,
                Instant now,
                String client,
                int serverVersion,
                @Nullable String poolerVersion,
                String systemIdentifier,
                boolean dumps) {
            this(helperVersion, now, client, serverVersion, poolerVersion, systemIdentifier, dumps, 0, List.of());
        }
    }

    /**
     * What becomes of the packets of some clients on their way to a port.
     *
     * @param rule that decides so, in words; empty for AxiomDB's own openings
     */
    record Passage(int port, Passing is, String rule, AddressSet from) {}

    /** What can become of packets. */
    enum Passing {
        LET_IN,
        KEPT_OUT,
        /** They are led to another port or machine. */
        ELSEWHERE,
        /** A rule decides by what can't be known beforehand, or can't be read. */
        UNKNOWN
    }

    /** How precisely pooled sessions can be ended. */
    enum EndsPooled {
        CLIENT,
        DATABASE
    }

    /**
     * Something in our part of a host that nobody asked for.
     *
     * @param layer such as {@code pg_hba.conf}
     * @param at file and line; empty where there is none
     * @param is its text; empty where something is missing
     */
    record Disorder(String layer, String at, String is, String why) {
        /** The helper's own words for a pooler that does not run. */
        public boolean isPoolerDown() {
            return layer.equals("pooler") && is.equals("process = not running");
        }
    }

    /** Sessions of one role from one address. */
    record Sessions(Access.Port port, String database, String role, String address, int count) {}

    /**
     * The certificate of the host's own key.
     *
     * @param request PKCS #10, PEM
     * @param installed PEM; null when there is none
     * @param servedDirect SHA-256 of what PostgreSQL shows, in hex; null when it shows none
     * @param servedRuntime SHA-256 of what the pooler shows, in hex; null when it shows none
     */
    record Certificate(
            String request,
            @Nullable String installed,
            @Nullable String servedDirect,
            @Nullable String servedRuntime) {}

    /** An entry that the host closed by itself when its time had come. */
    record Expired(Instant at, Access.Port port, String database, String cidr) {}
}
