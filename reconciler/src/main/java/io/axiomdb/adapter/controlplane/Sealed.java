package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Secret;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.CredentialKey;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is sealed, and the place that it is bound to. Both are part of what is stored: changing them loses passwords. */
final class Sealed {
    private Sealed() {}

    /** The verifier first, for it has no line end; the password may hold anything. */
    static Secret join(Secret password, Secret verifier) {
        if (verifier.reveal().contains("\n")) {
            throw new IllegalArgumentException("a verifier with a line end");
        }
        return Secret.of(verifier.reveal() + "\n" + password.reveal());
    }

    static StoredSecret split(CredentialKey key, Secret joined) {
        int end = joined.reveal().indexOf('\n');
        Secret verifier = Secret.of(joined.reveal().substring(0, end));
        return new StoredSecret(key, Secret.of(joined.reveal().substring(end + 1)), verifier);
    }

    /** Quoted, so that no two places read alike. */
    static String place(String organization, CredentialKey key, int version) {
        return Stream.of(organization, key.project(), key.branch(), key.role().word(), Integer.toString(version))
                .map(part -> "'" + part.replace("'", "''") + "'")
                .collect(Collectors.joining(" "));
    }
}
