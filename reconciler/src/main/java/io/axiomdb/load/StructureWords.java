package io.axiomdb.load;

import com.networknt.schema.Error;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.load.Node.Entry;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Turns what the schema validator found into words that help. Its own texts are never shown. */
final class StructureWords {
    private static final int SHOWN = 60;

    private final JsonNode schema;
    private final Suggest suggest;

    StructureWords(JsonNode schema, Suggest suggest) {
        this.schema = schema;
        this.suggest = suggest;
    }

    /** Empty for what follows only from something that was refused before. */
    Optional<Diagnostic> of(Error error, Trail trail) {
        if (trail.node() instanceof Node.Refused) {
            return Optional.empty();
        }
        // The schema that holds the keyword which was not met.
        JsonNode holder = holder(error);
        return switch (error.getKeyword()) {
            case "additionalProperties" -> unknown(property(error), trail, holder);
            case "required" -> missing(property(error), trail, holder);
            case "propertyNames" -> badName(property(error), trail, holder.path("propertyNames"));
            case "type" -> Optional.of(wrongType(trail, holder));
            case "const" -> Optional.of(version(trail));
            case "enum" -> Optional.of(notAmong(trail, holder));
            default -> Optional.of(badValue(error.getKeyword(), trail, holder));
        };
    }

    private static String property(Error error) {
        return error.getProperty() == null ? "" : error.getProperty();
    }

    private JsonNode holder(Error error) {
        String fragment = error.getSchemaLocation().getFragment().toString();
        JsonNode found = schema;
        String[] steps = fragment.split("/");
        for (int i = 1; i < steps.length - 1; i++) {
            found = found.path(steps[i].replace("~1", "/").replace("~0", "~"));
        }
        return found;
    }

    private Optional<Diagnostic> unknown(String name, Trail trail, JsonNode holder) {
        List<String> known = names(holder);
        return entry(trail, name)
                .map(entry -> Diagnostic.of(
                                Code.UNKNOWN_PROPERTY,
                                entry.key(),
                                "\"" + name + "\"",
                                place(trail) + " accepts: " + String.join(", ", known))
                        .withHint(suggest.hint(name, known)));
    }

    private static List<String> names(JsonNode holder) {
        return List.copyOf(holder.path("properties").propertyNames());
    }

    private static Optional<Diagnostic> missing(String name, Trail trail, JsonNode holder) {
        if (entry(trail, name).isPresent()) {
            return Optional.empty();
        }
        JsonNode example = holder.path("properties").path(name).path("examples").path(0);
        return Optional.of(Diagnostic.of(
                Code.MISSING_PROPERTY,
                trail.key(),
                place(trail) + " needs " + name,
                example.isMissingNode() || example.isContainer()
                        ? "write " + name + ": below it"
                        : "for example " + name + ": " + example.asString()));
    }

    private static Optional<Diagnostic> badName(String name, Trail trail, JsonNode rules) {
        int longest = rules.path("maxLength").asInt();
        String lower = name.toLowerCase(Locale.ROOT);
        boolean caseOnly =
                !lower.equals(name) && lower.matches(rules.path("pattern").asString());
        return entry(trail, name)
                .map(entry -> Diagnostic.of(
                                Code.BAD_VALUE,
                                entry.key(),
                                "the name \"" + cut(name) + "\" in " + trail.path(),
                                "it has to be " + rules.path("$comment").asString() + ", at most " + longest
                                        + " characters")
                        .withHint(caseOnly ? "did you mean \"" + lower + "\"?" : ""));
    }

    private static Diagnostic wrongType(Trail trail, JsonNode holder) {
        JsonNode type = holder.path("type");
        List<String> wanted = (type.isArray() ? type.valueStream() : Stream.of(type))
                .map(JsonNode::asString)
                .filter(t -> !t.equals("null"))
                .map(StructureWords::typeWords)
                .toList();
        String words = String.join(" or ", wanted);
        boolean empty = trail.node() instanceof Scalar s && s.type() == Node.Type.NULL;
        if (trail.lastKey().equals("password") && !empty) {
            // Quotes would only make a secret of another type of it.
            return Diagnostic.of(
                    Code.SECRET_IN_FILE,
                    trail.node().at(),
                    "this is read by everyone who reads the repository",
                    Values.REFERENCES);
        }
        boolean quotes = trail.node() instanceof Scalar && !empty && wanted.contains("text");
        boolean flag = words.equals("a boolean");
        return Diagnostic.of(
                Code.WRONG_TYPE,
                empty ? trail.key() : trail.node().at(),
                place(trail) + " is " + trail.node().words() + ", should be " + words,
                quotes
                        ? "put it in quotes"
                        : flag
                                ? "write true or false, without quotes"
                                : wanted.contains("a mapping") && empty ? "write {} if there is to be nothing" : "");
    }

    private static String typeWords(String type) {
        return switch (type) {
            case "object" -> "a mapping";
            case "array" -> "a list";
            case "string" -> "text";
            case "boolean" -> "a boolean";
            case "integer" -> "an integer";
            default -> "a " + type;
        };
    }

    private static Diagnostic version(Trail trail) {
        return Diagnostic.of(
                Code.VERSION,
                trail.node().at(),
                "this AxiomDB reads version 1",
                "write version: 1, or use a newer AxiomDB");
    }

    private Diagnostic notAmong(Trail trail, JsonNode holder) {
        List<String> allowed =
                holder.path("enum").valueStream().map(JsonNode::asString).toList();
        String written = trail.node() instanceof Scalar scalar ? scalar.text() : "";
        return Diagnostic.of(
                        Code.BAD_VALUE,
                        trail.node().at(),
                        place(trail) + " is \"" + cut(written) + "\"",
                        "allowed: " + String.join(", ", allowed))
                .withHint(suggest.hint(written, allowed));
    }

    private static Diagnostic badValue(String keyword, Trail trail, JsonNode holder) {
        String rule = switch (keyword) {
            case "minimum", "maximum" ->
                "it has to be from " + holder.path("minimum").asString() + " to "
                        + holder.path("maximum").asString();
            case "maxLength" -> "it has at most " + holder.path("maxLength").asString() + " characters";
            case "minLength" -> "it must not be empty";
            default -> "it has to be " + holder.path("$comment").asString();
        };
        boolean show = trail.node() instanceof Scalar && !SecretPlaces.maySecret(trail.lastKey());
        String written = trail.node() instanceof Scalar scalar ? scalar.text() : "";
        return Diagnostic.of(
                Code.BAD_VALUE,
                trail.node().at(),
                place(trail) + (show ? " is \"" + cut(written) + "\"" : " is not right"),
                rule);
    }

    private static Optional<Entry> entry(Trail trail, String name) {
        return trail.node() instanceof Mapping mapping
                ? Optional.ofNullable(mapping.entries().get(name))
                : Optional.empty();
    }

    private static String place(Trail trail) {
        return trail.path().isEmpty() ? "the file" : trail.path();
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN)).concat("...");
    }
}
