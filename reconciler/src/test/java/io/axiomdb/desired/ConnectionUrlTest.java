package io.axiomdb.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Secret;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.postgresql.Driver;

class ConnectionUrlTest {
    @Test
    void it_follows_the_specifications_contract() {
        ConnectionUrl url = new ConnectionUrl(
                "square_experience_main_rw",
                "db.acme.example",
                6432,
                "sq_square_experience_main_br_feature-auth",
                Host.Tls.REQUIRED);
        assertThat(url.reveal(Secret.of("a!@#$%^&*b")))
                .isEqualTo("postgresql://square_experience_main_rw:a%21%40%23%24%25%5E%26%2Ab@db.acme.example:6432"
                        + "/sq_square_experience_main_br_feature-auth?sslmode=require");
        assertThat(url)
                .hasToString("postgresql://square_experience_main_rw:****@db.acme.example:6432"
                        + "/sq_square_experience_main_br_feature-auth?sslmode=require");
    }

    @Test
    void an_ipv6_endpoint_stands_in_brackets() {
        ConnectionUrl url = new ConnectionUrl("u", "2001:db8::1", 5432, "d", Host.Tls.VERIFY_FULL);
        assertThat(url).hasToString("postgresql://u:****@[2001:db8::1]:5432/d?sslmode=verify-full");
        assertThat(URI.create(url.toString()).getHost()).isEqualTo("[2001:db8::1]");
    }

    @Property(seed = "42")
    void reading_it_back_gives_what_went_in(
            @ForAll("names") String role, @ForAll("names") String database, @ForAll("passwords") String password) {
        ConnectionUrl url = new ConnectionUrl(role, "127.0.0.1", 5433, database, Host.Tls.DISABLE);
        URI uri = URI.create(url.reveal(Secret.of(password)));
        String[] user = uri.getRawUserInfo().split(":", -1);
        assertThat(user).hasSize(2);
        assertThat(decode(user[0])).isEqualTo(role);
        assertThat(decode(user[1])).isEqualTo(password);
        assertThat(decode(uri.getRawPath().substring(1))).isEqualTo(database);
        assertThat(uri.getHost()).isEqualTo("127.0.0.1");
        assertThat(uri.getPort()).isEqualTo(5433);
        assertThat(uri.getRawQuery()).isEqualTo("sslmode=disable");
    }

    /** The driver takes everything but the login from it; that it takes as properties. */
    @Property(seed = "42")
    void the_driver_reads_every_part(
            @ForAll("names") String database,
            @ForAll("endpoints") String endpoint,
            @ForAll @IntRange(min = 1, max = 65_535) int port,
            @ForAll Host.Tls tls) {
        ConnectionUrl url = new ConnectionUrl("r", endpoint, port, database, tls);
        Properties read =
                Objects.requireNonNull(Driver.parseURL("jdbc:" + url.toString().replace("r:****@", ""), null));
        assertThat(read.getProperty("PGHOST").replaceAll("[\\[\\]]", "")).isEqualTo(endpoint);
        assertThat(read.getProperty("PGPORT")).isEqualTo(Integer.toString(port));
        assertThat(read.getProperty("PGDBNAME")).isEqualTo(database);
        assertThat(read.getProperty("sslmode"))
                .isEqualTo(
                        switch (tls) {
                            case REQUIRED -> "require";
                            case VERIFY_FULL -> "verify-full";
                            case DISABLE -> "disable";
                        });
    }

    @Provide
    Arbitrary<String> endpoints() {
        return Arbitraries.of("db1.acme.example", "localhost", "192.0.2.17", "2001:db8::1", "::1");
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .all()
                .excludeChars('\0')
                .ofMinLength(1)
                .ofMaxLength(63)
                .filter(this::wellFormed);
    }

    @Provide
    Arbitrary<String> passwords() {
        return Arbitraries.strings()
                .withCharRange('A', 'Z')
                .withCharRange('a', 'z')
                .numeric()
                .withChars("!@#$%^&*:/?+ ")
                .ofLength(32);
    }

    private boolean wellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** A plus sign is a plus sign outside of forms. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
