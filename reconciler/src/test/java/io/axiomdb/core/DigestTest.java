package io.axiomdb.core;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    /** As sha256sum prints them. */
    @ParameterizedTest
    @CsvSource({
        "'', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "Ångström 😀, ab104bbe162042e012074b5f64baea45ddd4aca7f9d3660b804d52b9d01340e0",
    })
    void it_is_sha_256_of_the_texts_utf_8(String text, String hex) {
        assertThat(Digest.of(text).hex()).isEqualTo(hex);
    }

    @Property(seed = "42")
    void sixteen_digits_of_its_beginning_name_it_and_nothing_else_does(@ForAll String text, @ForAll String other) {
        Digest digest = Digest.of(text);
        assertThat(digest.hex()).matches("[0-9a-f]{64}");
        assertThat(digest.isNamedBy(digest.abbreviated())).isTrue();
        assertThat(digest.isNamedBy(digest.hex().substring(0, 15))).isFalse();
        assertThat(digest.isNamedBy(other)).isFalse();
    }
}
