package io.axiomdb.cli.view;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.plan.AccessDifference;
import io.axiomdb.plan.EndedSessions;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Who gains and loses access, for programs: every range. Numbers of addresses are texts, for they exceed what JSON readers hold. */
final class AccessJson {
    private AccessJson() {}

    static ObjectNode difference(AccessDifference difference) {
        ObjectNode object = Json.object()
                .put("host", difference.host())
                .put("project", difference.branch().project())
                .put("branch", difference.branch().name())
                .put("port", difference.port().word());
        object.set("gained", addresses(difference.gained()));
        object.set("lost", addresses(difference.lost()));
        object.set(
                "opens_to_the_world",
                Json.texts(difference.world().stream()
                        .map(family -> family.name().toLowerCase(Locale.ROOT))
                        .toList()));
        return object.put("guarded_before", difference.guarded());
    }

    static ObjectNode ended(EndedSessions ended) {
        return Json.object()
                .put("host", ended.host())
                .put("branch", ended.branch())
                .put("port", ended.port().word())
                .put("address", ended.address())
                .put("sessions", ended.count())
                .put("all_pooled", ended.wholeDatabase());
    }

    private static ObjectNode addresses(AddressSet addresses) {
        ObjectNode object = Json.object().put("addresses", addresses.size().toString());
        object.set(
                "ranges",
                Json.texts(addresses.shortest().stream().map(Cidr::toString).toList()));
        return object;
    }
}
