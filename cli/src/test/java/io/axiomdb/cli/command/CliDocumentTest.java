package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

class CliDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/cli.md");
    private static final Path DELETING = Path.of("../docs/deleting.md");

    @Test
    void docs_cli_md_shows_every_command() throws IOException {
        List<String> commands = new ArrayList<>();
        collect(Axm.whole(new FakeWorld()), "axm", commands);
        String document = Files.readString(DOCUMENT);
        assertThat(commands)
                .hasSizeGreaterThan(15)
                .allSatisfy(
                        command -> assertThat(document).containsPattern("(?m)^" + Pattern.quote(command) + "( |$)"));
    }

    /** Every line of its code blocks that begins with axm can be typed: the options are there and take such values. */
    @Test
    void its_examples_parse() throws IOException {
        List<String> lines = Stream.concat(Files.readAllLines(DOCUMENT).stream(), Files.readAllLines(DELETING).stream())
                .filter(line -> line.startsWith("axm "))
                .map(line -> line.replaceAll(" +#.*$", "").replaceAll(" > .*$", ""))
                .toList();
        assertThat(lines).hasSizeGreaterThan(20).allSatisfy(line -> {
            ParseResult parsed = Axm.whole(new FakeWorld()).parseArgs(words(line));
            assertThat(parsed.hasSubcommand()).isTrue();
        });
    }

    private static String[] words(String line) {
        return Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(line.substring("axm ".length()))
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toArray(String[]::new);
    }

    private static void collect(CommandLine line, String path, List<String> commands) {
        if (line.getSubcommands().isEmpty()) {
            commands.add(path);
        }
        line.getSubcommands().forEach((name, below) -> collect(below, path + " " + name, commands));
    }
}
