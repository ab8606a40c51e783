package io.axiomdb.edit;

import io.axiomdb.load.Layout.Block;
import io.axiomdb.load.Layout.Entry;
import io.axiomdb.load.Layout.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Takes entries out of mappings. Comments above an entry stay: nobody knows what else they are about. */
final class Removal {
    private Removal() {}

    /** The entry's lines, with comments inside it. An emptied mapping becomes {@code {}}. */
    static List<Splice> ofLines(Lines lines, Block block, Place place) {
        Entry entry = Objects.requireNonNull(place.entry());
        int column = lines.indent(block.from()).length();
        List<Splice> splices = new ArrayList<>();
        splices.add(whole(lines, entry.keyFrom(), lines.endWithComments(entry.to(), column)));
        if (block.entries().size() == 1 && place.holder() != null) {
            splices.add(Splice.insert(TextEdit.colon(lines.text(), place.holder()), " {}"));
        }
        return splices;
    }

    static List<Splice> ofFlow(Lines lines, Flow flow, Entry entry) {
        List<Entry> all = List.copyOf(flow.entries().values());
        int at = all.indexOf(entry);
        int comma = lines.text().indexOf(',', entry.to());
        int end = comma >= 0
                        && comma < flow.to()
                        && lines.text().substring(entry.to(), comma).isBlank()
                ? comma + 1
                : entry.to();
        boolean alone = lines.isFirst(entry.keyFrom()) && lines.isLast(end) && !lines.sameLine(end, flow.to() - 1);
        if (alone) {
            return List.of(whole(lines, entry.keyFrom(), lines.end(end)));
        }
        if (all.size() == 1) {
            return List.of(Splice.delete(flow.from() + 1, flow.to() - 1));
        }
        return List.of(
                at == all.size() - 1
                        ? Splice.delete(all.get(at - 1).to(), entry.to())
                        : Splice.delete(entry.keyFrom(), all.get(at + 1).keyFrom()));
    }

    /** Whole lines with one line break: the one behind them, or in front of them at the end of the file. */
    private static Splice whole(Lines lines, int from, int to) {
        int start = lines.start(from);
        int next = lines.next(to);
        boolean openEnd = next == lines.end(to);
        if (!openEnd || start == 0) {
            return Splice.delete(start, next);
        }
        int before = start - (lines.text().startsWith("\r\n", start - 2) ? 2 : 1);
        return Splice.delete(before, next);
    }
}
