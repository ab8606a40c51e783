package io.axiomdb.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorsDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/errors.md");

    @Test
    void docs_errors_md_explains_every_code_in_order_and_no_other() throws IOException {
        List<String> explained = Pattern.compile("(?m)^### (AX.*)$")
                .matcher(Files.readString(DOCUMENT))
                .results()
                .map(heading -> heading.group(1))
                .toList();
        assertThat(explained)
                .as(
                        "docs/errors.md needs a heading `### <id> <summary>` for each of core/Code.java, in that order, with"
                                + " one to three lines on what it means and how to mend it")
                .isEqualTo(Arrays.stream(Code.values())
                        .map(code -> code.id() + " " + code.summary())
                        .toList());
    }

    @Test
    void every_explanation_says_something() throws IOException {
        String[] sections = Files.readString(DOCUMENT).split("(?m)^#{2,3} .*$");
        assertThat(Arrays.stream(sections).skip(1).filter(s -> !s.isBlank()))
                .hasSize(Code.values().length)
                .allSatisfy(section -> assertThat(section.strip().length()).isGreaterThan(60));
    }

    @Test
    void codes_are_unique() {
        assertThat(Arrays.stream(Code.values()).map(Code::id)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Code.values()).map(Code::summary)).doesNotHaveDuplicates();
    }
}
