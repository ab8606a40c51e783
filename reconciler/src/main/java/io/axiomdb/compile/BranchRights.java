package io.axiomdb.compile;

import io.axiomdb.desired.BranchNames;
import io.axiomdb.host.DatabaseState.Contents;
import io.axiomdb.host.DatabaseState.SchemaState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.ObjectRights;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What rw and ro may do inside a branch's database: the one place that says it. Pure. */
public final class BranchRights {
    private BranchRights() {}

    /** Rights on each object of a kind: rw reads and writes, ro reads, neither truncates, references or defines. */
    public static SortedSet<Grant> on(ObjectKind kind, String rw, String ro) {
        SortedSet<Grant> grants = new TreeSet<>();
        List<String> ofRw = switch (kind) {
            case TABLE -> List.of("SELECT", "INSERT", "UPDATE", "DELETE");
            case SEQUENCE -> List.of("USAGE", "SELECT", "UPDATE");
            case ROUTINE -> List.of("EXECUTE");
            case COLUMN -> List.of();
        };
        List<String> ofRo = switch (kind) {
            case TABLE, SEQUENCE -> List.of("SELECT");
            case ROUTINE, COLUMN -> List.of();
        };
        ofRw.forEach(privilege -> grants.add(Grant.of(rw, privilege)));
        ofRo.forEach(privilege -> grants.add(Grant.of(ro, privilege)));
        return grants;
    }

    static Contents contents(BranchNames names, SortedSet<String> schemaNames, boolean pooled) {
        SortedMap<String, SchemaState> schemas = new TreeMap<>();
        SortedSet<DefaultGrant> defaults = new TreeSet<>();
        SortedSet<ObjectRights> objects = new TreeSet<>();
        for (String schema : schemaNames) {
            SortedSet<Grant> usage = new TreeSet<>();
            usage.add(Grant.of(names.rw(), "USAGE"));
            usage.add(Grant.of(names.ro(), "USAGE"));
            schemas.put(schema, new SchemaState(schema, names.owner(), usage));
            for (ObjectKind kind : ObjectKind.values()) {
                SortedSet<Grant> grants = on(kind, names.rw(), names.ro());
                grants.forEach(grant -> defaults.add(new DefaultGrant(schema, kind, grant)));
                objects.add(new ObjectRights(schema, kind, names.owner(), grants, Collections.emptySortedSet()));
            }
        }
        return new Contents(schemas, defaults, objects, pooled ? Lookup.COLUMNS : Collections.emptySortedSet());
    }
}
