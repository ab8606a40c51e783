package io.axiomdb.lab;

import java.util.ArrayList;
import java.util.List;

/** The fields of a line of an hba file, each a list: blanks between fields, commas within, quotes around either, # ends it. */
final class HbaWords {
    private final String line;
    private int at;

    HbaWords(String line) {
        this.line = line;
    }

    List<List<String>> fields() {
        List<List<String>> fields = new ArrayList<>();
        boolean comma = false;
        while (true) {
            while (at < line.length() && (Character.isWhitespace(line.charAt(at)) || line.charAt(at) == ',')) {
                comma |= line.charAt(at) == ',';
                at++;
            }
            if (at >= line.length() || line.charAt(at) == '#') {
                return fields;
            }
            if (!comma) {
                fields.add(new ArrayList<>());
            }
            fields.getLast().add(word());
            comma = false;
        }
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (Character.isWhitespace(c) || c == ',' || c == '#')) {
                break;
            } else {
                word.append(c);
            }
            at++;
        }
        if (quoted) {
            throw new IllegalStateException("a quote is never closed: " + line);
        }
        return word.toString();
    }
}
