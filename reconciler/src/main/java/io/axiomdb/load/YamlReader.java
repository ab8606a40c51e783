package io.axiomdb.load;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Diagnostic.Related;
import io.axiomdb.core.Source;
import io.axiomdb.core.Visible;
import io.axiomdb.load.Node.Entry;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Refused;
import io.axiomdb.load.Node.Scalar;
import io.axiomdb.load.Node.Sequence;
import io.axiomdb.load.Node.Span;
import io.axiomdb.load.Node.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * The small part of YAML that a configuration needs: mappings, lists and values. Works on the parser's events, so that
 * every limit holds before anything is built. One reader reads one file.
 */
final class YamlReader {
    private static final String PLAIN_WORDS = "write the value out; AxiomDB accepts plain mappings, lists and values";

    private final String file;
    private final Parser parser;
    private final Consumer<Diagnostic> problems;

    private YamlReader(String file, String text, Consumer<Diagnostic> problems) {
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(Limits.FILE_BYTES).build();
        this.file = file;
        this.parser = new ParserImpl(settings, new StreamReader(settings, text));
        this.problems = problems;
    }

    /** The file's mapping; empty when it can't be read to its end, with the reason among the problems. */
    static Optional<Mapping> read(String file, String text, Consumer<Diagnostic> problems) {
        YamlReader reader = new YamlReader(file, text, problems);
        try {
            return reader.document();
        } catch (Unreadable e) {
            problems.accept(e.problem);
        } catch (YamlEngineException e) {
            problems.accept(SyntaxWords.of(file, e));
        }
        return Optional.empty();
    }

    private Optional<Mapping> document() throws Unreadable {
        parser.next();
        if (!parser.checkEvent(Event.ID.DocumentStart)) {
            throw new Unreadable(empty());
        }
        DocumentStartEvent start = (DocumentStartEvent) parser.next();
        if (start.getSpecVersion().isPresent() || !start.getTags().isEmpty()) {
            refuse(source(start), "a % directive", "take the line out");
        }
        Node root = node(parser.next(), 1);
        parser.next();
        if (parser.checkEvent(Event.ID.DocumentStart)) {
            refuse(
                    source(parser.peekEvent()),
                    "a second document",
                    "keep one document in a file; use include: for more");
        } else {
            parser.next();
        }
        return switch (root) {
            case Mapping mapping -> Optional.of(mapping);
            case Scalar(Source at, Type type, String text, Span span)
            when type == Type.NULL -> throw new Unreadable(empty());
            case Refused refused -> Optional.empty();
            case Scalar scalar -> throw new Unreadable(noMapping(scalar));
            case Sequence sequence -> throw new Unreadable(noMapping(sequence));
        };
    }

    private Diagnostic empty() {
        return Diagnostic.of(
                Code.EMPTY_FILE,
                new Source(file, 0, 0, 1),
                file + " is empty",
                "an empty file never means that everything goes; write what should be there");
    }

    private static Diagnostic noMapping(Node root) {
        return Diagnostic.of(
                Code.WRONG_TYPE, root.at(), "the file is " + root.words() + ", not a mapping", "begin with version: 1");
    }

    private Node node(Event event, int depth) throws Unreadable {
        boolean plain = isPlain(event);
        if (event instanceof AliasEvent) {
            return new Refused(source(event));
        }
        if (event instanceof CollectionStartEvent && depth > Limits.DEPTH) {
            throw new Unreadable(Diagnostic.of(
                    Code.TOO_DEEP,
                    source(event),
                    "more than " + Limits.DEPTH + " levels",
                    "nothing here nests so deeply"));
        }
        Node read = switch (event) {
            case MappingStartEvent start -> mapping(start, depth);
            case SequenceStartEvent start -> sequence(start, depth);
            case ScalarEvent scalar -> scalar(scalar);
            default -> throw new IllegalStateException("the parser gave " + event.getEventId());
        };
        return plain ? read : new Refused(read.at());
    }

