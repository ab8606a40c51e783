package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Transform;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.Observation.Measure;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people are told of a copy: which way, how large, who waits. Pure. */
final class CopyWords {
    /** As measured on two cores and one disk, with room for slower ones. */
    private static final long TEMPLATE_BYTES_PER_SECOND = 120_000_000;

    private static final int SHORT = 16;

    private final CopyPlanner.Copied copied;
    private final CopyWay way;
    private final String database;
    private final @Nullable Measure parent;

    CopyWords(CopyPlanner.Copied copied, CopyWay way) {
        this.copied = copied;
        this.way = way;
        this.database = BranchNames.of(copied.project(), copied.parent()).database();
        this.parent = copied.seen().measured().get(database);
    }

    /** What is copied and how; the same however large and busy the parent is. */
    String what() {
        return copied.branch().data().word() + " copy of " + copied.parentPath() + " "
                + switch (way) {
                    case CopyWay.Template(boolean ends, boolean clones) ->
                        "by CREATE DATABASE ... TEMPLATE" + (clones ? ", sharing blocks" : "")
                                + (ends ? "; its sessions are ended" : "; nobody may be connected to it");
                    case CopyWay.Dump(CopyWay.Place place, boolean _) ->
                        "by pg_dump | pg_restore "
                                + switch (place) {
                                    case HOST -> "on the host";
                                    case HERE -> "on this machine";
                                }
                                + "; nobody waits";
                };
    }

    /** Not part of the digest: sizes change. */
    String howLong() {
        String size = parent == null ? "" : " (" + size(parent.bytes()) + ")";
        return switch (way) {
            case CopyWay.Template _ ->
                "whoever connects to " + copied.parentPath() + size + " meanwhile waits"
                        + (parent == null ? "" : ", an estimated " + seconds(parent.bytes()));
            case CopyWay.Dump _ -> copied.parentPath() + size + " is read from a snapshot and nobody waits";
        };
    }

    private String seconds(long bytes) {
        boolean clones = way instanceof CopyWay.Template(boolean _, boolean shares) && shares;
        return (clones ? 1 : bytes / TEMPLATE_BYTES_PER_SECOND + 1) + " s";
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
                        : "the copy fails, and changes nothing, while anybody is connected: disconnect them, or write"
                                + " hold_sessions: true to have them ended"));
    }

    static String script(Transform transform) {
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
