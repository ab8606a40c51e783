package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.engine.Installation;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names of databases that are replaced, on a real server. */
class ReplacedTest {
    private static final String ID = "5ec04d5a-0000-4000-8000-000000000000";
    private static final String KEPT = "SELECT string_agg(right(datname, 14), ',' ORDER BY datname) FROM pg_database"
            + " WHERE datname ~ '^axm_del_5ec04d5a0000_'";

    private final Server server = Servers.of(18);

    private String admin(String sql) {
        return Installation.sql(
                server, "postgres", server.user(), server.password().reveal(), sql);
    }

    private String keep(String database) {
        return new Replaced(database, ID, "axm:acme/twice/dev").keep();
    }

    @AfterEach
    void drop() {
        List.of(admin(KEPT).split(","))
                .forEach(moment -> admin("DROP DATABASE IF EXISTS axm_del_5ec04d5a0000_" + moment));
    }

    @Test
    void two_of_one_branch_in_a_second_are_both_kept() {
        admin("CREATE DATABASE twice_one");
        admin("CREATE DATABASE twice_two");
        // In a transaction there is one moment only.
        admin("BEGIN; " + keep("twice_one") + "; " + keep("twice_two") + "; COMMIT");
        String[] moments = admin(KEPT).split(",");
        assertThat(admin("SELECT to_timestamp('" + moments[1] + "', 'YYYYMMDDHH24MISS') - to_timestamp('" + moments[0]
                        + "', 'YYYYMMDDHH24MISS')"))
                .isEqualTo("00:00:01");
    }
}
