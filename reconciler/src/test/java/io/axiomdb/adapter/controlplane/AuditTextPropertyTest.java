package io.axiomdb.adapter.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class AuditTextPropertyTest {
    private static @Nullable ControlPlaneDatabase open;

    @BeforeContainer
    static void open() {
        open = ControlPlaneDatabase.open(TestServer.database(), TestKey.noKey(), ControlPlaneDatabase.LEASE);
    }

    @AfterContainer
    static void close() {
        database().close();
    }

    private static ControlPlaneDatabase database() {
        return Objects.requireNonNull(open);
    }

    @Property(tries = 100, seed = "42")
    void any_text_is_read_back_as_it_was_written_and_the_chain_holds(@ForAll("entries") AuditEntry entry) {
        database().record("acme", entry);

        AuditRow newest =
                database().audit("acme", new AuditQuery(1, null, null, null)).getFirst();
        assertThat(newest.entry()).isEqualTo(entry);
        assertThat(database().verifyAudit()).isEmpty();
    }

    @Provide
    Arbitrary<AuditEntry> entries() {
        Arbitrary<String> any = Arbitraries.strings()
                .withCharRange('\0', '\uffff')
                .withChars('\0', '\ud83d', '\udc18', '\\', '"', '\'')
                .ofMaxLength(12);
        return Combinators.combine(
                        any, any, any, any, any, Arbitraries.maps(any, any).ofMaxSize(4))
                .as((id, event, name, host, detail, values) -> new AuditEntry(
                        id,
                        AuditEntry.Phase.DONE,
                        event,
                        new Actor(name, true, host, detail),
                        detail,
                        ResourceKey.branch(name, event),
                        host,
                        new TreeMap<>(values),
                        new TreeMap<>(values),
                        event,
                        detail));
    }
}
