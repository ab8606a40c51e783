package io.axiomdb.load;

import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.Node.Refused;
import io.axiomdb.load.Node.Scalar;
import io.axiomdb.load.Node.Sequence;
import io.axiomdb.load.Node.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blanks what looks like a secret in a file's text, before anybody shows a line of it. Works also where the file is
 * broken or the property is misspelt; rather blanks too much.
 */
final class SecretPlaces {
    private static final Pattern KEY =
            Pattern.compile("(?i).*(passw|pwd|secret|token|api_?key|credential|postgres|url|private).*|key");
    private static final Pattern WORD =
            Pattern.compile("(?i)passw|pwd|secret|token|api_?key|credential|private|(?<![a-z_])key(?=[\"']?\\s*:)");
    private static final Pattern IN_URL = Pattern.compile("(?<=://)[^@\\s/\"]*(?=@)");
    private static final Pattern LINE_REFERENCE = Pattern.compile(
            "\\s*([\"']?)(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\\s\"',}]+|secret:[A-Za-z0-9._/-]+)\\1\\s*([,}#].*)?\\s*");
    private static final Pattern HARMLESS_URL =
            Pattern.compile("(jdbc:)?postgres(ql)?://[^@?\\s]*|embedded", Pattern.CASE_INSENSITIVE);

    private SecretPlaces() {}

    /** Whether a property of this name may hold a secret, so that its value is not to be repeated in messages. */
    static boolean maySecret(String key) {
        return KEY.matcher(key).matches();
    }

    /** The text with every such value blanked by as many stars; line by line when there is no tree. */
    static String blanked(String text, Optional<Mapping> tree) {
        List<Span> spans = new ArrayList<>();
        boolean whole = tree.isPresent() && collect(tree.get(), false, spans);
        if (whole && spans.isEmpty()) {
            return text;
        }
        int[] points = (whole ? text : byLine(text)).codePoints().toArray();
        for (Span span : spans) {
            for (int i = span.from(); i < span.to(); i++) {
                points[i] = points[i] == '\n' || points[i] == '\r' ? points[i] : '*';
            }
        }
        return new String(points, 0, points.length);
    }

    /** Returns whether the tree is whole: what was refused has no value to look at. */
    private static boolean collect(Node node, boolean secret, List<Span> spans) {
        boolean whole = true;
        switch (node) {
            case Mapping mapping -> {
                for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
                    whole &= collect(entry.getValue().value(), maySecret(entry.getKey()), spans);
                }
            }
            case Sequence sequence -> {
                for (Node item : sequence.items()) {
                    whole &= collect(item, secret, spans);
                }
            }
            case Scalar scalar -> {
                if (secret && !harmless(scalar.text())) {
                    spans.add(scalar.span());
                }
            }
            case Refused refused -> whole = false;
        }
        return whole;
    }

    private static boolean harmless(String value) {
        return Values.isReference(value) || HARMLESS_URL.matcher(value).matches();
    }

    /** Blanks the rest of the line behind such a key, and the deeper lines that follow it. */
    private static String byLine(String text) {
        String[] lines = IN_URL.matcher(text)
                .replaceAll(in -> in.group().replaceAll(".", "*"))
                .split("(?<=\n)", -1);
        int hidden = -1;
        for (int i = 0; i < lines.length; i++) {
            // Found in two plain steps: one expression for both would take quadratic time on a hostile line.
            Matcher word = WORD.matcher(lines[i]);
            int colon = word.find() ? lines[i].indexOf(':', word.end()) : -1;
            int indent = lines[i].length() - lines[i].stripLeading().length();
            if (colon >= 0) {
                lines[i] = lines[i].substring(0, colon + 1) + stars(lines[i].substring(colon + 1));
                hidden = indent;
            } else if (hidden >= 0 && (indent > hidden || lines[i].isBlank())) {
                lines[i] = stars(lines[i]);
            } else {
                hidden = -1;
            }
        }
        return String.join("", Arrays.asList(lines));
    }

    private static String stars(String value) {
        return value.isBlank() || LINE_REFERENCE.matcher(value).matches() ? value : value.replaceAll("\\S", "*");
    }
}
