package io.axiomdb.engine;

import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.Transform;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is asked for beside the file. */
final class Copying {
    private Copying() {}

    /** A configuration whose scripts all have this text, which is in no file. */
    static Desired with(Desired desired, String file, String sql) {
        SortedMap<ResourceKey, Fields> all = new TreeMap<>(Declarations.of(desired));
        all.replaceAll((_, fields) -> {
            SortedMap<String, String> values = new TreeMap<>(fields.values());
            if (file.equals(values.get("transform"))) {
                values.put(Transform.TEXT, sql);
            }
            return new Fields(values, fields.origin());
        });
        return Declarations.toDesired(desired.organization(), all);
    }

    static Request reset(String project, String branch) {
        Request plain = Installation.request();
        return new Request(
                plain.actor(), plain.trigger(), null, plain.asked().withReset(ResourceKey.branch(project, branch)));
    }

    static ApplyReport reset(Installation installation, Desired desired, String project, String branch) {
        return installation.apply(desired, reset(project, branch), () -> false);
    }
}
