package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completion scripts, in the shells that are installed. */
class CompletionTest {
    private final FakeWorld world = new FakeWorld();

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "'axm net', network",
        "'axm network rule ', create",
        "'axm network rule create --project shop --', --cidr",
        "'axm plan --output ', markdown",
        "'axm completion ', fish"
    })
    void bash_completes(String typed, String expected) throws Exception {
        String[] words = typed.split(" ", -1);
        String quoted =
                String.join(" ", Arrays.stream(words).map(w -> "'" + w + "'").toList());
        String script = script("bash") + "\ncompopt() { :; }\nCOMP_WORDS=(" + quoted + ")\nCOMP_CWORD="
                + (words.length - 1) + "\n_complete_axm\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
        assertThat(run("bash", "--norc", script).stream().map(String::strip)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'axm net', network",
        "'axm network rule ', create",
        "'axm network --file x rule create --', --cidr",
        "'axm plan --output ', markdown",
        "'axm plan --output=m', --output=markdown",
        "'axm completion ', fish"
    })
    void fish_completes(String typed, String expected) throws Exception {
        List<String> lines = run("fish", "--no-config", script("fish") + "\ncomplete -C '" + typed + "'\n");
        assertThat(lines.stream().map(line -> line.split("\t")[0]))
                .contains(expected)
                .doesNotContain("version-x");
        assertThat(lines.stream().map(line -> line.split("\t")[0])).doesNotHaveDuplicates();
    }

    @Test
    void fish_offers_commands_only_where_they_belong() throws Exception {
        List<String> lines = run("fish", "--no-config", script("fish") + "\ncomplete -C 'axm branch '\n");
        assertThat(lines.stream().map(line -> line.split("\t")[0]))
                .containsExactly("create", "delete", "list", "reset");
    }

    @Test
    void zsh_takes_the_script() throws Exception {
        String script = script("zsh") + "\nprint -r -- ${_comps[axm]}\n";
        assertThat(run("zsh", "-f", script)).anyMatch(line -> line.contains("_bash_complete"));
    }

    private String script(String shell) {
        assertThat(world.run("completion", shell)).isEqualTo(Exit.OK);
        return world.out();
    }

    /** Runs a script; what it says on stderr is a failure. */
    private List<String> run(String shell, String flag, String script) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin", shell)), shell + " is not installed");
        Path file = Files.writeString(directory.resolve("script"), script);
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder("/usr/bin/" + shell, flag, file.toString()).redirectError(err.toFile());
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(err)).isEmpty();
        return out.lines().toList();
    }
}
