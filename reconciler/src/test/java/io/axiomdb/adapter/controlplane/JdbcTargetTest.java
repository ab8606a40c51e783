package io.axiomdb.adapter.controlplane;

import static io.axiomdb.adapter.controlplane.ControlPlaneContract.is;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcTargetTest {
    private static JdbcTarget parse(String url) {
        return JdbcTarget.parse(url, null);
    }

    @Test
    void an_address_has_all_its_parts() {
        Secret password = Secret.of("x");

        assertThat(JdbcTarget.parse(
                        "jdbc:postgresql://axm@db.acme.example:6543/control?sslmode=verify-full&sslrootcert=/etc/ca.pem",
                        password))
                .isEqualTo(new JdbcTarget(
                        "db.acme.example", 6543, "control", "axm", password, "verify-full", "/etc/ca.pem"));
    }

    @Test
    void escapes_and_addresses_in_brackets_are_understood() {
        JdbcTarget target = parse("postgres://a%40b+c@[2001:db8::1]/my%20db");

        assertThat(target.user()).isEqualTo("a@b+c");
        assertThat(target.host()).isEqualTo("2001:db8::1");
        assertThat(target.port()).isEqualTo(5432);
        assertThat(target.database()).isEqualTo("my db");
        assertThat(target).hasToString("a@b+c@[2001:db8::1]:5432/my db");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, prefer",
        "127.0.0.1, prefer",
        "[::1], prefer",
        "db.acme.example, verify-full",
        "localhost.evil.example, verify-full",
        "1270.0.0.1, verify-full"
    })
    void servers_elsewhere_must_prove_who_they_are(String host, String mode) {
        assertThat(parse("postgresql://axm@" + host + "/axm").sslMode()).isEqualTo(mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "allow", "prefer", "require", "verify-ca"})
    void encryption_can_be_given_up_on_loopback_alone(String mode) {
        assertThat(parse("postgresql://axm@localhost/axm?sslmode=" + mode).sslMode())
                .isEqualTo(mode);
        assertThatThrownBy(() -> parse("postgresql://axm@db.acme.example/axm?sslmode=" + mode))
                .satisfies(is(Code.TLS_DISABLED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mysql://axm@localhost/axm",
                "postgresql://localhost/axm",
                "postgresql://@localhost/axm",
                "postgresql://axm@localhost",
                "postgresql://axm@localhost/",
                "postgresql://axm@/axm",
                "postgresql://axm@localhost:0/axm",
                "postgresql://axm@localhost:65536/axm",
                "postgresql://axm@localhost:x/axm",
                "postgresql://axm@a,b/axm",
                "postgresql://axm@a:1,b:2/axm",
                "postgresql://axm@localhost/axm/more",
                "postgresql://axm@localhost/axiomdb%5Flock",
                "postgresql://axm@localhost/axm#x",
                "postgresql://axm@localhost/axm?",
                "postgresql://axm@localhost/axm?sslmode",
                "postgresql://axm@localhost/axm?sslmode=",
                "postgresql://axm@localhost/axm?sslmode=of",
                "postgresql://axm@localhost/axm?sslmode=require&sslmode=require",
                "postgresql://axm@localhost/axm?socketFactory=evil",
                "postgresql://axm@localhost/axm?user=other",
                "postgresql://axm@localhost/a%zzm",
                "postgresql://axm@localhost/a%00",
                "postgresql://axm@localhost/a%ff",
                "postgresql://axm@localhost/a%c0%80",
                "postgresql://%ed%a0%80@localhost/axm",
                "postgresql://axm@localhost/a xm",
                "postgresql://axm@localhost/axm\n"
            })
    void anything_else_is_refused(String url) {
        assertThatThrownBy(() -> parse(url)).satisfies(is(Code.BAD_URL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://axm:hunter2@localhost/axm",
                "postgresql://axm:hunter2@localhost:x/axm",
                "postgresql://axm:hunter2/axm",
                "postgresql://axm@localhost/axm?password=hunter2",
                "postgresql://axm@localhost/axm?hunter2"
            })
    void a_password_in_the_address_is_refused_and_not_repeated(String url) {
        assertThatThrownBy(() -> parse(url))
                .satisfies(is(Code.BAD_URL))
                .satisfies(failure -> assertThat(failure.toString()).doesNotContain("hunter2"));
    }
}
