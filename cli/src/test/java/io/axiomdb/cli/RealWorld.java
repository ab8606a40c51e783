package io.axiomdb.cli;

import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.World;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The world of a real axm, started from somewhere without a terminal. */
public record RealWorld(World world, ByteArrayOutputStream out, ByteArrayOutputStream err) {
    public static RealWorld of(Map<String, String> environment) {
        return of(environment, "", false);
    }

    /** The same at a terminal, where somebody types this. */
    public static RealWorld answering(Map<String, String> environment, String typed) {
        return of(environment, typed, true);
    }

    private static RealWorld of(Map<String, String> environment, String typed, boolean terminal) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal typing = new Terminal(
                new BufferedReader(new StringReader(typed)),
                stream(out),
                stream(err),
                environment,
                terminal,
                terminal,
                terminal,
                0);
        return new RealWorld(new Wiring(typing), out, err);
    }

    /** Everything that was said. */
    public String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
