package io.axiomdb.adapter.ssh;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A part of an answer, read strictly: every value has the type that the protocol gives it, or the whole answer is
 * refused. Texts are a host's own and are shown with care.
 *
 * @param at where it stands, for people
 */
record Part(JsonNode node, String at) {
    private static final int DEPTH = 12;
    private static final int TEXT = 1024 * 1024;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxStringLength(TEXT)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Not what the protocol says. The message names the place and never quotes more than a word. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        private final String words;

        Wrong(String words) {
            super(words);
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** The document that a text holds. */
    static Part document(String text) throws Wrong {
        try {
            return new Part(MAPPER.readTree(text), "the answer").object();
        } catch (JacksonException e) {
            throw new Wrong("it is not one JSON document");
        }
    }

    Part object() throws Wrong {
        return node.isObject() ? this : wrong("an object");
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** A part that has to be there; an explicit null is none. */
    Part get(String name) throws Wrong {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            throw new Wrong(at + " has no \"" + name + "\"");
        }
        return new Part(value, at + "." + name);
    }

    /** The names that may stand here: what we don't know could be an opening that we overlook. */
    Part only(Set<String> names) throws Wrong {
        for (String name : new TreeSet<>(object().node.propertyNames())) {
            if (!names.contains(name)) {
                throw new Wrong(at + " has a property that this version does not know");
            }
        }
        return this;
    }

    String text(String name) throws Wrong {
        Part value = get(name);
        return value.node.isString() ? value.node.asString() : value.wrong("a text").at;
    }

    @Nullable
    String textOrNull(String name) throws Wrong {
        return has(name) ? text(name) : null;
    }

    int whole(String name) throws Wrong {
        Part value = get(name);
        return value.node.isInt()
                ? value.node.asInt()
                : value.wrong("a whole number").node.asInt();
    }

    long number(String name) throws Wrong {
        Part value = get(name);
        return value.node.isIntegralNumber() && value.node.canConvertToLong()
                ? value.node.asLong()
                : value.wrong("a whole number").node.asLong();
    }

    boolean yes(String name) throws Wrong {
        Part value = get(name);
        return value.node.isBoolean()
                ? value.node.asBoolean()
                : value.wrong("true or false").node.asBoolean();
    }

    Instant time(String name) throws Wrong {
        try {
            return Instant.parse(text(name));
        } catch (DateTimeException e) {
            throw new Wrong(at + "." + name + " is not a time");
        }
    }

    @Nullable
    Instant timeOrNull(String name) throws Wrong {
        return has(name) ? time(name) : null;
    }

    List<Part> list(String name) throws Wrong {
        Part value = get(name);
        if (!value.node.isArray()) {
            throw new Wrong(value.at + " is not a list");
        }
        return value.node.values().stream()
                .map(item -> new Part(item, value.at + "[]"))
                .toList();
    }

    /** Itself as a text, in a list of texts. */
    String asText() throws Wrong {
        return node.isString() ? node.asString() : wrong("a text").at;
    }

    private Part wrong(String what) throws Wrong {
        throw new Wrong(at + " is not " + what);
    }
}
