package io.axiomdb.cli.view;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A branch as lists show it.
 *
 * @param parent null for one that started on its own
 * @param expires null for one that stays
 * @param state in words, such as {@code applied}
 */
public record BranchRow(
        String project,
        String branch,
        @Nullable String parent,
        String database,
        boolean isProtected,
        @Nullable Instant expires,
        String state) {

    /** A table for people. */
    public static String table(List<BranchRow> rows, Style style) {
        if (rows.isEmpty()) {
            return "No branches.\n";
        }
        Table table = new Table("BRANCH", "PARENT", "DATABASE", "PROTECTED", "EXPIRES", "STATE");
        rows.forEach(row -> table.row(
                row.project + "/" + row.branch,
                row.parent == null ? "" : row.parent,
                row.database,
                row.isProtected ? "yes" : "",
                row.expires == null ? "" : row.expires.toString(),
                row.state));
        return table.text(style);
    }

    /** The list for programs. */
    public static String json(List<BranchRow> rows) {
        ObjectNode root = Json.format("axiomdb.branches/1");
        root.set("branches", Json.array(rows, BranchRow::object));
        return Json.write(root);
    }

    ObjectNode object() {
        return Json.object()
                .put("project", project)
                .put("branch", branch)
                .put("parent", parent)
                .put("database", database)
                .put("protected", isProtected)
                .put("expires_at", expires == null ? null : expires.toString())
                .put("state", state);
    }
}
