package io.axiomdb.adapter.controlplane;

import java.io.StringWriter;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Maps of text to text as JSON objects, for jsonb columns. */
final class FlatJson {
    private static final JsonFactory JSON = new JsonFactory();

    private FlatJson() {}

    static String write(SortedMap<String, String> values) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            values.forEach(out::writeStringProperty);
            out.writeEndObject();
        }
        return text.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when it is anything but an object of texts
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
