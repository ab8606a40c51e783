package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A workspace: branches on one host that share a network policy and a rotation policy.
 *
 * @param host name of the host its databases are on
 * @param env second part of every name, such as {@code main} or {@code prod}
 * @param prefix first part of database names, normally {@code sq}
 * @param branches by name; always holds a protected {@code main}
 * @param masks whether its branches may hold rows of a parent only masked
 * @param network null when the file declares none
 * @param rotation null when the file declares none
 * @param renamedFrom what it was called before; not kept once it is called otherwise, so null in what was applied
 */
public record Project(
        String name,
        String host,
        String env,
        String prefix,
        SortedMap<String, Branch> branches,
        boolean masks,
        @Nullable Network network,
        @Nullable RotationPolicy rotation,
        @Nullable String renamedFrom,
        Origin origin) {
    public static final String MAIN = "main";

    private static final String MASKING = "masking";
    private static final String REQUIRE = "require";
    private static final String OPTIONAL = "optional";

    public Project {
        branches = Sorted.map(branches);
    }

    public static Project of(
            String name,
            Fields fields,
            SortedMap<String, Branch> branches,
            @Nullable Network network,
            @Nullable RotationPolicy rotation) {
        return new Project(
                name,
                fields.text("host", ""),
                fields.text("env", MAIN),
                fields.text("prefix", "sq"),
                branches,
                masks(fields),
                network,
                rotation,
                fields.text("renamed_from"),
                fields.origin());
    }

    /** Whether it says {@code masking: require}. */
    public static boolean masks(Fields fields) {
        return fields.text(MASKING, OPTIONAL).equals(REQUIRE);
    }

    /** The same under another name. */
    public Project as(String other) {
        return new Project(other, host, env, prefix, branches, masks, network, rotation, null, origin);
    }

    /** The project alone; branches and policies are resources of their own. */
    public SortedMap<String, String> fields() {
        return new Fields.Writer()
                .put("host", host)
                .put("env", env)
                .put("prefix", prefix)
                .put(MASKING, masks ? REQUIRE : null)
                .done();
    }
}
