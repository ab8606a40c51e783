package io.axiomdb.load;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.SecretRef;
import io.axiomdb.core.Source;
import io.axiomdb.load.Node.Scalar;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Values with a grammar of their own: each has one canonical text, or a problem and no text. */
final class Values {
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern STORED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]*");
    private static final Pattern PATH = Pattern.compile("\\S+( \\S+)*+");
    private static final Pattern EMPTY_REFERENCE = Pattern.compile("(env|file|secret):");
    static final String REFERENCES = "write env:NAME, file:path or secret:name";

    private final Consumer<Diagnostic> problems;

    Values(Consumer<Diagnostic> problems) {
        this.problems = problems;
    }

    /** The fields that a value makes up, usually one; none when it is not right. */
    Map<String, String> canonical(String path, Scalar scalar) {
        String text = scalar.text();
        return switch (path) {
            case "expires_at" -> time(path, text, scalar.at());
            case "cidr" -> cidr(path, text, scalar.at());
            case "postgres.password" -> reference(path, text, "and change the password: it has been seen", scalar.at());
            case "ssh.key", "ssh.jump.key" ->
                reference(path, text, "and take the key out of every authorized_keys: it has been seen", scalar.at());
            case "ssh.address", "ssh.jump.address" -> address(path, text, scalar.at());
            case "postgres.url" -> ServerUrl.read(text, scalar.at(), problems);
            default -> Map.of(path, text);
        };
    }

    private Map<String, String> time(String path, String text, Source at) {
        try {
            if (TIME.matcher(text).matches()) {
                return Map.of(path, Instant.parse(text).toString());
            }
            refuse(Code.BAD_TIME, at, "\"" + text + "\"", "write it in UTC to the second, as in 2099-12-24T00:00:00Z");
        } catch (DateTimeException e) {
            refuse(Code.BAD_TIME, at, "\"" + text + "\" is no day of the calendar", "check month and day");
        }
        return Map.of();
    }

    private Map<String, String> cidr(String path, String text, Source at) {
        return switch (Cidr.read(text)) {
            case Cidr.Read.Range(Cidr cidr) -> Map.of(path, cidr.toString());
            case Cidr.Read.Refused(String why, String meant) -> {
                problems.accept(Diagnostic.of(
                                Code.BAD_CIDR,
                                at,
                                "\"" + text + "\" " + why,
                                "programs on the host read such forms differently; write it as in 203.0.113.0/24 or 2001:db8::/32")
                        .withHint(meant == null ? "" : "did you mean \"" + meant + "\"?"));
                yield Map.of();
            }
        };
    }

    private Map<String, String> address(String path, String text, Source at) {
        String host = ServerUrl.host(text);
        if (host == null) {
            refuse(
                    Code.BAD_ADDRESS,
                    at,
                    "\"" + text + "\"",
                    "write it as in db1.acme.example, 192.0.2.10 or 2001:db8::10");
            return Map.of();
        }
        return Map.of(path, host);
    }

    /** The value is never repeated: it may be the secret itself. */
    private Map<String, String> reference(String path, String text, String seen, Source at) {
        if (isReference(text)) {
            return Map.of(path, text);
        }
        if (SecretRef.parse(text).isPresent() || EMPTY_REFERENCE.matcher(text).matches()) {
            refuse(Code.BAD_SECRET_REF, at, "what follows the colon is not a name of that kind", REFERENCES);
        } else {
            refuse(
                    Code.SECRET_IN_FILE,
                    at,
                    "this is read by everyone who reads the repository",
                    REFERENCES + " instead, " + seen);
        }
        return Map.of();
    }

    /** Whether a text is a well-formed reference, and so certainly no secret itself. */
    static boolean isReference(String text) {
        return SecretRef.parse(text)
                .map(ref -> switch (ref.kind()) {
                    case ENV -> VARIABLE.matcher(ref.name()).matches();
                    case FILE -> PATH.matcher(ref.name()).matches();
                    case SECRET -> STORED.matcher(ref.name()).matches();
                })
                .orElse(false);
    }

    private void refuse(Code code, Source at, String detail, String help) {
        problems.accept(Diagnostic.of(code, at, detail, help));
    }
}
