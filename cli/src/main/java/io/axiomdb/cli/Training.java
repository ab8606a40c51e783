package io.axiomdb.cli;

import io.axiomdb.cli.command.Axm;
import io.axiomdb.cli.world.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the launcher runs once to make the AOT cache: commands that touch no server, their output thrown away. The
 * classes they load are there at once when axm starts the next time.
 */
public final class Training {
    private Training() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(
                new BufferedReader(Reader.nullReader()), nowhere, nowhere, Map.of(), false, false, false, 0);
        for (List<String> line : lines(Path.of(System.getProperty("axm.root", "."), "examples"))) {
            Axm.run(new Wiring(terminal), line);
        }
    }

    private static List<List<String>> lines(Path examples) throws IOException {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of());
        lines.add(List.of("version"));
        lines.add(List.of("--help"));
        lines.add(List.of("plan", "--help"));
        lines.add(List.of("no-such-command"));
        if (Files.isDirectory(examples)) {
            try (Stream<Path> directories = Files.list(examples)) {
                directories
                        .sorted()
                        .map(d -> d.resolve("axiomdb.yaml"))
                        .filter(Files::exists)
                        .forEach(file -> {
                            lines.add(List.of("validate", "--file", file.toString()));
                            lines.add(List.of("validate", "--file", file.toString(), "--output", "json"));
                        });
            }
        }
        return lines;
    }
}
