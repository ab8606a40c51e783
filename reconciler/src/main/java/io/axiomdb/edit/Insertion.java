package io.axiomdb.edit;

import io.axiomdb.edit.Content.Keys;
import io.axiomdb.load.Layout.Block;
import io.axiomdb.load.Layout.Entry;
import io.axiomdb.load.Layout.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Puts new entries into mappings, written as their neighbours are. */
final class Insertion {
    private final String text;
    private final Lines lines;
    private final Place place;

    Insertion(String text, Place place) {
        this.text = text;
        this.lines = new Lines(text);
        this.place = place;
    }

    /** The text with a new last entry in the place's mapping. */
    String into(String key, Content content) {
        return Splice.all(
                text,
                switch (place.mapping()) {
                    case Block block -> lastLines(block, key, content);
                    case Flow flow -> lastInBraces(flow, Quoting.key(key) + ": " + content.flow());
                });
    }

    private List<Splice> lastLines(Block block, String key, Content content) {
        Entry last = last(block.entries().values());
        String indent = lines.indent(block.from());
        // At the top of a file stand things of different kinds, which say nothing about each other.
        boolean inBraces = place.holder() != null
                && last.value() instanceof Flow flow
                && !flow.entries().isEmpty();
        List<String> added = new Rendering(place.step()).entry(indent, key, content, inBraces);
        boolean setOff = block.entries().size() > 1 && lines.isSetOff(last.keyFrom());
        return List.of(below(last.to(), indent.length(), setOff, added));
    }

    /** The text with these entries below a key that held nothing before. */
    String below(Entry entry, Keys keys) {
        String indent = lines.indent(entry.keyFrom());
        List<Splice> splices = new ArrayList<>();
        int colon = TextEdit.colon(text, entry);
        int end = entry.to();
        if (entry.value().from() < entry.value().to()) {
            if (!text.substring(colon, entry.value().from()).isBlank()
                    || entry.value() instanceof Flow flow && hasComment(flow)) {
                return Splice.all(text, lastInBraces((Flow) entry.value(), inside(keys)));
            }
            splices.add(Splice.delete(colon, entry.value().to()));
        }
        List<String> added = new Rendering(place.step()).below(indent, keys);
        splices.add(below(end, indent.length(), false, added));
        return Splice.all(text, splices);
    }

    private static String inside(Keys keys) {
        String flow = keys.flow();
        return flow.substring(2, flow.length() - 2);
    }

    private boolean hasComment(Flow flow) {
        return !text.substring(flow.from() + 1, flow.to() - 1).isBlank();
    }

    /** New lines below what ends at a position, whether or not a line break ends that line. */
    private Splice below(int at, int column, boolean setOff, List<String> added) {
        String separator = lines.separator();
        int end = lines.endWithComments(at, column);
        String block = String.join(separator, added);
        return Splice.insert(end, separator + (setOff ? separator : "") + block);
    }

    private List<Splice> lastInBraces(Flow flow, String entry) {
        if (flow.entries().isEmpty()) {
            return text.substring(flow.from() + 1, flow.to() - 1).isBlank()
                    ? List.of(new Splice(flow.from(), flow.to(), "{ " + entry + " }"))
                    : List.of(Splice.insert(flow.from() + 1, " " + entry + " "));
        }
        Entry last = last(flow.entries().values());
        int comma = comma(last.to(), flow.to() - 1);
        int end = comma < 0 ? last.to() : comma + 1;
        if (lines.sameLine(end, flow.to() - 1) || !lines.isLast(end)) {
            return List.of(Splice.insert(end, (comma < 0 ? ", " : " ") + entry));
        }
        List<Splice> splices = new ArrayList<>();
        if (comma < 0) {
            splices.add(Splice.insert(end, ","));
        }
        String indent = lines.isFirst(last.keyFrom())
                ? lines.indent(last.keyFrom())
                : lines.indent(flow.from()) + " ".repeat(place.step());
        String line = lines.separator() + indent + entry + (comma < 0 ? "" : ",");
        splices.add(Splice.insert(lines.end(end), line));
        return splices;
    }

    /** The comma behind the last entry, which YAML allows; -1 when there is none. */
    private int comma(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == ',') {
                return i;
            }
            i = c == '#' ? lines.end(i) : i;
        }
        return -1;
    }

    private static Entry last(Iterable<Entry> entries) {
        Entry last = null;
        for (Entry entry : entries) {
            last = entry;
        }
        return Objects.requireNonNull(last, "a mapping of lines has an entry");
    }
}
