package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainTest {
    private final FakeWorld world = new FakeWorld();

    @ParameterizedTest
    @EnumSource(Code.class)
    void every_code_has_a_text(Code code) {
        assertThat(world.run("explain", code.id())).isEqualTo(Exit.OK);
        assertThat(world.out())
                .startsWith(code.severity().word() + "[" + code.id() + "]: " + code.summary() + "\n\n")
                .hasSizeGreaterThan(100)
                .doesNotContain("###")
                .doesNotContain("\n## ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ax0107", "0107", " AX0107 "})
    void the_code_may_be_typed_loosely(String code) {
        assertThat(world.run("explain", code)).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("unknown property");
    }

    @Test
    void an_unknown_code_is_told_with_the_nearest_one() {
        assertThat(world.run("explain", "AX1007")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0810").contains("did you mean \"AX0107\"?");
    }

    @Test
    void without_a_code_all_are_listed() {
        assertThat(world.run("explain")).isEqualTo(Exit.OK);
        assertThat(world.out().lines()).hasSize(Code.values().length + 1);
    }
}
