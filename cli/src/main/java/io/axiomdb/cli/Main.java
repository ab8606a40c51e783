package io.axiomdb.cli;

import io.axiomdb.cli.command.Axm;
import io.axiomdb.cli.world.Terminal;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where the process starts. The launcher says what it knows better than Java: which streams are terminals, how wide. */
public final class Main {
    private Main() {}

    /** Ends the process with {@link io.axiomdb.cli.command.Exit}'s codes. */
    public static void main(String[] arguments) {
        System.exit(Axm.run(new Wiring(terminal()), List.of(arguments)));
    }

    private static Terminal terminal() {
        String terminals = System.getProperty("axm.tty", "");
        return new Terminal(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.getenv(),
                terminals.contains("0"),
                terminals.contains("1"),
                terminals.contains("2"),
                Integer.getInteger("axm.columns", 0));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
