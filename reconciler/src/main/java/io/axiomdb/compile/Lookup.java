package io.axiomdb.compile;

import io.axiomdb.desired.Host;
import io.axiomdb.desired.ReservedNames;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the pooler needs to look passwords up. PgBouncer before 1.19 asks in the client's own database, and so its role has
 * to come into each branch's and to read there what a login is checked by, and nothing else. Pure.
 */
public final class Lookup {
    /** Made by {@code axm host enroll}, and known by the number that it got then: anybody who may create roles can take the name. */
    public static final String ROLE = ReservedNames.POOLER_ROLE;

    /** Of pg_authid. */
    public static final SortedSet<String> COLUMNS = Collections.unmodifiableSortedSet(
            new TreeSet<>(List.of("rolname", "rolpassword", "rolsuper", "rolcanlogin", "rolvaliduntil")));

    /** What is to become of rights in a branch that a role of that name has. */
    public enum Rights {
        /** The role is AxiomDB's, and looks passwords up there. */
        GIVEN,
        /** No pooler is kept, or it could not be seen whose the role is: nothing is given, and nothing taken. */
        LEFT,
        /** It is a role of others, which took the name. */
        TAKEN
    }

    private Lookup() {}

    /** Whether clients of a host come through a pooler that AxiomDB keeps. */
    public static boolean isOn(Host host) {
        return host.ssh() != null && host.runtimePort() != null;
    }
}
