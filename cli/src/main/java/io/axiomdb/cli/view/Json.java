package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON in pure ASCII, so that nothing in it can play tricks with a terminal. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An object that names its format and the version of it; fields may be added within a version, never changed. */
    static ObjectNode format(String format) {
        return object().put("format", format);
    }

    static <T> ArrayNode array(Collection<T> values, Function<T, ObjectNode> each) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(value -> array.add(each.apply(value)));
        return array;
    }

    static ArrayNode texts(Collection<String> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    static ObjectNode map(Map<String, String> values) {
        ObjectNode object = object();
        values.forEach(object::put);
        return object;
    }

    static @Nullable ObjectNode source(Source source) {
        return source.known()
                ? object().put("file", source.file()).put("line", source.line()).put("column", source.column())
                : null;
    }

    static ObjectNode diagnostic(Diagnostic d) {
        ObjectNode object = object().put("code", d.code().id())
                .put("severity", d.severity().word())
                .put("summary", d.code().summary())
                .put("detail", d.detail());
        object.set("source", source(d.source()));
        object.put("hint", d.hint()).put("help", d.help());
        object.set("related", array(d.related(), r -> {
            ObjectNode related = object();
            related.set("source", source(r.source()));
            return related.put("text", r.text());
        }));
        return object;
    }

    static String write(ObjectNode object) {
        return MAPPER.writeValueAsString(object).replace("\u007f", "\\u007f") + "\n";
    }
}