    private boolean isPlain(Event event) {
        if (event instanceof AliasEvent) {
            refuse(source(event), "an alias (*)", PLAIN_WORDS);
            return false;
        }
        boolean plain = true;
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            refuse(source(event), "an anchor (&)", PLAIN_WORDS);
            plain = false;
        }
        Optional<String> tag = switch (event) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent start -> start.getTag();
            default -> Optional.empty();
        };
        if (tag.isPresent()) {
            refuse(source(event), "a tag (!)", "write the value without it");
            plain = false;
        }
        return plain;
    }

    private Sequence sequence(Event start, int depth) throws Unreadable {
        List<Node> items = new ArrayList<>();
        for (Event next = parser.next(); next.getEventId() != Event.ID.SequenceEnd; next = parser.next()) {
            items.add(node(next, depth + 1));
        }
        return new Sequence(source(start), items);
    }

    private Mapping mapping(Event start, int depth) throws Unreadable {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event next = parser.next(); next.getEventId() != Event.ID.MappingEnd; next = parser.next()) {
            String key = key(next, depth);
            Entry entry = new Entry(source(next), node(parser.next(), depth + 1));
            if (key != null) {
                put(key, entry, entries);
            }
        }
        return new Mapping(source(start), entries);
    }

    private void put(String key, Entry entry, Map<String, Entry> entries) {
        Entry earlier = entries.putIfAbsent(key, entry);
        if (earlier != null) {
            problems.accept(duplicate(key, entry.key(), earlier.key()));
        }
    }

    static Diagnostic duplicate(String key, Source second, Source first) {
        return Diagnostic.of(Code.DUPLICATE_KEY, second, "\"" + key + "\"", "keep one of the two")
                .withRelated(List.of(new Related(first, "it is here already")));
    }

    /** The text of a key; null when it was refused. */
    private @Nullable String key(Event event, int depth) throws Unreadable {
        if (!(event instanceof ScalarEvent scalar)) {
            if (node(event, depth + 1) instanceof Node collection && !(collection instanceof Refused)) {
                refuse(collection.at(), "a key that is " + collection.words(), "a key is one word");
            }
            return null;
        }
        if (scalar.isPlain() && scalar.getValue().equals("<<")) {
            refuse(source(event), "a merge key (<<)", PLAIN_WORDS);
            return null;
        }
        return isPlain(event) && isShortAndVisible(scalar) ? scalar.getValue() : null;
    }

    private Node scalar(ScalarEvent event) {
        Source at = source(event);
        if (!isShortAndVisible(event)) {
            return new Refused(at);
        }
        String text = event.getValue();
        Type type = event.isPlain() ? Scalars.typeOf(text) : Type.TEXT;
        if (type == Type.INTEGER && Scalars.tooManyDigits(text)) {
            problems.accept(Diagnostic.of(
                    Code.BAD_VALUE,
                    at,
                    "an integer of more than " + Limits.INTEGER_DIGITS + " digits",
                    "put it in quotes if it is meant as text"));
            return new Refused(at);
        }
        return new Scalar(at, type, Scalars.canonical(type, text), span(event));
    }

    private boolean isShortAndVisible(ScalarEvent event) {
        String text = event.getValue();
        if (text.length() > Limits.SCALAR_BYTES || text.getBytes(StandardCharsets.UTF_8).length > Limits.SCALAR_BYTES) {
            problems.accept(Diagnostic.of(
                    Code.SCALAR_TOO_LONG,
                    source(event),
                    "more than " + Limits.SCALAR_BYTES / 1024 + " KiB in one value",
                    "no value here needs so much room"));
            return false;
        }
        Optional<Integer> bad =
                text.codePoints().filter(c -> !Visible.harmless(c)).boxed().findFirst();
        bad.ifPresent(c -> problems.accept(FileText.invisible(source(event), c)));
        return bad.isEmpty();
    }

    private void refuse(Source at, String what, String help) {
        problems.accept(Diagnostic.of(Code.YAML_FEATURE, at, what, help));
    }

    private Source source(Event event) {
        Mark start = event.getStartMark().orElseThrow();
        Mark end = event.getEndMark().orElseThrow();
        boolean oneLine = start.getLine() == end.getLine() && !(event instanceof CollectionStartEvent);
        return new Source(
                file,
                start.getLine() + 1,
                start.getColumn() + 1,
                oneLine ? Math.max(1, end.getColumn() - start.getColumn()) : 1);
    }

    private static Span span(ScalarEvent event) {
        return new Span(
                event.getStartMark().orElseThrow().getIndex(),
                event.getEndMark().orElseThrow().getIndex());
    }

    /** Ends the reading of this file. */
    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Diagnostic problem;

        private Unreadable(Diagnostic problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }
    }
}
