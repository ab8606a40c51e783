package io.axiomdb.export;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ReservedNames;
import io.axiomdb.edit.Quoting;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Inventory.Item;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A whole axiomdb.yaml that declares what is on a host. Pure. */
public final class Export {
    private static final String HEAD = """
            # yaml-language-server: $schema=https://axiomdb.dev/schema/axiomdb.schema.json
            #
            # What is on the server, written by axm export. Read it, mend the guesses, then
            #   axm validate       finds mistakes
            #   axm adopt --all    shows what would change, asks, and takes it over; no password is changed
            version: 1
            """;

    private final Desired desired;
    private final Host host;
    private final Inventory all;
    private final StringBuilder text = new StringBuilder(HEAD);

    private Export(Desired desired, Host host, Inventory all) {
        this.desired = desired;
        this.host = host;
        this.all = all;
    }

    /**
     * The text of the file.
     *
     * @param desired whose organization and members it keeps
     * @param host one of its hosts
     */
    public static String text(Desired desired, Host host, Inventory all) {
        return new Export(desired, host, all).text();
    }

    private String text() {
        text.append("organization: ")
                .append(Quoting.value(desired.organization()))
                .append("\n\n");
        if (!desired.members().isEmpty()) {
            text.append("members:\n");
            desired.members()
                    .values()
                    .forEach(member -> text.append("  ")
                            .append(Quoting.key(member.email()))
                            .append(": ")
                            .append(member.role().word())
                            .append('\n'));
            text.append('\n');
        }
        text.append("hosts:\n").append(HostEntry.of(host)).append('\n');
        projects();
        return text.toString();
    }

    private void projects() {
        ProjectNames names = new ProjectNames();
        RoleGuess guess = new RoleGuess(all);
        SortedSet<String> made = new TreeSet<>();
        StringBuilder projects = new StringBuilder();
        StringBuilder left = new StringBuilder();
        for (Item item : all.databases().values()) {
            String name = item.state().name();
            if (item.template() || name.equals("postgres") || name.equals(ReservedNames.LOCK_DATABASE)) {
                continue;
            }
            Optional<String> ours = ours(item.state().oid());
            if (ours.isPresent()) {
                left.append(Comments.lines("", "Database " + name + " is AxiomDB's already: " + ours.get()));
                continue;
            }
            Optional<Unfit> unfit = Unfit.of(all, item);
            if (unfit.isPresent()) {
                left.append(Comments.lines(
                        "",
                        "Database " + name + " is left out: " + unfit.get().why() + ". To declare it: "
                                + unfit.get().help()));
                continue;
            }
            projects.append('\n')
                    .append(new ProjectEntry(all, item, names.of(name), host.ssh() != null, made)
                            .of(host.name(), guess));
        }
        text.append(projects.isEmpty() ? "projects: {}\n" : "projects:").append(projects);
        text.append(left.isEmpty() ? "" : "\n").append(left);
    }

    /** By what stands in axiomdb_lock: a comment is its owner's, who may want to keep a database out of sight. */
    private Optional<String> ours(long database) {
        return all.ledger()
                .branchOf(database)
                .map(row -> row.whose().toString())
                .or(() -> all.ledger().retainedOf(database).map(row -> "retained of " + row.whose()));
    }
}
