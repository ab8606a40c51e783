package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.literal;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Statements that take the memberships of roles off and remember them in axiomdb_lock, and that give them back. Who is a
 * member of a role has its rights, whether that role may log in or not. Pure.
 */
final class Memberships {
    /** From this version on the same membership may come from several grantors, and hangs on their own. */
    private static final String GRANTORS_COUNT = "current_setting('server_version_num')::int >= 160000";

    private static final String REMEMBER = """
            UPDATE axiomdb.retained t SET memberships = t.memberships || coalesce((
              SELECT jsonb_agg(jsonb_build_object('role', b.kept -> 'roleid', 'member', b.kept -> 'member', 'grantor', b.kept -> 'grantor',
                                                  'admin', b.kept -> 'admin_option', 'inherit', b.kept -> 'inherit_option',
                                                  'set', b.kept -> 'set_option', 'role_name', r.rolname, 'member_name', m.rolname,
                                                  'grantor_name', coalesce(g.rolname, '')))
                FROM unnest(before) b (kept)
                JOIN pg_authid r ON r.oid = (b.kept ->> 'roleid')::oid
                JOIN pg_authid m ON m.oid = (b.kept ->> 'member')::oid
                LEFT JOIN pg_authid g ON g.oid = (b.kept ->> 'grantor')::oid
               WHERE NOT EXISTS (SELECT FROM pg_auth_members x WHERE to_jsonb(x) = b.kept)), '[]')
             WHERE %s;
            """;

    private static final String TAKE_OFF = """
            DECLARE
              ours oid[] := ARRAY[%s]::oid[];
              before jsonb[] := ARRAY (SELECT to_jsonb(m) FROM pg_auth_members m);
              one record;
            BEGIN
            FOR one IN SELECT r.rolname AS role, m.rolname AS member, g.rolname AS grantor
                         FROM pg_auth_members x
                         JOIN pg_authid r ON r.oid = x.roleid
                         JOIN pg_authid m ON m.oid = x.member
                         LEFT JOIN pg_authid g ON g.oid = x.grantor
                        WHERE x.roleid = ANY (ours) OR x.member = ANY (ours) LOOP
              EXECUTE format('REVOKE %%I FROM %%I', one.role, one.member)
                      || CASE WHEN %s THEN format(' GRANTED BY %%I', one.grantor) ELSE '' END || ' CASCADE';
            END LOOP;
            IF EXISTS (SELECT FROM pg_auth_members x WHERE x.roleid = ANY (ours) OR x.member = ANY (ours)) THEN
              RAISE EXCEPTION 'a role of the branch is still a member of another, or has members';
            END IF;
            %sEND""";

    private static final String GIVE_BACK = """
            DECLARE
              one record;
              given boolean := true;
            BEGIN
            WHILE given LOOP
              given := false;
              FOR one IN SELECT r.oid AS id, m.oid AS member_id, e.kept, r.rolname AS role, m.rolname AS member, g.oid AS grantor_id, g.rolname AS grantor
                           FROM axiomdb.retained t
                          CROSS JOIN jsonb_array_elements(t.memberships) e (kept)
                           JOIN pg_authid r ON r.oid = (e.kept ->> 'role')::oid
                           JOIN pg_authid m ON m.oid = (e.kept ->> 'member')::oid
                           LEFT JOIN pg_authid g ON g.oid = (e.kept ->> 'grantor')::oid
                          WHERE t.number = %d LOOP
                IF EXISTS (SELECT FROM pg_auth_members x WHERE x.roleid = one.id AND x.member = one.member_id
                              AND (NOT %2$s OR x.grantor = one.grantor_id)) THEN
                  CONTINUE;
                END IF;
                IF %2$s THEN
                  IF one.grantor IS NULL OR NOT (one.grantor_id = 10 OR EXISTS (SELECT FROM pg_auth_members x
                        WHERE x.roleid = one.id AND x.member = one.grantor_id AND x.admin_option)) THEN
                    CONTINUE;
                  END IF;
                  EXECUTE format('GRANT %%I TO %%I WITH ADMIN %%s, INHERIT %%s, SET %%s GRANTED BY %%I', one.role, one.member,
                                 one.kept ->> 'admin', coalesce(one.kept ->> 'inherit', 'true'), coalesce(one.kept ->> 'set', 'true'), one.grantor);
                ELSE
                  EXECUTE format('GRANT %%I TO %%I', one.role, one.member)
                          || CASE WHEN (one.kept ->> 'admin')::boolean THEN ' WITH ADMIN OPTION' ELSE '' END
                          || CASE WHEN one.grantor IS NULL THEN '' ELSE format(' GRANTED BY %%I', one.grantor) END;
                END IF;
                given := true;
              END LOOP;
            END LOOP;
            END""";

    private Memberships() {}

    /**
     * Takes off every membership of roles, in both directions, with those of others that hang on them. Fails if one is left.
     *
     * @param roles their numbers
     * @param remembering a condition on the row of axiomdb.retained that keeps what was taken off
     */
    static String takeOff(Collection<Long> roles, String remembering) {
        return block(roles, REMEMBER.formatted(remembering));
    }

    /** The same; what was given while they were retained is not kept. */
    static String takeOff(Collection<Long> roles) {
        return block(roles, "");
    }

    private static String block(Collection<Long> roles, String then) {
        String numbers = roles.stream().map(number -> Long.toString(number)).collect(Collectors.joining(", "));
        return "DO " + literal(TAKE_OFF.formatted(numbers, GRANTORS_COUNT, then));
    }

    /**
     * Gives back what a row of axiomdb.retained remembers, to those who are still there and from those who may still give it,
     * grantors first.
     */
    static String giveBack(long number) {
        return "DO " + literal(GIVE_BACK.formatted(number, GRANTORS_COUNT));
    }
}
