package io.axiomdb.load;

import io.axiomdb.load.Layout.Block;
import io.axiomdb.load.Layout.Entry;
import io.axiomdb.load.Layout.Flow;
import io.axiomdb.load.Layout.Items;
import io.axiomdb.load.Layout.Mapping;
import io.axiomdb.load.Layout.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads where things stand; what they mean was judged before. */
final class LayoutReader {
    private final String text;
    private final Parser parser;

    /** Index in the text of each code point; empty where they are the same. */
    private final int[] indexes;

    private LayoutReader(String text) {
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(Limits.FILE_BYTES).build();
        this.text = text;
        this.parser = new ParserImpl(settings, new StreamReader(settings, text));
        this.indexes = text.codePointCount(0, text.length()) == text.length() ? new int[0] : indexes(text);
    }

    static Mapping read(String text) {
        LayoutReader reader = new LayoutReader(text);
        try {
            reader.parser.next();
            reader.parser.next();
            if (reader.node(reader.parser.next()) instanceof Mapping root) {
                return root;
            }
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("the file was not accepted before", e);
        }
        throw new IllegalArgumentException("the file is no mapping");
    }

    private static int[] indexes(String text) {
        int[] indexes = new int[text.codePointCount(0, text.length()) + 1];
        int index = 0;
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = index;
            index += index < text.length() ? Character.charCount(text.codePointAt(index)) : 0;
        }
        return indexes;
    }

    private Layout node(Event event) {
        return switch (event) {
            case MappingStartEvent start -> mapping(start);
            case SequenceStartEvent start -> items(start);
            case ScalarEvent scalar -> value(scalar);
            default -> throw new IllegalArgumentException("the loader accepts no " + event.getEventId());
        };
    }

    private Mapping mapping(MappingStartEvent start) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        int last = 0;
        Event next = parser.next();
        for (; next.getEventId() != Event.ID.MappingEnd; next = parser.next()) {
            if (!(next instanceof ScalarEvent key)) {
                throw new IllegalArgumentException("the loader accepts no key of " + next.getEventId());
            }
            Value at = value(key);
            Entry entry = new Entry(at.from(), at.to(), node(parser.next()));
            entries.put(key.getValue(), entry);
            last = entry.to();
        }
        int from = index(start.getStartMark());
        return start.isFlow() ? new Flow(from, index(next.getEndMark()), entries) : new Block(from, last, entries);
    }

    private Items items(SequenceStartEvent start) {
        int last = index(start.getStartMark());
        Event next = parser.next();
        for (; next.getEventId() != Event.ID.SequenceEnd; next = parser.next()) {
            last = node(next).to();
        }
        int from = index(start.getStartMark());
        return new Items(from, start.isFlow() ? index(next.getEndMark()) : last, !start.isFlow());
    }

    private Value value(ScalarEvent scalar) {
        int from = index(scalar.getStartMark());
        int to = index(scalar.getEndMark());
        // A text of several lines (|) ends behind the line break of its last line.
        while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        boolean empty = scalar.isPlain() && Scalars.typeOf(scalar.getValue()) == Node.Type.NULL;
        return new Value(from, to, empty);
    }

    private int index(Optional<Mark> mark) {
        int index = mark.orElseThrow().getIndex();
        return indexes.length == 0 ? index : indexes[index];
    }
}
