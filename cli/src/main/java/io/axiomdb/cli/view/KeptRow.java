package io.axiomdb.cli.view;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A removed branch whose data is kept.
 *
 * @param until from then on run-due drops it
 */
public record KeptRow(String project, String branch, Instant since, Instant until) {
    /** A table for people. */
    public static String table(List<KeptRow> rows, Style style) {
        if (rows.isEmpty()) {
            return "Nothing is kept of removed branches.\n";
        }
        Table table = new Table("KEPT OF", "REMOVED", "KEPT UNTIL");
        rows.forEach(row -> table.row(
                row.project + "/" + row.branch,
                row.since.truncatedTo(ChronoUnit.SECONDS).toString(),
                row.until.truncatedTo(ChronoUnit.SECONDS).toString()));
        return table.text(style);
    }

    /** The list for programs. */
    public static String json(List<KeptRow> rows) {
        ObjectNode root = Json.format("axiomdb.kept/1");
        root.set("kept", Json.array(rows, KeptRow::object));
        return Json.write(root);
    }

    ObjectNode object() {
        return Json.object()
                .put("project", project)
                .put("branch", branch)
                .put("removed_at", since.toString())
                .put("kept_until", until.toString());
    }
}
