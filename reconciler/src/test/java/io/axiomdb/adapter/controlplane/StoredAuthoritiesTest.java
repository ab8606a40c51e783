package io.axiomdb.adapter.controlplane;

import static io.axiomdb.adapter.controlplane.ControlPlaneContract.is;
import static io.axiomdb.adapter.controlplane.Samples.key;
import static io.axiomdb.adapter.controlplane.Samples.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.axiomdb.adapter.pki.Authority;
import io.axiomdb.audit.Actor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.AuthorityStore.Kept;
import io.axiomdb.port.SecretsKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredAuthoritiesTest extends AuthorityStoreContract {
    private static final Actor ACTOR = new Actor("dba@acme.example", false, null, null);

    private final JdbcTarget target = TestServer.database();
    private final SecretsKey key = TestKey.fresh();
    private final ControlPlaneDatabase database = open(key);
    private final ControlPlaneDatabase second = open(key);

    private ControlPlaneDatabase open(SecretsKey with) {
        return ControlPlaneDatabase.open(target, with, ControlPlaneDatabase.LEASE);
    }

    @AfterEach
    void close() {
        database.close();
        second.close();
        TestServer.giveBack(target);
    }

    @Override
    AuthorityStore store() {
        return database.authorities();
    }

    @Override
    AuthorityStore elsewhere() {
        return second.authorities();
    }

    @Test
    void the_private_key_is_nowhere_in_the_database() throws Exception {
        made(new Authority(store(), Instant::now, new SecureRandom()));
        String pem = Objects.requireNonNull(store().kept().getFirst().key()).reveal();
        String base64 = pem.lines().filter(line -> !line.startsWith("-")).reduce("", String::concat);
        byte[] der = Base64.getDecoder().decode(base64);
        ECPrivateKey made = (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        String number = made.getS().toString(16);

        String rows =
                String.join("\n", TestServer.query(target, "SELECT t::text FROM axiomdb.certificate_authorities t"));
        String sealed = TestServer.query(target, "SELECT encode(sealed, 'hex') FROM axiomdb.certificate_authorities")
                .getFirst();

        assertThat(number).hasSizeGreaterThan(56);
        assertThat(rows).contains("BEGIN CERTIFICATE").doesNotContain("PRIVATE KEY");
        assertThat(rows + sealed)
                .doesNotContain(number)
                .doesNotContain(
                        HexFormat.of().formatHex(base64.substring(40, 60).getBytes(StandardCharsets.US_ASCII)))
                .doesNotContain(base64.substring(60, 80));
        assertThat(store().kept().getFirst().toString()).contains("[redacted]").doesNotContain(base64);
    }

    @Test
    void another_key_is_refused_and_makes_no_authority() {
        String certificate = made(new Authority(store(), Instant::now, new SecureRandom()));

        SecretsKey wrong = TestKey.fresh();
        JdbcTarget elsewhere = TestServer.database();
        try (ControlPlaneDatabase other = ControlPlaneDatabase.open(elsewhere, wrong, ControlPlaneDatabase.LEASE)) {
            other.secrets().putPending("acme", List.of(secret(key("main", RoleKind.RW), "makes the wrong key's file")));
        }
        try (ControlPlaneDatabase other = open(wrong)) {
            Authority authority = new Authority(other.authorities(), Instant::now, new SecureRandom());
            assertThatThrownBy(authority::certificate)
                    .hasMessageContaining("secrets are stored that need")
                    .satisfies(is(Code.SECRETS_KEY));
        }
        assertThat(store().kept()).extracting(Kept::certificate).containsExactly(certificate);
    }

    /** The two began when nothing was stored, so that neither was refused at its start. */
    @Test
    void of_two_keys_that_begin_at_once_only_the_first_is_taken() {
        try (ControlPlaneDatabase stranger = open(TestKey.fresh())) {
            stranger.secrets().ready();
            store().keep(new Kept(1, "c", "", Secret.of("k")));

            assertThatThrownBy(() -> stranger.authorities().kept()).satisfies(is(Code.SECRETS_KEY));
            assertThatThrownBy(() -> stranger.authorities().keep(new Kept(2, "d", "", Secret.of("l"))))
                    .satisfies(is(Code.SECRETS_KEY));
        }
        assertThat(store().kept()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"certificate = 'mine'", "bridge = 'mine'", "number = 7", "sealed = sealed || '\\x00'"})
    void what_was_changed_in_the_database_is_refused(String change) {
        store().keep(new Kept(1, "certificate", "", Secret.of("key")));
        TestServer.execute(
                target,
                "ALTER TABLE axiomdb.certificate_authorities DISABLE TRIGGER USER",
                "UPDATE axiomdb.certificate_authorities SET " + change);

        assertThatThrownBy(() -> store().kept()).satisfies(is(Code.SECRETS_KEY));
    }

    @Test
    void an_authority_whose_key_is_lost_is_known_and_signs_no_more() {
        String old = made(new Authority(store(), Instant::now, new SecureRandom()));
        try (ControlPlaneDatabase other = open(TestKey.fresh())) {
            other.keys().renew("acme", other.keys().lost(), ACTOR);
            Authority authority = new Authority(other.authorities(), Instant::now, new SecureRandom());
            assertThat(authority.certificate()).isEqualTo(old);
            String both = made(authority);

            assertThat(both).endsWith(old).isNotEqualTo(old);
            assertThat(other.authorities().kept())
                    .extracting(Kept::number, kept -> kept.key() == null, Kept::bridge)
                    .containsExactly(tuple(2, false, ""), tuple(1, true, ""));
        }
    }

    @Test
    void two_keys_may_be_lost_one_after_the_other() {
        String old = made(new Authority(store(), Instant::now, new SecureRandom()));
        for (int i = 0; i < 2; i++) {
            try (ControlPlaneDatabase other = open(TestKey.fresh())) {
                other.keys().renew("acme", other.keys().lost(), ACTOR);
                assertThat(new Authority(other.authorities(), Instant::now, new SecureRandom()).certificate())
                        .isEqualTo(old);
            }
        }
    }

    /** Whoever can write the table can't pass a certificate off as one of an authority whose key was lost. */
    @Test
    void the_certificate_of_a_lost_authority_is_bound_to_the_new_key() {
        made(new Authority(store(), Instant::now, new SecureRandom()));
        try (ControlPlaneDatabase other = open(TestKey.fresh())) {
            other.keys().renew("acme", other.keys().lost(), ACTOR);
            TestServer.execute(
                    target,
                    "ALTER TABLE axiomdb.certificate_authorities DISABLE TRIGGER USER",
                    "UPDATE axiomdb.certificate_authorities SET certificate = 'mine'");
            assertThatThrownBy(() -> other.authorities().kept()).satisfies(is(Code.SECRETS_KEY));
        }
    }

    @Test
    void the_table_takes_no_change() {
        store().keep(new Kept(1, "certificate", "", Secret.of("key")));

        for (String statement : List.of(
                "UPDATE axiomdb.certificate_authorities SET certificate = 'mine'",
                "DELETE FROM axiomdb.certificate_authorities",
                "TRUNCATE axiomdb.certificate_authorities CASCADE")) {
            assertThatThrownBy(() -> TestServer.execute(target, statement)).hasMessageContaining("append-only");
        }
    }

    @Test
    void a_successor_is_kept_beside_the_old_one() {
        Instant now = Instant.now();
        String old = made(new Authority(store(), () -> now, new SecureRandom()));
        String both = made(new Authority(elsewhere(), () -> now.plus(Duration.ofDays(3400)), new SecureRandom()));

        assertThat(both).endsWith(old).isNotEqualTo(old);
        assertThat(store().kept()).extracting(Kept::number).containsExactly(2, 1);
    }

    /** What clients trust, made if need be. */
    private static String made(Authority authority) {
        authority.ready();
        return authority.certificate();
    }
}
