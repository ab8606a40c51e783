package io.axiomdb.cli.view;

import static io.axiomdb.cli.view.Samples.line;

import io.axiomdb.core.Source;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Planned;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.EndedSessions;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.Step;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plans by which a project is called otherwise, made by hand. */
final class RenameSamples {
    private static final ResourceKey SHOP = ResourceKey.project("shop");

    private RenameSamples() {}

    /** A project with a branch, on a host whose doors AxiomDB keeps and through which somebody is connected. */
    static Planned project() {
        Change access = new Change(
                ResourceKey.hostAccess("db1"),
                Action.UPDATE,
                "db1",
                List.of(
                        new FieldChange("network of shop/main", "", "", roles("shop_main"), Source.NOWHERE),
                        new FieldChange("network of store/main", "", roles("store_main"), "", Source.NOWHERE),
                        new FieldChange("direct of shop/main", "", "", "203.0.113.0/24", line(14)),
                        new FieldChange("direct of store/main", "", "203.0.113.0/24", "", Source.NOWHERE)),
                line(14),
                "declared",
                List.of(new Step.SetAccess("access on all layers", access("shop_main"))),
                new TreeSet<>(List.of(SHOP)),
                new TreeMap<>(),
                true);
        EndedSessions ended = new EndedSessions("db1", "store/main", Port.DIRECT, "203.0.113.7", 3, false);
        return AccessSamples.planned(List.of(), List.of(ended), rename(), access);
    }

    private static Change rename() {
        return new Change(
                SHOP,
                Action.RENAME,
                "db1",
                List.of(
                        new FieldChange("", "name", "store", "shop", line(10)),
                        new FieldChange("branch main", "database", "sq_store_main", "sq_shop_main", line(10)),
                        new FieldChange("branch main", "roles", roles("store_main"), roles("shop_main"), line(10))),
                line(10),
                "keeps data and passwords; its sessions end once, and its URLs get the new names",
                List.of(
                        new Step.SetAccess("the same access under both names", access("store_main", "shop_main")),
                        new Step.CarryPasswords(
                                "keep passwords",
                                new TreeMap<>(Map.of(
                                        new CredentialKey("store", "main", RoleKind.RW),
                                        new CredentialKey("shop", "main", RoleKind.RW)))),
                        new Step.Sql(
                                "rename what is of project store",
                                "",
                                List.of("ALTER DATABASE \"sq_store_main\" RENAME TO \"sq_shop_main\""))),
                new TreeSet<>(),
                new TreeMap<>(),
                true,
                ResourceKey.project("store"),
                "",
                List.of());
    }

    private static String roles(String base) {
        return base + "_owner, " + base + "_ro, " + base + "_rw";
    }

    private static Access access(String... bases) {
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>();
        SortedSet<Access.Entry> entries = new TreeSet<>();
        for (String base : bases) {
            branches.put("sq_" + base, new TreeSet<>(List.of(roles(base).split(", "))));
            entries.add(new Access.Entry(Port.DIRECT, "sq_" + base, AccessSamples.cidr("203.0.113.0/24"), null));
        }
        return new Access(
                branches,
                entries,
                new TreeSet<>(List.of(new Access.Opening(5432, AccessSamples.cidr("203.0.113.0/24"), null))));
    }
}
