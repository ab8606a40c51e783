package io.axiomdb.adapter.ssh;

import io.axiomdb.core.Digest;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;
import org.jspecify.annotations.Nullable;

/** Accepts the keys that the file names and no other; there is no first use to be trusted. Remembers what it saw. */
final class PinnedKeys implements HostKeyVerifier {
    private final SortedSet<String> pinned;
    private volatile @Nullable String seen;

    /**
     * Ready for one connection.
     *
     * @param pinned type and key as in known_hosts
     */
    PinnedKeys(SortedSet<String> pinned) {
        this.pinned = pinned;
    }

    @Override
    public boolean verify(String address, int port, PublicKey key) {
        String shown = text(key);
        seen = shown;
        return pinned.contains(shown);
    }

    /** A machine has a key of each kind; only of these kinds do we know one. */
    @Override
    public List<String> findExistingAlgorithms(String address, int port) {
        return pinned.stream()
                .map(key -> key.substring(0, key.indexOf(' ')))
                .distinct()
                .flatMap(type ->
                        (type.equals("ssh-rsa") ? List.of("rsa-sha2-512", "rsa-sha2-256") : List.of(type)).stream())
                .toList();
    }

    /** The key that the machine showed, as in known_hosts; null when it did not come so far. */
    @Nullable
    String seen() {
        return seen;
    }

    /** As in known_hosts. */
    static String text(PublicKey key) {
        byte[] blob = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
        return KeyType.fromKey(key) + " " + Base64.getEncoder().encodeToString(blob);
    }

    /** As ssh-keygen -l prints it. */
    static String fingerprint(String key) {
        byte[] blob = Base64.getDecoder().decode(key.substring(key.indexOf(' ') + 1));
        byte[] digest = HexFormat.of().parseHex(Digest.of(blob).hex());
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    }
}
