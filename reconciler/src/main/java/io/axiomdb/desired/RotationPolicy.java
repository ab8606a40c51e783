package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How often credentials change.
 *
 * @param intervalDays days between rotations
 * @param warnBeforeDays days before a rotation at which the members are told
 * @param target whose credentials: runtime, direct or both
 */
public record RotationPolicy(
        boolean enabled,
        int intervalDays,
        int warnBeforeDays,
        boolean autoRotate,
        SortedSet<MemberRole> notifyRoles,
        Network.Ports target,
        Origin origin) {
    public RotationPolicy {
        notifyRoles = Sorted.set(notifyRoles);
    }

    public static RotationPolicy of(Fields fields) {
        SortedSet<MemberRole> notify = new TreeSet<>();
        fields.list("notify").forEach(role -> notify.add(MemberRole.of(role)));
        return new RotationPolicy(
                fields.flag("enabled", true),
                fields.number("interval_days", 90),
                fields.number("warn_before_days", 7),
                fields.flag("auto_rotate", false),
                notify,
                Network.Ports.of(fields.text("target", "both")),
                fields.origin());
    }

    public SortedMap<String, String> fields() {
        SortedSet<String> roles = new TreeSet<>();
        notifyRoles.forEach(role -> roles.add(role.word()));
        return new Fields.Writer()
                .put("enabled", enabled)
                .put("interval_days", intervalDays)
                .put("warn_before_days", warnBeforeDays)
                .put("auto_rotate", autoRotate)
                .list("notify", roles)
                .put("target", target.word())
                .done();
    }
}
