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
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new BufferedReader(new StringReader("")),
                stream(out),
                stream(err),
                environment,
                false,
                false,
                false,
                0);
        return new RealWorld(new Wiring(terminal), out, err);
    }

    /** Everything that was said. */
    public String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
