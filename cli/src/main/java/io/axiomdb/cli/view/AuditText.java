package io.axiomdb.cli.view;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.engine.TrailLook;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The audit trail for people. Times are UTC. */
public final class AuditText {
    /** Digits of an id in the list; any unambiguous beginning names an event. */
    private static final int ID_DIGITS = 8;

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private final Style style;

    public AuditText(Style style) {
        this.style = style;
    }

    public String list(List<AuditEvent> events) {
        if (events.isEmpty()) {
            return "No events.\n";
        }
        Table table = new Table("time", "id", "event", "target", "host", "by", "how it ended");
        for (AuditEvent event : events) {
            AuditEntry entry = event.entry();
            table.row(
                    SECONDS.format(event.last().at()),
                    shortId(event.id()),
                    entry.event(),
                    entry.target().path(),
                    entry.host(),
                    by(entry),
                    event.status());
        }
        return table.text(style);
    }

    public String show(AuditEvent event) {
        AuditEntry entry = event.entry();
        Page page = new Page(style);
        page.line(style.bold(Escape.terminal(entry.event())) + "  " + Escape.terminal(event.id()));
        field(page, "target", entry.target().toString());
        field(page, "host", entry.host());
        field(page, "by", by(entry));
        field(page, "from", entry.actor().ip());
        field(page, "with", entry.actor().userAgent());
        field(page, "commit", entry.commit());
        field(page, "trigger", entry.trigger());
        changes(entry, page);
        page.blank();
        event.rows().forEach(row -> step(row, page));
        return page.text();
    }

    public String verified(TrailLook look) {
        return look.findings().isEmpty()
                ? style.green(
                                look.notices().isEmpty()
                                        ? "The audit chain is whole."
                                        : "The audit chain is whole in itself; not everything was there to compare it with.")
                        + "\n"
                : DiagnosticText.render(look.findings(), Map.of());
    }

    private void changes(AuditEntry entry, Page page) {
        TreeSet<String> names = new TreeSet<>(entry.oldValue().keySet());
        names.addAll(entry.newValue().keySet());
        if (!names.isEmpty()) {
            page.blank();
        }
        for (String name : names) {
            String before = entry.oldValue().getOrDefault(name, "(none)");
            String after = entry.newValue().getOrDefault(name, "(none)");
            String difference = entry.oldValue().isEmpty() ? after : before + " -> " + after;
            page.line("  " + Escape.terminal(name) + "  " + Escape.terminal(difference));
        }
    }

    private void step(AuditRow row, Page page) {
        Instant at = row.at();
        String phase = row.entry().phase().word();
        page.line("  #" + row.sequence() + "  " + SECONDS.format(at) + "  " + phase
                + (row.entry().detail().isEmpty()
                        ? ""
                        : "  " + Escape.terminal(row.entry().detail())));
        page.line("      " + style.dim("hash " + row.hash()));
    }

    private static void field(Page page, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            page.line("  " + name + " ".repeat(9 - name.length()) + Escape.terminal(value));
        }
    }

    private static String by(AuditEntry entry) {
        return entry.actor().name() + (entry.actor().verified() ? "" : " (unverified)");
    }

    private static String shortId(String id) {
        return id.substring(0, Math.min(ID_DIGITS, id.length()));
    }
}
