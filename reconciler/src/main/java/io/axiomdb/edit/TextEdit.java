package io.axiomdb.edit;

import io.axiomdb.edit.Content.Keys;
import io.axiomdb.load.Layout;
import io.axiomdb.load.Layout.Block;
import io.axiomdb.load.Layout.Entry;
import io.axiomdb.load.Layout.Flow;
import io.axiomdb.load.Layout.Items;
import io.axiomdb.load.Layout.Mapping;
import io.axiomdb.load.Layout.Value;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Puts one value at a path of keys, or takes one away. What it makes is checked by whoever asked. */
final class TextEdit {
    private TextEdit() {}

    /** The text with the value at the path; mappings on the way that are not there yet are made. */
    static String put(String text, List<String> path, Content content) {
        Place place = Place.of(text, path);
        Entry entry = place.entry();
        if (entry == null) {
            Content nested = nested(path.subList(place.depth() + 1, path.size()), content);
            return new Insertion(text, place).into(path.get(place.depth()), nested);
        }
        Content nested = nested(path.subList(place.depth(), path.size()), content);
        return isEmpty(entry.value()) && nested instanceof Keys keys && place.mapping() instanceof Block
                ? new Insertion(text, place).below(entry, keys)
                : Splice.all(text, replacing(new Lines(text), entry, nested.flow()));
    }

    private static Content nested(List<String> keys, Content content) {
        return keys.isEmpty()
                ? content
                : new Keys(Map.of(keys.getFirst(), nested(keys.subList(1, keys.size()), content)));
    }

    private static boolean isEmpty(Layout value) {
        return switch (value) {
            case Value scalar -> scalar.empty();
            case Mapping mapping -> mapping.entries().isEmpty();
            case Items items -> false;
        };
    }

    private static List<Splice> replacing(Lines lines, Entry entry, String words) {
        int colon = colon(lines.text(), entry);
        Layout value = entry.value();
        if (value.from() == value.to()) {
            return List.of(Splice.insert(colon, " " + words));
        }
        if (lines.sameLine(colon, value.from())) {
            return List.of(new Splice(value.from(), value.to(), words));
        }
        // What began on a line of its own goes with its lines; a comment behind the key stays.
        return List.of(Splice.insert(colon, " " + words), Splice.delete(lines.end(colon), lines.end(value.to())));
    }

    /** The text without the entry at the path, unchanged when there is none. */
    static String remove(String text, List<String> path) {
        Place place = Place.of(text, path);
        if (place.entry() == null || place.depth() < path.size()) {
            return text;
        }
        return Splice.all(
                text,
                switch (place.mapping()) {
                    case Block block -> Removal.ofLines(new Lines(text), block, place);
                    case Flow flow -> Removal.ofFlow(new Lines(text), flow, Objects.requireNonNull(place.entry()));
                });
    }

    /** Behind the colon of an entry. */
    static int colon(String text, Entry entry) {
        int colon = text.indexOf(':', entry.keyTo());
        return colon < 0 || !text.substring(entry.keyTo(), colon).isBlank() ? entry.keyTo() : colon + 1;
    }
}
