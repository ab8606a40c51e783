package io.axiomdb.adapter.secrets;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.SecretRef;
import io.axiomdb.port.SecretsKey;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The key as a Tink keyset in JSON: in a file, which is made when no secret needs an older key, or in the environment.
 * Several keys may stand in one keyset; the primary one seals, all of them open.
 */
public final class TinkKey implements SecretsKey {
    /** The file's name in the data directory when nothing else is asked for. */
    public static final String FILE = "secrets-key.json";

    private static final String VARIABLE = "AXM_SECRETS_KEY";

    private final Place place;
    private final String said;

    private TinkKey(Place place, String said) {
        this.place = place;
        this.said = said;
    }

    /**
     * Finds out where the key is; touches nothing yet.
     *
     * @param reference {@code env:NAME} or {@code file:path} as in AXM_SECRETS_KEY; null for the file in the data directory
     * @param home the data directory, AXM_HOME
     * @throws AxiomException with SECRETS_KEY when the reference is neither
     */
    public static TinkKey at(@Nullable String reference, Path home, Map<String, String> environment) {
        if (reference == null) {
            return new TinkKey(
                    new KeyFile(home.resolve(FILE), true, SecretFile.of(environment, home)),
                    VARIABLE + " is not set, and it is in AXM_HOME then");
        }
        SecretRef ref = SecretRef.parse(reference).orElseThrow(TinkKey::noReference);
        return new TinkKey(
                switch (ref.kind()) {
                    case ENV -> new Variable(ref.name(), environment.get(ref.name()));
                    case FILE ->
                        new KeyFile(Path.of(ref.name()).toAbsolutePath(), false, SecretFile.of(environment, home));
                    case SECRET -> throw noReference();
                },
                "by " + VARIABLE);
    }

    @Override
    public Sealer open(SortedSet<String> needed) {
        Optional<String> found = place.read();
        if (found.isEmpty() && !needed.isEmpty()) {
            throw refused(place + " holds no key, but secrets are stored that need " + named(needed), putItThere());
        }
        TinkSealer sealer =
                TinkSealer.of(found.orElseGet(() -> place.create(TinkSealer.newKeyset())), place.toString());
        SortedSet<String> missing = new TreeSet<>(needed);
        missing.removeAll(sealer.keyIds());
        if (!missing.isEmpty()) {
            throw refused(
                    place + " holds " + named(sealer.keyIds()) + ", but secrets are stored that need " + named(missing),
                    putItThere());
        }
        return sealer;
    }

    private String putItThere() {
        return "bring the key back from its backup to " + place + ", or point " + VARIABLE
                + "=file:path or env:NAME at it; if it is lost for good, an owner makes a new one: axm key new";
    }

    @Override
    public String place() {
        return place + " (" + said + ")";
    }

    @Override
    public Successor successor(SortedSet<String> lost) {
        Optional<String> found = place.read();
        if (found.isPresent() && TinkSealer.isKeyset(found.get())) {
            SortedSet<String> there =
                    TinkSealer.of(found.get(), place.toString()).keyIds();
            throw there.containsAll(lost)
                    ? refused(
                            place() + " holds " + named(there) + ", which opens all that is stored", "nothing is lost")
                    : refused(
                            place() + " holds " + named(there) + ", which can be read: no new key is made over it",
                            "the stored secrets need " + named(lost)
                                    + ". Bring that back from its backup; if it is lost for"
                                    + " good, point " + VARIABLE
                                    + "=file:path at a place where no key is, and run axm key new again");
        }
        String keyset = TinkSealer.newKeyset();
        return place.successor(keyset, TinkSealer.of(keyset, place.toString()));
    }

    private static String named(SortedSet<String> ids) {
        return (ids.size() == 1 ? "key " : "keys ") + String.join(", ", ids);
    }

    private static AxiomException noReference() {
        return refused(
                VARIABLE + " is not a reference",
                "set it to file:path or env:NAME; the key itself does not belong there");
    }

    static AxiomException refused(String detail, String help) {
        return new AxiomException(Diagnostic.of(Code.SECRETS_KEY, detail, help));
    }

    /** Where a keyset may be. Its text is for people. */
    sealed interface Place permits KeyFile, Variable {
        /** The keyset, or nothing when there is none yet. */
        Optional<String> read();

        /** Puts a new keyset there and returns it, or the one that somebody else put there first. */
        String create(String keyset);

        /** One that will be put there in the place of none, or of what is no keyset. */
        Successor successor(String keyset, Sealer sealer);
    }

    /** An environment variable that holds the keyset itself. */
    private record Variable(String name, @Nullable String value) implements Place {
        @Override
        public Optional<String> read() {
            return Optional.ofNullable(value);
        }

        @Override
        public String create(String keyset) {
            throw refused(
                    "the environment has no variable " + name,
                    "export the keyset in " + name + ", or unset " + VARIABLE + " and let axm make a key file");
        }

        @Override
        public Successor successor(String keyset, Sealer sealer) {
            throw refused(
                    name + " is a variable of the environment, which axm can't set",
                    "unset " + VARIABLE + ", or point it at a file: " + VARIABLE
                            + "=file:path; axm key new makes it there");
        }

        @Override
        public String toString() {
            return "the environment variable " + name;
        }
    }
}
