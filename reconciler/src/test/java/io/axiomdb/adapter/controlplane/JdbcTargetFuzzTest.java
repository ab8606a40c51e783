package io.axiomdb.adapter.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ConnectionUrl;
import io.axiomdb.desired.Host;
import io.axiomdb.testing.Corpus;
import io.axiomdb.testing.Patience;
import io.axiomdb.testing.Texts;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assertions;

/** The control plane's address: understood whole or refused at once, and never repeated where it may hold a password. */
class JdbcTargetFuzzTest {
    private static final List<String> URLS = Corpus.lines("urls.txt");
    /** The mark that Java puts in place of bytes that are no text, as it stands in a URL that means just that mark. */
    private static final Pattern MARK = Pattern.compile("(?i)\ufffd|%ef%bf%bd");

    @Example
    void every_seed_and_every_long_text_is_answered() {
        Assertions.assertTimeoutPreemptively(Patience.of(Duration.ofSeconds(5)), () -> {
            URLS.forEach(JdbcTargetFuzzTest::answered);
            Corpus.naughtyStrings().forEach(text -> answered("postgresql://axm@db1/" + text));
            for (String piece : List.of("a", "a.", "[", ":", "9", "@", "%41", "%", "/", "?", "&sslmode=a", "&&")) {
                String text = piece.repeat(100_000 / piece.length());
                for (String start : List.of("", "postgresql://", "postgresql://axm@db1/", "postgresql://axm@db1/a?")) {
                    answered(start + text);
                }
            }
        });
    }

    @Property(seed = "42")
    void any_text_is_answered(@ForAll Random random) {
        answered("postgresql://" + Texts.near(random, "ab1.-:[]%4120/@?=&", 24));
        answered("postgresql://axm@db1/" + Texts.near(random, "ab%c0ffe", 12));
        String seed = URLS.get(random.nextInt(URLS.size()));
        int at = random.nextInt(seed.length() + 1);
        answered(seed.substring(0, at) + Texts.any(random, 2) + seed.substring(at));
    }

    /** A URL that AxiomDB prints, without its password, is one that it takes. */
    @Property(seed = "42")
    void what_was_encoded_comes_back(@ForAll Random random) {
        String role = Texts.name(random);
        String database = Texts.name(random);
        String host = List.of("db1.acme.example", "192.0.2.1", "2001:db8::1").get(random.nextInt(3));
        int port = 1 + random.nextInt(65_535);
        ConnectionUrl url = new ConnectionUrl(role, host, port, database, Host.Tls.VERIFY_FULL);
        Secret password = Secret.of("hunter2");
        assertThat(JdbcTarget.parse(url.toString().replace(":****@", "@"), password))
                .isEqualTo(new JdbcTarget(host, port, database, role, password, "verify-full", null));
    }

    private static void answered(String url) {
        try {
            JdbcTarget target = JdbcTarget.parse(url, null);
            assertThat(target.port()).isBetween(1, 65_535);
            assertThat(List.of(target.user(), target.database()))
                    .as(url)
                    .noneMatch(name -> name.isEmpty() || name.indexOf('\0') >= 0)
                    .allMatch(name ->
                            name.indexOf('\ufffd') < 0 || MARK.matcher(url).find());
        } catch (AxiomException e) {
            assertThat(e.code()).as(url).isIn(Code.BAD_URL, Code.TLS_DISABLED);
            assertThat(e.toString()).doesNotContain("hunter2");
        }
    }
}
