package io.axiomdb.export;

import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Inventory.Item;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.RoleState;
import io.axiomdb.load.check.Names;
import io.axiomdb.plan.SqlText;
import java.util.Optional;

/** Why a database can't be declared as it is, and what to do. Pure. */
record Unfit(String why, String help) {
    static Optional<Unfit> of(Inventory all, Item item) {
        DatabaseState database = item.state();
        RoleState owner = all.roles().get(database.owner());
        if (!Names.fits(database.name())) {
            return unfit("its name can't stand in a file", "rename it: ALTER DATABASE ... RENAME TO ...");
        }
        if (item.inside() == null) {
            return unfit(
                    database.allowConnections()
                            ? "it could not be entered" + (database.unread().isEmpty() ? "" : ": " + database.unread())
                            : "it does not allow connections",
                    "open it, then export again");
        }
        if (owner == null || !Names.fits(owner.name())) {
            return unfit("the name of its owner, " + database.owner() + ", can't stand in a file", another(database));
        }
        if (owner.attributes().superuser()) {
            return unfit("its owner, " + owner.name() + ", is a superuser", another(database));
        }
        Optional<Ledger.BranchRow> branch = all.ledger().branchOfRole(owner.oid());
        if (branch.isPresent()) {
            return unfit(
                    "its owner belongs to an AxiomDB already: " + branch.get().whose(), another(database));
        }
        long same = all.databases().values().stream()
                .filter(other -> !other.template() && other.state().owner().equals(owner.name()))
                .count();
        return same > 1
                ? unfit("its owner, " + owner.name() + ", owns " + same + " databases", another(database))
                : Optional.empty();
    }

    private static Optional<Unfit> unfit(String why, String help) {
        return Optional.of(new Unfit(why, help));
    }

    /** A branch has an owner of its own, who can log in and is nothing else. */
    private static String another(DatabaseState database) {
        String owner = SqlText.identifier(database.name() + "_owner");
        return "give it an owner of its own, then export again: CREATE ROLE " + owner + " LOGIN; ALTER DATABASE "
                + SqlText.identifier(database.name()) + " OWNER TO " + owner
                + "; and hand its tables over (docs/adopting.md)";
    }
}
