package io.axiomdb.adapter.ssh;

import com.hierynomus.sshj.userauth.keyprovider.OpenSSHKeyV1KeyFile;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import io.axiomdb.port.SecretResolver;
import java.io.IOException;
import java.security.KeyPair;
import net.schmizz.sshj.common.SSHRuntimeException;

/** Reads private keys as ssh-keygen writes them. Nothing of a key is ever in a message. */
final class PrivateKeys {
    private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";

    private PrivateKeys() {}

    /**
     * The key behind a reference.
     *
     * @throws AxiomException SECRET_UNRESOLVED, or SSH_KEY when it is none that can be used
     */
    static KeyPair read(SecretRef ref, SecretResolver secrets) {
        Secret secret = secrets.resolve(ref);
        if (!secret.reveal().stripLeading().startsWith(BEGIN)) {
            throw refused(
                    ref,
                    "it is not in OpenSSH's own format",
                    "ssh-keygen -t ed25519 makes one; ssh-keygen -p -f FILE rewrites an older one; a public key (.pub)"
                            + " is not it");
        }
        OpenSSHKeyV1KeyFile file = new OpenSSHKeyV1KeyFile();
        file.init(secret.reveal().strip() + "\n", null, null);
        try {
            return new KeyPair(file.getPublic(), file.getPrivate());
        } catch (IOException | SSHRuntimeException e) {
            // The library's words may quote the text: they stay behind.
            throw refused(
                    ref,
                    "it can't be read: it has a passphrase or is damaged",
                    "AxiomDB asks for no passphrase: ssh-keygen -p -N '' -f FILE takes it away; or make a key for axm alone");
        }
    }

    private static AxiomException refused(SecretRef ref, String why, String help) {
        return new AxiomException(Diagnostic.of(Code.SSH_KEY, ref + ": " + why, help));
    }
}
