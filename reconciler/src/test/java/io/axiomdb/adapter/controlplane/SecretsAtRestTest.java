package io.axiomdb.adapter.controlplane;

import static io.axiomdb.adapter.controlplane.ControlPlaneContract.is;
import static io.axiomdb.adapter.controlplane.Samples.done;
import static io.axiomdb.adapter.controlplane.Samples.key;
import static io.axiomdb.adapter.controlplane.Samples.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.audit.Actor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.port.SecretsKey;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretsAtRestTest {
    private static final String CANARY = "cAnArY-7!q9@Zx#Lm2$Vb8%Kp4^Rt6&W";
    private static final CredentialKey RW = key("main", RoleKind.RW);
    private static final CredentialKey RO = key("main", RoleKind.RO);

    private static final Actor ACTOR = new Actor("dba@acme.example", false, null, null);

    private final JdbcTarget target = TestServer.database();
    private final SecretsKey key = TestKey.fresh();
    private ControlPlaneDatabase database = open(key);

    private ControlPlaneDatabase open(SecretsKey with) {
        return ControlPlaneDatabase.open(target, with, ControlPlaneDatabase.LEASE);
    }

    private void reopen(SecretsKey with) {
        database.close();
        database = open(with);
    }

    @AfterEach
    void close() {
        database.close();
        TestServer.giveBack(target);
    }

    @Test
    void a_password_is_read_again_by_another_process_with_the_same_key() {
        put("acme", RW, CANARY);
        reopen(key);

        assertThat(database.secrets().current("acme", RW).map(StoredSecret::password))
                .contains(Secret.of(CANARY));
    }

    @Test
    void another_key_is_refused_and_the_needed_one_named() {
        put("acme", RW, CANARY);
        String needed = TestServer.query(target, "SELECT key_id FROM axiomdb.secret_keys")
                .getFirst();
        SecretsKey wrong = TestKey.fresh();
        try (ControlPlaneDatabase other =
                ControlPlaneDatabase.open(TestServer.database(), wrong, ControlPlaneDatabase.LEASE)) {
            other.secrets().putPending("acme", List.of(secret(RW, "makes the wrong key's file")));
        }

        reopen(wrong);

        assertThatThrownBy(() -> database.secrets().current("acme", RW))
                .hasMessageContaining(needed)
                .satisfies(is(Code.SECRETS_KEY));
        assertThatThrownBy(() -> database.secrets().ready()).satisfies(is(Code.SECRETS_KEY));
    }

    @Test
    void a_missing_key_is_refused_and_none_is_made_when_passwords_are_stored() {
        put("acme", RW, CANARY);

        reopen(TestKey.fresh());

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> database.secrets().putPending("acme", List.of(secret(RW, "x"))))
                    .hasMessageContaining("holds no key")
                    .satisfies(is(Code.SECRETS_KEY));
        }
    }

    @Test
    void of_two_keys_that_begin_at_once_only_the_first_to_store_is_taken() {
        try (ControlPlaneDatabase second = open(TestKey.fresh())) {
            database.secrets().ready();
            second.secrets().ready();
            database.secrets().putPending("acme", List.of(secret(RW, "a")));

            assertThatThrownBy(() -> second.secrets().putPending("acme", List.of(secret(RW, "b"))))
                    .satisfies(is(Code.SECRETS_KEY));
        }
        assertThat(TestServer.query(target, "SELECT version FROM axiomdb.credentials"))
                .containsExactly("1");
    }

    @Test
    void a_password_moved_to_another_place_can_not_be_opened() {
        put("acme", RW, CANARY);
        put("acme", RO, "another");
        put("beta", RW, "of another organization");

        for (String from : List.of("organization = 'acme' AND role = 'RO'", "organization = 'beta'")) {
            TestServer.execute(
                    target,
                    "UPDATE axiomdb.credentials SET sealed = (SELECT sealed FROM axiomdb.credentials WHERE " + from
                            + ") WHERE organization = 'acme' AND role = 'RW'");
            assertThatThrownBy(() -> database.secrets().current("acme", RW)).satisfies(is(Code.SECRETS_KEY));
        }
    }

    @Test
    void an_older_password_can_not_be_passed_off_as_the_current_one() {
        put("acme", RW, "leaked long ago");
        put("acme", RW, CANARY);

        TestServer.execute(
                target,
                "UPDATE axiomdb.credentials SET sealed = (SELECT sealed FROM axiomdb.credentials WHERE version = 1)"
                        + " WHERE version = 2");

        assertThatThrownBy(() -> database.secrets().current("acme", RW))
                .satisfies(is(Code.SECRETS_KEY))
                .satisfies(failure -> assertThat(traces(failure)).doesNotContain("leaked long ago"));
    }

    @Test
    void every_step_in_the_life_of_a_password_is_recorded() {
        put("acme", RW, "first");
        put("acme", RW, "second");
        database.secrets().current("acme", RW);

        assertThat(TestServer.query(
                        target,
                        "SELECT version || ' ' || event FROM axiomdb.credential_events"
                                + " WHERE role = 'RW' AND branch = 'main' ORDER BY id"))
                .containsExactly("1 made", "1 confirmed", "2 made", "1 retired", "2 confirmed", "2 read");
    }

    @Test
    void a_password_is_nowhere_in_the_database_in_logs_or_in_failures() {
        List<String> logged = new ArrayList<>();
        Handler collector = collector(logged);
        Logger root = Logger.getLogger("");
        Level before = root.getLevel();
        root.addHandler(collector);
        root.setLevel(Level.ALL);
        try {
            put("acme", RW, CANARY);
            database.secrets().current("acme", RW);
            StoredSecret unstorable = secret(new CredentialKey("shop", "a\0b", RoleKind.RW), CANARY);
            assertThatThrownBy(() -> database.secrets().putPending("acme", List.of(unstorable)))
                    .satisfies(failure -> assertNoCanary(traces(failure)));
        } finally {
            root.setLevel(before);
            root.removeHandler(collector);
        }

        assertThat(logged).isNotEmpty();
        assertNoCanary(String.join("\n", logged));
        assertNoCanary(dump());
        assertThat(dump()).contains("shop").contains("\\x01");
    }

    @Test
    void a_lost_key_gets_a_successor_and_what_it_sealed_is_unknown_and_named() {
        for (String organization : List.of("acme", "beta")) { // of each password the trail knows a change
            database.finish(organization, List.of(done("m", ResourceKey.branch("shop", "main"), new Effect.Nothing())));
        }
        put("acme", RW, CANARY);
        put("beta", RO, "of another organization");
        reopen(TestKey.fresh());
        KeyRenewal.Lost lost = database.keys().lost();

        assertThat(lost.roles()).isEqualTo(Map.of("acme", List.of(RW), "beta", List.of(RO)));
        assertThat(database.read("acme").credentials()).containsKey(RW);
        String made = database.keys().renew("acme", lost, ACTOR);

        assertThat(database.read("acme").credentials()).isEmpty();
        assertThat(database.secrets().current("acme", RW)).isEmpty();
        assertThat(TestServer.query(target, "SELECT state || ' ' || (sealed <> '')::text FROM axiomdb.credentials"))
                .containsOnly("LOST true");
        assertThat(TestServer.query(
                        target,
                        "SELECT organization || ' ' || event FROM axiomdb.audit_events WHERE event = 'key.renewed'"))
                .containsExactlyInAnyOrder("acme key.renewed", "beta key.renewed");
        assertThat(database.verifyAudit()).isEmpty();
        put("acme", RW, "a new one");
        assertThat(database.secrets().current("acme", RW).map(StoredSecret::password))
                .contains(Secret.of("a new one"));
        assertThat(TestServer.query(target, "SELECT key_id FROM axiomdb.secret_keys WHERE lost_at IS NULL"))
                .containsExactly(made);
        assertThat(TestServer.query(target, "SELECT max(version) FROM axiomdb.credentials WHERE organization = 'acme'"))
                .containsExactly("2");
    }

    @Test
    void a_process_with_the_lost_key_stores_nothing_any_more() {
        put("acme", RW, CANARY);
        try (ControlPlaneDatabase running = open(key)) {
            running.secrets().ready();
            reopen(TestKey.fresh());
            database.keys().renew("acme", database.keys().lost(), ACTOR);

            assertThatThrownBy(() -> running.secrets().putPending("acme", List.of(secret(RO, "x"))))
                    .satisfies(is(Code.SECRETS_KEY));
        }
        assertThatThrownBy(() -> open(key).secrets().ready()).satisfies(is(Code.SECRETS_KEY));
    }

    /** What is confirmed by an apply that began before stays unknown: nobody can open it. */
    @Test
    void what_a_running_apply_confirms_stays_lost() {
        Credential pending = database.secrets()
                .putPending("acme", List.of(secret(RW, CANARY)))
                .getFirst();
        reopen(TestKey.fresh());
        database.keys().renew("acme", database.keys().lost(), ACTOR);

        database.finish("acme", List.of(done("m", ResourceKey.branch("shop", "main"), new Effect.Nothing(), pending)));

        assertThat(database.read("acme").credentials()).isEmpty();
    }

    @Test
    void no_key_is_given_up_when_more_is_sealed_than_was_shown_or_the_old_one_is_there() {
        put("acme", RW, CANARY);
        assertThatThrownBy(() -> database.keys().lost()).satisfies(is(Code.SECRETS_KEY));
        try (ControlPlaneDatabase elsewhere = open(TestKey.fresh())) {
            KeyRenewal.Lost shown = elsewhere.keys().lost();
            put("acme", RO, "another");
            assertThatThrownBy(() -> elsewhere.keys().renew("acme", shown, ACTOR))
                    .satisfies(is(Code.SECRETS_KEY));
        }
        assertThat(TestServer.query(target, "SELECT count(*) FROM axiomdb.secret_keys WHERE lost_at IS NOT NULL"))
                .containsExactly("0");
    }

    private void put(String organization, CredentialKey of, String password) {
        Credential made = database.secrets()
                .putPending(organization, List.of(secret(of, password)))
                .getFirst();
        ResourceKey main = ResourceKey.branch("shop", "main");
        database.finish(organization, List.of(done("m", main, new Effect.Nothing(), made)));
    }

    private static void assertNoCanary(String text) {
        byte[] bytes = CANARY.getBytes(StandardCharsets.UTF_8);
        assertThat(text)
                .doesNotContain(CANARY)
                .doesNotContainIgnoringCase(HexFormat.of().formatHex(bytes))
                .doesNotContain(Base64.getEncoder().withoutPadding().encodeToString(bytes))
                .doesNotContain(CANARY.substring(0, 8));
    }

    /** Every row of every table, as text. */
    private String dump() {
        StringBuilder text = new StringBuilder();
        TestServer.query(target, "SELECT tablename FROM pg_tables WHERE schemaname NOT LIKE 'pg!_%' ESCAPE '!'")
                .forEach(table -> TestServer.query(
                                target,
                                "SELECT t::text FROM "
                                        + (table.startsWith("sql_") ? "information_schema." : "axiomdb.") + table
                                        + " t")
                        .forEach(row -> text.append(row).append('\n')));
        return text.toString();
    }

    private static String traces(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static Handler collector(List<String> lines) {
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                lines.add(new SimpleFormatter().format(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(Level.ALL);
        return handler;
    }
}
