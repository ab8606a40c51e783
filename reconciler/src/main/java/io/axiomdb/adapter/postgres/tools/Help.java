package io.axiomdb.adapter.postgres.tools;

/** How to mend what the programs say. */
final class Help {
    private Help() {}

    static String of(String said) {
        if (said.contains("channel binding")) {
            return "before version 16 pg_dump shows a password only to a server that proves to know it: store the"
                    + " administrator's by SCRAM there, or write tls: verify-full";
        }
        if (said.contains("connection to server")) {
            return "pg_dump logs in as AxiomDB's administrator does, and pg_restore as a login of its own with a SCRAM"
                    + " password: pg_hba.conf must let both in from here";
        }
        if (said.startsWith("pg_restore")) {
            return "what the branch's owner may not make is not restored, for what users wrote never runs as a superuser:"
                    + " leave it out of the original, or have its files copied with data: full, hold_sessions: true";
        }
        return "mend that in the original";
    }
}
