package io.axiomdb.load;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.load.Node.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the file against the published JSON Schema, and says what does not fit in our words. */
final class Structure {
    private static final String RESOURCE = "/io/axiomdb/schema/axiomdb.schema.json";

    private Structure() {}

    /** Reports what does not fit; the parts of the tree that later stages must not read are returned, by identity. */
    static Set<Node> check(Mapping root, Suggest suggest, Consumer<Diagnostic> problems) {
        JsonNode schemaText = packaged();
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schemaText);
        Set<Node> unfit = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<String, Error> first = new HashMap<>();
        for (Error error : schema.validate(JsonTree.of(root))) {
            // A value of the wrong type is also none of the allowed values: one problem is enough.
            String place =
                    error.getInstanceLocation() + "\n" + (error.getProperty() == null ? "" : error.getProperty());
            first.merge(place, error, (a, b) -> b.getKeyword().equals("type") ? b : a);
        }
        StructureWords words = new StructureWords(schemaText, suggest);
        for (Error error : first.values()) {
            Trail trail = Trail.to(root, error.getInstanceLocation());
            if (error.getProperty() == null) {
                unfit.add(trail.node());
            }
            words.of(error, trail).ifPresent(problems);
        }
        return unfit;
    }

    static JsonNode packaged() {
        try (InputStream in = Structure.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not packaged");
            }
            return new JsonMapper().readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
