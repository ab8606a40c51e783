package io.axiomdb.testing.adversary;

import io.axiomdb.engine.Installation;
import io.axiomdb.testing.Servers.Server;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Logins that somebody made members of a branch's roles, in every way that PostgreSQL has, and that want to keep what they
 * reach by that when the branch is gone. Names begin with {@code ally_}.
 */
public final class Accomplices implements AutoCloseable {
    /** A plain member, as a login for migrations is. */
    public static final String MEMBER = "ally_member";

    /** May grant the owner to others, and granted it to {@link #FRIEND}. */
    public static final String DEPUTY = "ally_deputy";

    public static final String FRIEND = "ally_friend";

    /** The branch's owner is a member of it, may grant it, and granted it to {@link #GUEST}. */
    public static final String TEAM = "ally_team";

    public static final String GUEST = "ally_guest";

    /** Who tries. */
    public static final List<String> LOGINS = List.of(MEMBER, DEPUTY, FRIEND, GUEST);

    private static final String PASSWORD = "of an accomplice";

    private final Server server;

    /**
     * Makes them.
     *
     * @param roles owner, rw and ro of the branch
     */
    public Accomplices(Server server, boolean grantorsCount, List<String> roles, String passwordOfOwner) {
        this.server = server;
        String owner = roles.getFirst();
        for (String login : LOGINS) {
            admin("CREATE ROLE " + login + " LOGIN CREATEDB PASSWORD '" + PASSWORD + "'");
        }
        admin("CREATE ROLE " + TEAM);
        admin("GRANT " + owner + " TO " + MEMBER);
        admin("GRANT " + roles.get(1) + " TO " + MEMBER
                + (grantorsCount ? " WITH ADMIN FALSE, INHERIT FALSE, SET TRUE" : ""));
        admin("GRANT " + owner + " TO " + DEPUTY + " WITH ADMIN OPTION");
        admin("GRANT pg_read_all_data TO " + roles.getLast());
        admin("GRANT " + TEAM + " TO " + owner + " WITH ADMIN OPTION");
        run(DEPUTY, "postgres", "GRANT " + owner + " TO " + FRIEND);
        Installation.sql(server, "postgres", owner, passwordOfOwner, "GRANT " + TEAM + " TO " + GUEST);
    }

    /** Runs SQL as one of them. */
    public String run(String login, String database, String sql) {
        return Installation.sql(server, database, login, PASSWORD, sql);
    }

    /** Every membership of the server that is not PostgreSQL's own, with all that is written of it. */
    public String memberships() {
        return admin(
                "SELECT coalesce(string_agg(concat_ws(' ', r.rolname, 'to', m.rolname, 'by', g.rolname, x.admin_option,"
                        + " to_jsonb(x) -> 'inherit_option', to_jsonb(x) -> 'set_option'), E'\\n' ORDER BY r.rolname, m.rolname, g.rolname), '')"
                        + " FROM pg_auth_members x JOIN pg_roles r ON r.oid = x.roleid JOIN pg_roles m ON m.oid = x.member"
                        + " LEFT JOIN pg_roles g ON g.oid = x.grantor WHERE x.roleid >= 16384 OR x.member >= 16384");
    }

    private String admin(String sql) {
        return Installation.sql(
                server, "postgres", server.user(), server.password().reveal(), sql);
    }

    @Override
    public void close() {
        String all = LOGINS.stream().collect(Collectors.joining(", ")) + ", " + TEAM;
        admin("DROP ROLE IF EXISTS " + all);
    }
}
