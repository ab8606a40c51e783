package io.axiomdb.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SchemaTest {
    private final JsonNode schema = Structure.packaged();

    @Test
    void every_property_has_a_title_a_description_and_examples() {
        List<String> bare = new ArrayList<>();
        each("", schema, (path, part) -> {
            if (!part.has("title")
                    || !part.has("description")
                    || part.path("examples").isEmpty()) {
                bare.add(path);
            }
        });
        assertThat(bare).isEmpty();
    }

    @Test
    void every_mapping_says_what_else_it_accepts_and_every_pattern_says_it_in_words() {
        List<String> open = new ArrayList<>();
        each("", schema, (path, part) -> {
            if (part.path("type").toString().contains("object") && !part.has("additionalProperties")) {
                open.add(path);
            }
            JsonNode names = part.path("propertyNames");
            if (part.has("pattern") && !part.has("$comment") || names.has("pattern") && !names.has("$comment")) {
                open.add(path);
            }
        });
        assertThat(open).isEmpty();
    }

    @Test
    void every_example_and_default_in_the_schema_fits_the_schema() {
        List<String> unfit = new ArrayList<>();
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        var whole = registry.getSchema(schema);
        each("", schema, (path, part) -> {
            var one = part == schema ? whole : null;
            if (one != null) {
                part.path("examples").forEach(e -> whole.validate(e).forEach(error -> unfit.add(path + " " + error)));
            }
            if (part.has("enum")) {
                part.path("examples").forEach(e -> {
                    if (part.path("enum").valueStream().noneMatch(e::equals)) {
                        unfit.add(path + " " + e);
                    }
                });
            }
            if (part.has("pattern")) {
                part.path("examples").forEach(e -> {
                    if (e.isString()
                            && !e.asString().matches(part.path("pattern").asString())) {
                        unfit.add(path + " " + e);
                    }
                });
            }
        });
        assertThat(unfit).isEmpty();
    }

    /** Every subschema that describes a value; references stand for what they refer to. */
    private static void each(String path, JsonNode part, BiConsumer<String, JsonNode> visit) {
        if (part.isBoolean() || part.has("$ref")) {
            return;
        }
        visit.accept(path.isEmpty() ? "/" : path, part);
        for (String group : List.of("properties", "$defs")) {
            part.path(group).forEachEntry((name, child) -> each(path + "/" + group + "/" + name, child, visit));
        }
        for (String one : List.of("items", "additionalProperties")) {
            if (part.path(one).isObject()) {
                each(path + "/" + one, part.path(one), visit);
            }
        }
    }
}
