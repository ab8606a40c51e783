package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Script;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.Observation.Measure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people are told of a copy: which way, how large, who waits. Pure. */
final class CopyWords {
    /** As measured on two cores and one disk, with room for slower ones. */
    private static final long TEMPLATE_BYTES_PER_SECOND = 120_000_000;

    private static final int SHORT = 16;

    private static final String DERIVED =
            "materialized views and statistics are made anew, foreign servers left out; large objects, what triggers write"
                    + " and values in the schema itself are the script's";

    private final CopyPlanner.Copied copied;
    private final CopyWay way;
    private final String database;
    private final @Nullable Measure parent;

    CopyWords(CopyPlanner.Copied copied, CopyWay way) {
        this.copied = copied;
        this.way = way;
        this.database = copied.parentDatabase();
        this.parent = copied.seen().measured().get(database);
    }

    /** What is copied and how; the same however large and busy the parent is. */
    String what() {
        return copied.branch().data().word() + " copy of " + copied.parentPath() + " "
                + switch (way) {
                    case CopyWay.Template(boolean ends, boolean clones) ->
                        "by CREATE DATABASE ... TEMPLATE" + (clones ? ", cloning files" : "")
                                + (ends ? "; its sessions are ended" : "; nobody may be connected to it");
                    case CopyWay.Dump(CopyWay.Place place, boolean _) ->
                        "by pg_dump | pg_restore "
                                + switch (place) {
                                    case HOST -> "on the host";
                                    case HERE -> "on this machine";
                                }
                                + "; only who alters or empties its tables waits";
                };
    }

    /** What runs in the copy, and what becomes of what else holds values of its rows. */
    List<FieldChange> scripts() {
        Branch branch = copied.branch();
        Origin at = copied.want().origin();
        List<FieldChange> fields = new ArrayList<>();
        if (branch.transform() != null) {
            fields.add(new FieldChange("", "script", "", script(branch.transform()), at.of(Script.TRANSFORM)));
            fields.add(new FieldChange("", "derived", "", DERIVED, at.of(Script.TRANSFORM)));
        }
        branch.asserts()
                .forEach((file, script) ->
                        fields.add(new FieldChange("", "asserted", "", script(script), at.of(Script.ASSERT))));
        return fields;
    }

    /** Not part of the digest: sizes change. */
    String howLong() {
        String size = parent == null ? "" : " (" + size(parent.bytes()) + ")";
        return switch (way) {
            case CopyWay.Template _ ->
                "whoever connects to " + copied.parentPath() + size + " meanwhile waits"
                        + (parent == null ? "" : ", an estimated " + seconds(parent));
            case CopyWay.Dump _ ->
                copied.parentPath() + size + " is read as of one moment while it is in use; whoever"
                        + " alters or empties a table of it meanwhile waits";
        };
    }

    /** Whether the file system shares blocks nobody knows before: the server does not tell. */
    private static String seconds(Measure parent) {
        long seconds = parent.bytes() / TEMPLATE_BYTES_PER_SECOND + 1;
        return seconds + " s" + (parent.clones() ? " at most, hardly any where the file system shares blocks" : "");
    }

    /** Who is in the way of it just now. */
    Optional<Diagnostic> sessions() {
        if (!(way instanceof CopyWay.Template(boolean ends, boolean _)) || parent == null || parent.sessions() == 0) {
            return Optional.empty();
        }
        String now = "database " + database + ", which " + copied.want().key() + " copies, has " + parent.sessions()
                + (parent.sessions() == 1 ? " session" : " sessions") + " now";
        return Optional.of(Diagnostic.of(
                Code.COPY_WAITS,
                copied.want().origin().of("data"),
                now,
                ends
                        ? "they are ended when the copy begins; whoever comes then waits until it is done"
                        : "the copy fails, and changes nothing, while anybody is connected: disconnect them, write"
                                + " hold_sessions: true to have them ended, or install pg_dump and pg_restore of its"
                                + " version, which copy it while it is in use"));
    }

    private static String script(Script transform) {
        int bytes = Objects.requireNonNull(transform.text()).getBytes(StandardCharsets.UTF_8).length;
        return transform.file() + ", " + bytes + " bytes, SHA-256 "
                + transform.sha256().substring(0, SHORT);
    }

    static String size(long bytes) {
        return bytes < 1_000_000_000
                ? Math.max(1, bytes / 1_000_000) + " MB"
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
