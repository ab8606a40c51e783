package io.axiomdb.adapter.secrets;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import io.axiomdb.port.SecretResolver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code env:NAME} and {@code file:path}. {@code secret:name} is refused: the secret store keeps the
 * credentials of branches and no secrets under names of their own.
 */
public final class References implements SecretResolver {
    private final Map<String, String> environment;
    private final Path directory;
    private final SecretFile files;

    /**
     * Looks up what references name.
     *
     * @param directory what relative paths are relative to: where the file with the references stands
     * @param home AXM_HOME, one of the directories that files may be in
     */
    public References(Map<String, String> environment, Path directory, Path home) {
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.files = SecretFile.of(environment, home);
    }

    @Override
    public Secret resolve(SecretRef ref) {
        String value = switch (ref.kind()) {
            case ENV -> variable(ref);
            case FILE -> content(ref);
            case SECRET ->
                throw unresolved(
                        ref, "this version keeps no secrets under names of their own", "use env:NAME or file:path");
        };
        if (value.isEmpty()) {
            throw unresolved(ref, "it is empty", "put the secret there");
        }
        return Secret.of(value);
    }

    private String variable(SecretRef ref) {
        String value = environment.get(ref.name());
        if (value == null) {
            throw unresolved(ref, "the environment has no variable " + ref.name(), "export " + ref.name() + "=...");
        }
        return value;
    }

    /** What is in the file, without the line end that editors put there. */
    private String content(SecretRef ref) {
        Path path = directory.resolve(ref.name());
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(files.read(path)))
                    .toString();
            return text.endsWith("\r\n")
                    ? text.substring(0, text.length() - 2)
                    : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (SecretFile.Unfit e) {
            throw new AxiomException(Diagnostic.of(Code.SECRET_FILE, ref + ": " + e.getMessage(), e.help()), e);
        } catch (CharacterCodingException e) {
            throw unresolved(ref, path + " is not UTF-8 text", "name a file that holds the secret alone");
        } catch (IOException e) {
            throw unresolved(
                    ref,
                    path + " can't be read",
                    "make the file readable for the user who runs axm, and no one else",
                    e);
        }
    }

    private static AxiomException unresolved(SecretRef ref, String why, String help) {
        return unresolved(ref, why, help, null);
    }

    private static AxiomException unresolved(SecretRef ref, String why, String help, @Nullable IOException cause) {
        return new AxiomException(Diagnostic.of(Code.SECRET_UNRESOLVED, ref + ": " + why, help), cause);
    }
}
