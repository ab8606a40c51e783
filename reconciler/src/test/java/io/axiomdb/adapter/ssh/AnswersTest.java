package io.axiomdb.adapter.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.ssh.Part.Wrong;
import io.axiomdb.core.Origin;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Seen;
import java.math.BigInteger;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    private static final String WHOLE = """
            {"ok": true, "protocol": 1, "helper": "0.1.0", "now": "2026-11-22T06:00:00Z", "client": "2001:db8::7",
             "postgres": {"version": 150018, "hba_file": "/x", "system_identifier": "7431000000000000001", "lookup_role": 4294967295},
             "pooler": {"version": "1.25.0", "ends_pooled": "client"},
             "access": {"branches": [{"database": "d", "roles": ["r"]}],
                        "entries": [{"port": "runtime", "database": "d", "cidr": "198.51.100.0/24", "until": "2026-12-01T00:00:00Z"}],
                        "openings": [{"port": 6432, "cidr": "198.51.100.0/24", "until": null}]},
             "disorder": [{"layer": "pg_hba", "at": "x:7", "is": "host all", "why": "nobody asked"}],
             "findings": [{"code": "BROADER_LINE", "at": "x:98", "what": "lets in more", "mend": "narrow it"}],
             "packets": [{"port": 5432, "is": "kept_out", "rule": "x policy drop", "from": ["0.0.0.0-10.0.0.7", "::"]}],
             "unfit": [{"code": "FIREWALL_INACTIVE", "what": "ufw is not active", "mend": "ufw enable"}],
             "sessions": [{"port": "direct", "database": "d", "role": "r", "address": "10.1.2.3", "count": 14}],
             "certificate": {"request": "R", "installed": null, "served": {"direct": "ab", "runtime": null}},
             "journal": [{"at": "2026-11-22T05:00:00Z", "event": "expired", "port": "runtime", "database": "d", "cidr": "198.51.100.0/24"},
                         {"at": "2026-11-22T05:00:01Z", "event": "restored", "change": "x"},
                         {"at": "2026-11-22T05:00:02Z", "event": "tick_failed", "code": "DISK", "what": "no room"}],
             "pending": {"change": "7f3a", "deadline": "2026-11-22T06:01:00Z"}, "later": {"anything": 1}}
            """;

    @Test
    void a_whole_answer_is_read_and_what_is_new_beside_it_passed_over() throws Wrong {
        Seen seen = read(WHOLE);
        assertThat(seen.facts().systemIdentifier()).isEqualTo("7431000000000000001");
        assertThat(seen.facts().lookupRole()).isEqualTo(4294967295L);
        assertThat(seen.access().lines())
                .containsExactly(
                        "branch d of r",
                        "runtime d from 198.51.100.0/24 until 2026-12-01T00:00:00Z",
                        "port 6432 from 198.51.100.0/24");
        assertThat(seen.endsPooled()).isEqualTo(EndsPooled.CLIENT);
        assertThat(seen.findings().getFirst().detail()).isEqualTo("host db1: x:98: lets in more (BROADER_LINE)");
        assertThat(seen.passages())
                .singleElement()
                .satisfies(one -> assertThat(one.from().size()).isEqualTo(BigInteger.valueOf((10L << 24) + 8 + 1)));
        assertThat(seen.disorders().getLast().is()).isEqualTo("until 2026-11-22T06:01:00Z");
        assertThat(seen.unfit().getFirst().help()).isEqualTo("ufw enable");
        assertThat(seen.journal()).hasSize(1);
        assertThat(seen.sessions().getFirst().count()).isEqualTo(14);
    }

    @Test
    void a_host_can_dump_when_it_says_so_and_an_older_helper_says_nothing() throws Wrong {
        String version = "\"version\": 150018";
        assertThat(read(WHOLE).facts().dumps()).isFalse();
        assertThat(read(WHOLE.replace(version, version + ", \"dumps\": false"))
                        .facts()
                        .dumps())
                .isFalse();
        assertThat(read(WHOLE.replace(version, version + ", \"dumps\": true"))
                        .facts()
                        .dumps())
                .isTrue();
        assertThatThrownBy(() -> read(WHOLE.replace(version, version + ", \"dumps\": 1")))
                .isInstanceOf(Wrong.class);
    }

    @Test
    void a_packet_filter_that_was_not_read_is_not_one_that_lets_in_nobody() throws Wrong {
        assertThat(read(WHOLE.replace("\"packets\"", "\"later packets\"")).passages())
                .isNull();
        assertThat(read(WHOLE.replaceFirst("\"packets\": .*", "\"packets\": null,"))
                        .passages())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\": 150018|\"version\": \"150018\"",
                "\"cidr\": \"198.51.100.0/24\", \"until\": null|\"cidr\": \"198.51.100.7/24\", \"until\": null",
                "\"cidr\": \"198.51.100.0/24\", \"until\": null|\"cidr\": \"198.51.100.0/24\", \"until\": \"tomorrow\"",
                "{\"port\": 6432|{\"also\": 1, \"port\": 6432",
                "\"port\": \"runtime\", \"database\": \"d\", \"cidr\"|\"port\": \"both\", \"database\": \"d\", \"cidr\"",
                "\"roles\": [\"r\"]|\"roles\": \"r\"",
                "\"disorder\"|\"disorders\"",
                "\"kept_out\"|\"kept_in\"",
                "0.0.0.0-10.0.0.7|10.0.0.7-0.0.0.0",
                "0.0.0.0-10.0.0.7|0.0.0.0-::1",
                "0.0.0.0-10.0.0.7|0.0.0.0/8",
                "0.0.0.0-10.0.0.7|0.0.0.0-1.1.1.1-2.2.2.2",
                "\"count\": 14|\"count\": 14.5",
                "\"helper\": \"0.1.0\"|\"helper\": \"0.1.0\", \"helper\": \"0.1.0\""
            })
    void anything_else_than_the_protocol_says_is_refused_as_a_whole(String good, String bad) {
        assertThat(WHOLE).contains(good);
        assertThatThrownBy(() -> read(WHOLE.replace(good, bad))).isInstanceOf(Wrong.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Welcome!\n{}", "[]", "{} {}", "{\"ok\": NaN}"})
    void what_is_no_document_is_refused(String text) {
        assertThatThrownBy(() -> Part.document(text)).isInstanceOf(Wrong.class);
    }

    @Test
    void depth_has_a_limit() {
        String deep = "{\"a\":".repeat(100_000);
        assertThatThrownBy(() -> Part.document(deep)).isInstanceOf(Wrong.class);
    }

    private static Seen read(String text) throws Wrong {
        Host host = new Host(
                "db1",
                new Host.Server("127.0.0.1", 5432, "postgres", "axiomdb", null),
                new Host.Ssh(
                        "192.0.2.1", 22, "axiomdb", new SecretRef(SecretRef.Kind.ENV, "KEY"), new TreeSet<>(), null),
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                Host.Tls.DISABLE,
                Origin.UNKNOWN);
        return new Answers(host).seen(Part.document(text));
    }
}
