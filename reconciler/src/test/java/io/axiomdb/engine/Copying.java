package io.axiomdb.engine;

import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.Script;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is asked for beside the file. */
final class Copying {
    private Copying() {}

    /** A configuration in which each script of this name has this text, which is in no file. */
    static Desired with(Desired desired, String file, String sql) {
        return with(desired, Map.of(file, sql));
    }

    /** The same for several, by file. */
    static Desired with(Desired desired, Map<String, String> scripts) {
        SortedMap<ResourceKey, Fields> all = new TreeMap<>(Declarations.of(desired));
        all.replaceAll((_, fields) -> {
            SortedMap<String, String> values = new TreeMap<>(fields.values());
            for (String field : List.of(Script.TRANSFORM, Script.ASSERT)) {
                scripts.forEach((file, sql) -> {
                    if (fields.list(field).contains(file)) {
                        values.put(Script.textField(field, file), sql);
                    }
                });
            }
            return new Fields(values, fields.origin());
        });
        return Declarations.toDesired(desired.organization(), all);
    }

    static Request reset(String project, String branch) {
        Request plain = Installation.request();
        return plain.with(plain.asked().withReset(ResourceKey.branch(project, branch)));
    }

    static ApplyReport reset(Installation installation, Desired desired, String project, String branch) {
        return installation.apply(desired, reset(project, branch), () -> false);
    }
}
