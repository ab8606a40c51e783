package io.axiomdb.cli.world;

import io.axiomdb.cli.view.Style;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where we were started from: streams, what they are joined to, the environment.
 *
 * @param columns of the terminal; 0 when unknown
 */
public record Terminal(
        BufferedReader in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        int columns) {
    private static final int NARROWEST = 40;
    private static final int WIDEST = 160;

    /** Whether a person can be asked. */
    public boolean interactive() {
        return inIsTerminal && outIsTerminal;
    }

    public Style outStyle() {
        return style(outIsTerminal);
    }

    public Style errStyle() {
        return style(errIsTerminal);
    }

    /** Whether lines can be drawn over again on stderr. */
    public boolean live() {
        return errIsTerminal && !dumb();
    }

    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /** The same, with one variable set. */
    public Terminal with(String name, String value) {
        Map<String, String> changed = new TreeMap<>(environment);
        changed.put(name, value);
        return new Terminal(in, out, err, changed, inIsTerminal, outIsTerminal, errIsTerminal, columns);
    }

    private Style style(boolean terminal) {
        return new Style(colors(terminal), width());
    }

    /** NO_COLOR wins, then CLICOLOR_FORCE, then TERM=dumb and CLICOLOR=0, then whether it is a terminal. */
    private boolean colors(boolean terminal) {
        if (!variable("NO_COLOR").isEmpty()) {
            return false;
        }
        String force = variable("CLICOLOR_FORCE");
        if (!force.isEmpty() && !force.equals("0")) {
            return true;
        }
        return terminal && !dumb() && !variable("CLICOLOR").equals("0");
    }

    private boolean dumb() {
        return variable("TERM").equals("dumb");
    }

    private int width() {
        String set = variable("COLUMNS");
        int width = set.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(set) : columns;
        return width <= 0 ? Style.FALLBACK_WIDTH : Math.clamp(width, NARROWEST, WIDEST);
    }
}
