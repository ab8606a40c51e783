package io.axiomdb.load;

import io.axiomdb.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Writes docs/reference/configuration.md from the schema, so that the two can't disagree. */
class ConfigurationReferenceTest {
    private final JsonNode schema = Structure.packaged();
    private final StringBuilder page = new StringBuilder();
    private final List<Section> open = new ArrayList<>();

    /** A mapping that gets a section of its own. */
    private record Section(String path, JsonNode part) {}

    @Test
    void docs_reference_configuration_md_says_what_the_schema_says() throws IOException {
        page.append(
                        "# Configuration reference\n\nMade from `schema/axiomdb.schema.json`; edit that, then run the tests with")
                .append(" `-Dgolden=update`.\n\n")
                .append("For editors with yaml-language-server put this on the first line:\n\n```yaml\n")
                .append("# yaml-language-server: $schema=")
                .append(schema.path("$id").asString())
                .append("\n```\n");
        open.add(new Section("", schema));
        while (!open.isEmpty()) {
            section(open.removeFirst());
        }
        limits();
        Golden.assertSame(Path.of("../docs/reference/configuration.md"), page.toString());
    }

    private void section(Section section) {
        JsonNode part = section.part();
        page.append("\n## ")
                .append(section.path().isEmpty() ? "axiomdb.yaml" : "`" + section.path() + "`")
                .append("\n\n")
                .append(part.path("description").asString())
                .append("\n\n```yaml\n");
        JsonNode examples = part.path("examples");
        new YamlExample(page).write(examples.path(examples.size() - 1), 0);
        page.append("```\n\n| Property | Type | Default | |\n|---|---|---|---|\n");
        List<Section> below = new ArrayList<>();
        part.path("properties").forEachEntry((name, p) -> row(section, name, part, resolved(p), below));
        // Sections stand in the order of reading: those below a property before its next neighbour's.
        open.addAll(0, below);
    }

    private void row(Section parent, String name, JsonNode holder, JsonNode part, List<Section> below) {
        String path = parent.path().isEmpty() ? name : parent.path() + "." + name;
        boolean required =
                holder.path("required").valueStream().anyMatch(r -> r.asString().equals(name));
        page.append("| `%s`%s | %s | %s | **%s.** %s%s |\n"
                .formatted(
                        name,
                        required ? " (required)" : "",
                        type(part),
                        part.has("default") ? "`" + part.path("default").asString() + "`" : "",
                        part.path("title").asString(),
                        part.path("description").asString(),
                        form(part)));
        JsonNode values = resolved(part.path("additionalProperties"));
        if (part.has("properties")) {
            below.add(new Section(path, part));
        } else if (values.has("properties")) {
            below.add(new Section(path + ".<name>", values));
        }
    }

    private JsonNode resolved(JsonNode part) {
        String ref = part.path("$ref").asString("");
        return ref.isEmpty() ? part : schema.at(ref.substring(1));
    }

    private String type(JsonNode part) {
        if (part.has("enum")) {
            return part.path("enum")
                    .valueStream()
                    .map(value -> "`" + value.asString() + "`")
                    .collect(Collectors.joining(", "));
        }
        JsonNode type = part.path("type");
        return (type.isArray() ? type.valueStream() : Stream.of(type))
                .map(JsonNode::asString)
                .map(word -> switch (word) {
                    case "object" -> part.has("properties") ? "mapping" : "mapping by name";
                    case "array" -> "list of " + type(part.path("items"));
                    case "string" -> "text";
                    case "null" -> "empty";
                    default -> word;
                })
                .collect(Collectors.joining(" or "));
    }

    private String form(JsonNode part) {
        List<String> words = new ArrayList<>();
        JsonNode names = part.path("propertyNames");
        if (names.has("$comment")) {
            words.add("Names: " + names.path("$comment").asString() + ", at most "
                    + names.path("maxLength").asString() + " characters.");
        }
        if (part.has("$comment")) {
            words.add("Form: " + part.path("$comment").asString() + ".");
        }
        if (part.has("minimum")) {
            words.add("From " + part.path("minimum").asString() + " to "
                    + part.path("maximum").asString() + ".");
        }
        JsonNode values = part.path("additionalProperties");
        if (values.has("enum")) {
            words.add("Values: " + type(values) + ". "
                    + values.path("description").asString());
        }
        return words.isEmpty() ? "" : " " + String.join(" ", words);
    }

    private void limits() {
        page.append("""

                ## What a file may hold

                UTF-8 without a byte order mark; %d KiB in a file and %d MiB in all; %d levels; %d KiB in a value; integers of %d
                digits; one document. Anchors, aliases, merge keys and tags are refused, and so are duplicate keys, unknown
                properties, and control and invisible characters, everywhere. Nothing is filled in from elsewhere: the same
                bytes always mean the same.
                """.formatted(
                        Limits.FILE_BYTES / 1024,
                        Limits.ALL_BYTES / 1024 / 1024,
                        Limits.DEPTH,
                        Limits.SCALAR_BYTES / 1024,
                        Limits.INTEGER_DIGITS));
    }
}
