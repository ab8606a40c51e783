package io.axiomdb.port;

import io.axiomdb.audit.Actor;
import io.axiomdb.core.Sorted;
import io.axiomdb.registry.CredentialKey;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** A new key in the place of one that is lost. Thread-safe. */
public interface KeyRenewal {
    /**
     * What can't be opened again without the key. Changes nothing.
     *
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when a key that can be read is where it is looked for
     */
    Lost lost();

    /**
     * Makes a new key. What was sealed before stays stored and counts as unknown; each organization that had any of it, and
     * the asking one, gets an audit entry of the same transaction.
     *
     * @param organization whose owner asks
     * @param shown what the owner said yes to
     * @return the new key's name
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY as above, when the new key can't be put there, or when something
     *     else is sealed by now
     */
    String renew(String organization, Lost shown, Actor actor);

    /**
     * What is sealed with a lost key.
     *
     * @param keys their names; empty when nothing was ever sealed
     * @param place where the key was looked for, for people
     * @param roles whose passwords can't be opened, by organization, with those of removed branches whose data is retained
     * @param authorities certificates of authorities whose private keys can't be opened, PEM, newest first
     */
    record Lost(
            SortedSet<String> keys,
            String place,
            SortedMap<String, List<CredentialKey>> roles,
            List<String> authorities) {
        public Lost {
            keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
            roles = Sorted.map(roles);
            authorities = List.copyOf(authorities);
        }
    }
}
