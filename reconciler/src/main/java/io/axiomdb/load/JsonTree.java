package io.axiomdb.load;

import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Refused;
import io.axiomdb.load.Node.Scalar;
import io.axiomdb.load.Node.Sequence;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The tree as the schema validator sees it. */
final class JsonTree {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    /** Stands for every number that is no integer: its value is never looked at, and it must not pass for an integer. */
    private static final double SOME_FRACTION = 0.5;

    private JsonTree() {}

    static JsonNode of(Node node) {
        return switch (node) {
            case Mapping mapping -> object(mapping);
            case Sequence sequence -> array(sequence);
            case Scalar scalar -> value(scalar);
            case Refused refused -> MAKE.missingNode();
        };
    }

    private static ObjectNode object(Mapping mapping) {
        ObjectNode object = MAKE.objectNode();
        mapping.entries().forEach((key, entry) -> {
            if (!(entry.value() instanceof Refused)) {
                object.set(key, of(entry.value()));
            }
        });
        return object;
    }

    /** A refused item keeps its place, so that indexes agree; what is said about it is not passed on. */
    private static ArrayNode array(Sequence sequence) {
        ArrayNode array = MAKE.arrayNode();
        sequence.items().forEach(item -> array.add(item instanceof Refused ? MAKE.nullNode() : of(item)));
        return array;
    }

    private static JsonNode value(Scalar scalar) {
        return switch (scalar.type()) {
            case NULL -> MAKE.nullNode();
            case BOOLEAN -> MAKE.booleanNode(Boolean.parseBoolean(scalar.text()));
            case INTEGER -> MAKE.numberNode(Long.parseLong(scalar.text()));
            case FLOAT -> MAKE.numberNode(SOME_FRACTION);
            case TEXT -> MAKE.stringNode(scalar.text());
        };
    }
}
