package io.axiomdb.load;

import tools.jackson.databind.JsonNode;

/** Writes an example of the schema as the YAML that a person would write. */
record YamlExample(StringBuilder out) {

    void write(JsonNode node, int indent) {
        if (!node.isObject()) {
            out.append(" ".repeat(indent)).append(inline(node)).append('\n');
            return;
        }
        node.forEachEntry((name, value) -> {
            out.append(" ".repeat(indent)).append(name).append(':');
            if (value.isObject() && !value.isEmpty()) {
                out.append('\n');
                write(value, indent + 2);
            } else {
                out.append(' ').append(inline(value)).append('\n');
            }
        });
    }

    private static String inline(JsonNode value) {
        if (value.isArray()) {
            return "["
                    + String.join(
                            ", ", value.valueStream().map(YamlExample::inline).toList()) + "]";
        }
        return value.isString() ? value.asString() : value.toString();
    }
}
