package io.axiomdb.login;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import org.jspecify.annotations.Nullable;

/**
 * Where to log in, as whom, and what the server has to prove.
 *
 * @param address name or address, an IPv6 address without brackets
 * @param password null for servers that ask for none
 * @param auth how it may ask for the password
 * @param sslMode as libpq has it
 * @param sslRootCert path of the certificate to trust; null for the driver's own default
 */
public record Login(
        String address,
        int port,
        String database,
        String user,
        @Nullable Secret password,
        Host.Auth auth,
        String sslMode,
        @Nullable String sslRootCert) {

    /**
     * Whether the proof has to be bound to the channel: where TLS checks no certificate, somebody in the middle could hand
     * everything on to the real server and stay.
     */
    public boolean bindsChannel() {
        return auth == Host.Auth.SCRAM && (sslMode.equals("require") || sslMode.equals("verify-ca"));
    }

    /** As libpq's require_auth has it: what it may ask for; whoever asks for anything else is an impostor. */
    public String requiredAuth() {
        return switch (auth) {
            case SCRAM -> "scram-sha-256";
            // A server whose pg_hba.conf says md5 uses SCRAM for whom it has a verifier of.
            case MD5 -> "md5,scram-sha-256";
            // A throw-away login on a server that is proved otherwise has a password all the same.
            case NONE -> password == null ? "none" : "none,scram-sha-256";
        };
    }
}
