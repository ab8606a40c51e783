package io.axiomdb.adapter.controlplane;

import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Maps of text to text for jsonb columns, and many rows as one parameter of a statement. */
final class Json {
    private static final JsonFactory JSON = new JsonFactory();

    private Json() {}

    /** An array of objects; values are texts, whole numbers, truth values, null, or maps of these. */
    static String rows(List<? extends Map<String, ?>> rows) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartArray();
            rows.forEach(row -> write(out, row));
            out.writeEndArray();
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case String text -> out.writeString(text);
            case Boolean truth -> out.writeBoolean(truth);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((name, inner) -> {
                    out.writeName((String) name);
                    write(out, inner);
                });
                out.writeEndObject();
            }
            case Object other -> throw new IllegalArgumentException("not for JSON: " + other.getClass());
        }
    }

    /**
     * Reads an object of texts.
     *
     * @throws IllegalArgumentException when it is anything else
     */
    static SortedMap<String, String> read(String json) {
        SortedMap<String, String> values = new TreeMap<>();
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            expect(JsonToken.START_OBJECT, in.nextToken());
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                expect(JsonToken.VALUE_STRING, in.nextToken());
                values.put(name, in.getString());
            }
            return Collections.unmodifiableSortedMap(values);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    private static void expect(JsonToken wanted, JsonToken found) {
        if (wanted != found) {
            throw new IllegalArgumentException("not an object of texts");
        }
    }
}
