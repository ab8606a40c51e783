package io.axiomdb.audit;

import io.axiomdb.core.Digest;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The hash chain: each row's hash covers the row before, so that no row can be changed, dropped or moved unseen. */
public final class AuditChain {
    /** What the first row follows. */
    public static final String START = "0".repeat(64);

    private AuditChain() {}

    /** Hash of a row: SHA-256 over the length-prefixed text of everything in it, so that no two rows look alike. */
    public static String hash(long sequence, Instant at, String organization, AuditEntry entry, String previousHash) {
        StringBuilder text = new StringBuilder();
        add(text, previousHash);
        add(text, Long.toString(sequence));
        add(text, at.toString());
        add(text, organization);
        add(text, entry.mutationId());
        add(text, entry.phase().name());
        add(text, entry.event());
        add(text, entry.actor().name());
        add(text, Boolean.toString(entry.actor().verified()));
        add(text, entry.actor().ip());
        add(text, entry.actor().userAgent());
        add(text, entry.commit());
        add(text, entry.target().kind().name());
        add(text, entry.target().project());
        add(text, entry.target().name());
        add(text, entry.host());
        addAll(text, entry.oldValue());
        addAll(text, entry.newValue());
        add(text, entry.trigger());
        add(text, entry.detail());
        return Digest.of(text.toString()).hex();
    }

    /** The row that follows a row with the given hash. */
    public static AuditRow follow(
            String previousHash, long sequence, Instant at, String organization, AuditEntry entry) {
        return new AuditRow(
                sequence, at, organization, entry, previousHash, hash(sequence, at, organization, entry, previousHash));
    }

    private static void addAll(StringBuilder text, Map<String, String> values) {
        text.append(values.size()).append('{');
        values.forEach((key, value) -> {
            add(text, key);
            add(text, value);
        });
    }

    private static void add(StringBuilder text, @Nullable String value) {
        if (value == null) {
            text.append("-;");
        } else {
            text.append(value.length()).append(':').append(value).append(';');
        }
    }
}
