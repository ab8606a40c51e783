package io.axiomdb.cli.view;

import io.axiomdb.port.KeyRenewal.Lost;
import io.axiomdb.registry.CredentialKey;

/** What a lost key means, for programs. */
public final class KeyJson {
    private KeyJson() {}

    /**
     * The same as {@link KeyText}.
     *
     * @param key the new key's name; empty when nothing was lost
     */
    public static String render(String key, Lost lost) {
        var root = Json.format("axiomdb.key/1").put("key", key).put("place", lost.place());
        root.set("lost_keys", Json.texts(lost.keys()));
        var roles = Json.object();
        lost.roles()
                .forEach((organization, all) -> roles.set(
                        organization,
                        Json.texts(all.stream().map(CredentialKey::toString).toList())));
        root.set("unknown_passwords", roles);
        root.put("lost_authorities", lost.authorities().size());
        return Json.write(root);
    }
}
