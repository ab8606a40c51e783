package io.axiomdb.adapter.secrets;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Secret;
import io.axiomdb.port.SecretsKey.Sealer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * AES-256-GCM by Tink; the place is the associated data. Causes of failures are left out on purpose: what a parser says
 * about a broken keyset may quote it.
 */
final class TinkSealer implements Sealer {
    private final Aead aead;
    private final String keyId;
    private final SortedSet<String> keyIds;
    private final String origin;

    private TinkSealer(KeysetHandle handle, String origin) throws GeneralSecurityException {
        this.aead = handle.getPrimitive(algorithms(), Aead.class);
        this.keyId = id(handle.getPrimary());
        SortedSet<String> ids = new TreeSet<>();
        for (int i = 0; i < handle.size(); i++) {
            ids.add(id(handle.getAt(i)));
        }
        this.keyIds = Collections.unmodifiableSortedSet(ids);
        this.origin = origin;
    }

    /**
     * Reads a keyset.
     *
     * @param origin where it is from, for people
     */
    static TinkSealer of(String keyset, String origin) {
        try {
            return new TinkSealer(
                    TinkJsonProtoKeysetFormat.parseKeyset(keyset, algorithms(), InsecureSecretKeyAccess.get()), origin);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw TinkKey.refused(
                    origin + " does not hold a Tink keyset for AEAD in JSON",
                    "bring the key back from its backup; if it is lost for good, an owner makes a new one: axm key new");
        }
    }

    static boolean isKeyset(String text) {
        try {
            of(text, "");
            return true;
        } catch (AxiomException e) {
            return false;
        }
    }

    static String newKeyset() {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeyset(
                    KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, algorithms()),
                    algorithms(),
                    InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    private static Configuration algorithms() throws GeneralSecurityException {
        AeadConfig.register();
        return RegistryConfiguration.get();
    }

    /** As Tink writes it into a keyset. */
    private static String id(KeysetHandle.Entry entry) {
        return Integer.toUnsignedString(entry.getId());
    }

    @Override
    public String keyId() {
        return keyId;
    }

    @Override
    public SortedSet<String> keyIds() {
        return keyIds;
    }

    @Override
    public byte[] seal(Secret secret, String place) {
        try {
            return aead.encrypt(bytes(secret.reveal()), bytes(place));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encryption failed", e);
        }
    }

    @Override
    public Secret open(byte[] sealed, String place) {
        try {
            return Secret.of(new String(aead.decrypt(sealed, bytes(place)), StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw cannotOpen();
        }
    }

    private AxiomException cannotOpen() {
        return TinkKey.refused(
                "a stored secret can't be opened with the key in " + origin
                        + ": it was changed in the database, moved there from another place, or sealed with another key",
                "restore the control plane's tables axiomdb.credentials and axiomdb.certificate_authorities; a role"
                        + " can have a new password instead");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
