package io.axiomdb.adapter.postgres;

import static io.axiomdb.adapter.postgres.Tenant.q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.DatabaseState.Contents;
import io.axiomdb.host.DatabaseState.SchemaState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.HostState;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.ObjectRights;
import io.axiomdb.host.ObjectRights.ObjectName;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Observation.Stranger;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.Probe;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Attributes;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.login.Door;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a look sees, on every supported version. */
@ParameterizedClass
@MethodSource("versions")
class PostgresReaderTest {
    private final int version;
    private Server server;
    private Tenant tenant;

    PostgresReaderTest(int version) {
        this.version = version;
    }

    static List<Integer> versions() {
        return Servers.VERSIONS;
    }

    @BeforeEach
    void make_a_tenant() throws SQLException {
        server = Servers.of(version);
        tenant = new Tenant(server);
    }

    @Test
    void a_fresh_branch_is_seen_exactly_as_it_is() {
        String admin = server.user();
        SchemaState open = version == 14
                ? new SchemaState("public", admin, grants("=CREATE", "=USAGE"))
                : new SchemaState("public", tenant.owner, grants("=USAGE"));
        Attributes owner = new Attributes(true, false, true, false, true, false, false, null);
        Attributes plain = new Attributes(true, false, false, false, true, false, false, null);
        DatabaseState database = new DatabaseState(
                tenant.database,
                "",
                tenant.owner,
                true,
                -1,
                grants(tenant.rw + "=CONNECT", tenant.ro + "=CONNECT"),
                new TreeMap<>(),
                new Contents(new TreeMap<>(Map.of("public", open)), new TreeSet<>(), new TreeSet<>(), new TreeSet<>()));
        HostState expected = new HostState(
                new TreeMap<>(Map.of(
                        tenant.owner, role(tenant.owner, owner, mark(tenant.owner)),
                        tenant.rw, role(tenant.rw, plain, PasswordMark.NONE),
                        tenant.ro, role(tenant.ro, plain, PasswordMark.NONE))),
                new TreeMap<>(Map.of(tenant.database, database)));

        Observation.Seen seen = see();

        assertThat(withoutNumbers(seen.state())).isEqualTo(expected);
        assertThat(seen.state().databases().values()).allMatch(d -> d.oid() >= 16_384);
        assertThat(seen.state().roles().values()).allMatch(r -> r.oid() >= 16_384);
        assertThat(seen.strangers()).isEmpty();
        assertThat(seen.serverVersion()).isEqualTo(number("SHOW server_version_num"));
    }

    @Test
    void what_does_not_exist_is_absent() {
        Probe probe = new Probe(
                new TreeSet<>(List.of("nobody")),
                new TreeMap<>(Map.of("nowhere", new Probe.Inside("nobody", "n", "o", new TreeSet<>()))));

        assertThat(see(probe).state()).isEqualTo(HostState.EMPTY);
    }

    @Test
    void every_attribute_of_a_role_is_seen() throws SQLException {
        tenant.admin("ALTER ROLE " + q(tenant.ro) + " NOLOGIN SUPERUSER CREATEDB CREATEROLE NOINHERIT REPLICATION"
                + " BYPASSRLS CONNECTION LIMIT 7 VALID UNTIL '2030-06-01 12:00:00+02'");
        tenant.admin("COMMENT ON ROLE " + q(tenant.ro) + " IS 'axm:it''s'");

        RoleState seen = at(see().state().roles(), tenant.ro);

        assertThat(seen.attributes())
                .isEqualTo(new Attributes(false, true, true, true, false, true, true, "2030-06-01 10:00:00+00"));
        assertThat(seen.connectionLimit()).isEqualTo(7);
        assertThat(seen.marker()).isEqualTo("axm:it's");
    }

    @Test
    void a_password_that_ends_in_infinity_never_ends() throws SQLException {
        tenant.admin("ALTER ROLE " + q(tenant.ro) + " VALID UNTIL 'infinity'");

        assertThat(at(see().state().roles(), tenant.ro).attributes().validUntil())
                .isNull();
    }

    @Test
    void another_password_has_another_fingerprint_and_it_is_that_of_the_verifier() throws SQLException {
        Secret verifier = new ScramHasher().verifier(Secret.of("p"));
        tenant.admin("ALTER ROLE " + q(tenant.rw) + " PASSWORD '" + verifier.reveal() + "'");

        assertThat(at(see().state().roles(), tenant.rw).password())
                .isEqualTo(PasswordMark.ofVerifier(verifier.reveal()));
    }

    @Test
    void memberships_are_seen_from_both_sides_with_their_grantor() throws SQLException {
        tenant.admin("GRANT " + q(tenant.owner) + " TO " + q(tenant.ro));
        tenant.admin("GRANT pg_read_all_data TO " + q(tenant.rw));

        SortedMap<String, RoleState> roles = see().state().roles();

        assertThat(at(roles, tenant.owner).members()).containsExactly(new Membership(tenant.ro, server.user()));
        assertThat(at(roles, tenant.ro).memberOf()).containsExactly(new Membership(tenant.owner, server.user()));
        assertThat(at(roles, tenant.rw).memberOf()).containsExactly(new Membership("pg_read_all_data", server.user()));
    }

    @Test
    void every_aspect_of_a_database_is_seen() throws SQLException {
        String name = q(tenant.database);
        tenant.admin("COMMENT ON DATABASE " + name + " IS 'axm:42'");
        tenant.admin("ALTER DATABASE " + name + " OWNER TO " + q(tenant.rw));
        tenant.admin("ALTER DATABASE " + name + " CONNECTION LIMIT 3");
        tenant.admin("GRANT TEMPORARY ON DATABASE " + name + " TO PUBLIC");
        tenant.admin("GRANT CREATE ON DATABASE " + name + " TO " + q(tenant.ro) + " WITH GRANT OPTION");
        tenant.admin("ALTER DATABASE " + name + " SET application_name = 'a=b, \"c\"'");
        tenant.admin("ALTER ROLE " + q(tenant.ro) + " IN DATABASE " + name + " SET work_mem = '1MB'");

        DatabaseState seen = database(see());

        assertThat(seen.marker()).isEqualTo("axm:42");
        assertThat(seen.owner()).isEqualTo(tenant.rw);
        assertThat(seen.connectionLimit()).isEqualTo(3);
        assertThat(seen.settings()).isEqualTo(Map.of("application_name", "a=b, \"c\""));
        assertThat(seen.grants()).isEqualTo(grants("=TEMPORARY", tenant.ro + "=CONNECT", tenant.ro + "=CREATE*"));
    }

    @Test
    void a_database_with_untouched_privileges_shows_those_that_postgresql_gives_everyone() throws SQLException {
        tenant.admin("CREATE DATABASE " + q(tenant.database + "2") + " OWNER " + q(tenant.owner));
        Probe probe = new Probe(
                new TreeSet<>(),
                new TreeMap<>(Map.of(
                        tenant.database + "2", new Probe.Inside(tenant.owner, tenant.rw, tenant.ro, new TreeSet<>()))));

        assertThat(at(see(probe).state().databases(), tenant.database + "2").grants())
                .isEqualTo(grants("=CONNECT", "=TEMPORARY"));
    }

    @Test
    void a_database_that_refuses_connections_is_seen_from_outside_and_the_others_from_inside() throws SQLException {
        Tenant other = new Tenant(server);
        tenant.admin("ALTER DATABASE " + q(tenant.database) + " ALLOW_CONNECTIONS false");
        Probe both = both(tenant, other);

        SortedMap<String, DatabaseState> seen = see(both).state().databases();

        assertThat(at(seen, tenant.database).allowConnections()).isFalse();
        assertThat(at(seen, tenant.database).contents()).isNull();
        assertThat(at(seen, other.database).contents()).isNotNull();
    }

    @Test
    void a_database_that_can_not_be_read_hides_no_other() throws SQLException {
        Tenant other = new Tenant(server);
        tenant.admin("UPDATE pg_database SET datconnlimit = " + (version >= 16 ? "-2" : "-1") + ", dattablespace ="
                + (version >= 16 ? " dattablespace" : " 424242") + " WHERE datname = '"
                + tenant.database.replace("'", "''") + "'");

        SortedMap<String, DatabaseState> seen = see(both(tenant, other)).state().databases();

        assertThat(at(seen, tenant.database).contents()).isNull();
        assertThat(at(seen, other.database).contents()).isNotNull();
    }

    @Test
    void databases_that_our_roles_made_by_themselves_are_strangers() throws SQLException {
        tenant.asOwner("CREATE DATABASE " + q("zz " + tenant.database));

        assertThat(see().strangers()).containsExactly(new Stranger("zz " + tenant.database, tenant.owner));
    }

    @Test
    void schemas_that_count_are_seen_and_others_are_not() throws SQLException {
        tenant.inside("CREATE SCHEMA \"Odd \"\"one\" AUTHORIZATION " + q(tenant.rw));
        tenant.inside("GRANT USAGE ON SCHEMA \"Odd \"\"one\" TO " + q(tenant.ro) + " WITH GRANT OPTION");
        tenant.inside("CREATE SCHEMA private AUTHORIZATION " + q(tenant.owner));
        tenant.inside("CREATE TABLE private.t ()");

        Contents seen = contents(see(tenant.probe("Odd \"one", "absent")));

        assertThat(seen.schemas())
                .isEqualTo(Map.of("Odd \"one", new SchemaState("Odd \"one", tenant.rw, grants(tenant.ro + "=USAGE*"))));
        assertThat(seen.objects()).isEmpty();
    }

    @Test
    void default_privileges_of_the_owner_are_seen_for_schemas_and_for_all() throws SQLException {
        String owner = " FOR ROLE " + q(tenant.owner);
        tenant.inside("ALTER DEFAULT PRIVILEGES" + owner + " IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO "
                + q(tenant.rw));
        tenant.inside("ALTER DEFAULT PRIVILEGES" + owner + " IN SCHEMA public GRANT USAGE ON SEQUENCES TO "
                + q(tenant.ro) + " WITH GRANT OPTION");
        tenant.inside("ALTER DEFAULT PRIVILEGES" + owner + " GRANT EXECUTE ON FUNCTIONS TO " + q(tenant.ro));
        tenant.inside("ALTER DEFAULT PRIVILEGES" + owner + " GRANT TRUNCATE ON TABLES TO PUBLIC");
        tenant.inside("ALTER DEFAULT PRIVILEGES FOR ROLE " + q(tenant.rw) + " GRANT SELECT ON TABLES TO PUBLIC");

        assertThat(contents(see()).defaultGrants())
                .containsExactlyInAnyOrder(
                        new DefaultGrant("public", ObjectKind.TABLE, Grant.of(tenant.rw, "SELECT")),
                        new DefaultGrant("public", ObjectKind.TABLE, Grant.of(tenant.rw, "INSERT")),
                        new DefaultGrant("public", ObjectKind.SEQUENCE, new Grant(tenant.ro, "USAGE", true)),
                        new DefaultGrant("", ObjectKind.ROUTINE, Grant.of(tenant.ro, "EXECUTE")),
                        new DefaultGrant("", ObjectKind.TABLE, Grant.of(Grant.PUBLIC, "TRUNCATE")));
    }

    @Test
    void objects_are_grouped_by_what_they_have_in_common() throws SQLException {
        open_public();
        tenant.asOwner("CREATE TABLE public.a (i int); CREATE TABLE public.\"B ?\"\"é\" (i int);"
                + " CREATE VIEW public.v AS SELECT 1 AS one; CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS one;"
                + " CREATE TABLE public.p (i int) PARTITION BY RANGE (i);"
                + " CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES FROM (0) TO (1);"
                + " CREATE SEQUENCE public.s");
        tenant.asOwner("GRANT SELECT ON public.a, public.\"B ?\"\"é\" TO " + q(tenant.ro));
        tenant.asOwner("GRANT UPDATE ON public.a, public.\"B ?\"\"é\" TO " + q(tenant.rw) + " WITH GRANT OPTION");

        assertThat(contents(see()).objects())
                .containsExactlyInAnyOrder(
                        rights(
                                ObjectKind.TABLE,
                                tenant.owner,
                                grants(tenant.ro + "=SELECT", tenant.rw + "=UPDATE*"),
                                "public.a",
                                "public.\"B ?\"\"é\""),
                        rights(
                                ObjectKind.TABLE,
                                tenant.owner,
                                grants(),
                                "public.m",
                                "public.p",
                                "public.p1",
                                "public.v"),
                        rights(ObjectKind.SEQUENCE, tenant.owner, grants(), "public.s"));
    }

    @Test
    void routines_are_seen_without_what_postgresql_gives_everyone() throws SQLException {
        open_public();
        tenant.asOwner("CREATE FUNCTION public.f(int, \"text\" text) RETURNS int LANGUAGE sql AS 'SELECT 1'");
        tenant.asOwner("CREATE PROCEDURE public.\"P\"() LANGUAGE sql AS 'SELECT 1'");
        tenant.asOwner("CREATE AGGREGATE public.agg(int) (SFUNC = int4pl, STYPE = int)");
        tenant.asOwner("CREATE FUNCTION public.closed() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        tenant.asOwner("REVOKE ALL ON FUNCTION public.closed() FROM PUBLIC");
        tenant.asOwner("GRANT EXECUTE ON FUNCTION public.f TO " + q(tenant.rw));

        assertThat(contents(see()).objects())
                .containsExactlyInAnyOrder(
                        rights(
                                ObjectKind.ROUTINE,
                                tenant.owner,
                                grants(tenant.rw + "=EXECUTE"),
                                "public.f(integer,text)"),
                        rights(
                                ObjectKind.ROUTINE,
                                tenant.owner,
                                grants(),
                                "public.\"P\"()",
                                "public.agg(integer)",
                                "public.closed()"));
    }

    @Test
    void rights_on_single_columns_are_seen() throws SQLException {
        open_public();
        tenant.asOwner("CREATE TABLE public.t (a int, \"B b\" int, gone int)");
        tenant.asOwner("GRANT UPDATE (\"B b\", gone) ON public.t TO " + q(tenant.ro));
        tenant.asOwner("ALTER TABLE public.t DROP COLUMN gone");

        assertThat(contents(see()).objects())
                .containsExactlyInAnyOrder(
                        rights(ObjectKind.TABLE, tenant.owner, grants(), "public.t"),
                        new ObjectRights(
                                "public",
                                ObjectKind.COLUMN,
                                tenant.owner,
                                grants(tenant.ro + "=UPDATE"),
                                new TreeSet<>(List.of(new ObjectName("public.t", "\"B b\"")))));
    }

    @Test
    void objects_of_the_wrong_role_are_seen_along_with_the_sequences_that_follow_them() throws SQLException {
        open_public();
        tenant.asOwner("CREATE TABLE public.t (a serial, b int GENERATED ALWAYS AS IDENTITY)");
        assertThat(contents(see()).objects())
                .containsExactlyInAnyOrder(
                        rights(ObjectKind.TABLE, tenant.owner, grants(), "public.t"),
                        rights(ObjectKind.SEQUENCE, tenant.owner, grants(), "public.t_a_seq", "public.t_b_seq"));

        tenant.inside("ALTER TABLE public.t OWNER TO " + q(tenant.rw));

        assertThat(contents(see()).objects())
                .containsExactlyInAnyOrder(
                        rights(ObjectKind.TABLE, tenant.rw, grants(), "public.t"),
                        rights(ObjectKind.SEQUENCE, tenant.rw, grants(), "public.t_a_seq", "public.t_b_seq"));
    }

    @Test
    void extensions_and_objects_of_others_are_left_alone() throws SQLException {
        tenant.inside("CREATE TABLE public.of_the_admin (i int)");
        tenant.inside("CREATE EXTENSION hstore SCHEMA public");
        tenant.inside("ALTER FUNCTION public.hstore_in(cstring) OWNER TO " + q(tenant.owner));

        assertThat(contents(see()).objects()).isEmpty();
    }

    @Test
    void a_hostile_tenant_changes_nothing_of_what_is_seen() throws SQLException {
        open_public();
        tenant.asOwner("CREATE TABLE public.t (i int)");
        Observation.Seen before = see();
        tenant.asOwner("CREATE FUNCTION public.lie(name, text) RETURNS boolean LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''reached''; END'");
        tenant.asOwner("CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.lie)");
        tenant.asOwner("CREATE FUNCTION public.shobj_description(oid, name) RETURNS text LANGUAGE sql AS 'SELECT 1/0'");
        tenant.asOwner("CREATE FUNCTION public.quote_ident(text) RETURNS text LANGUAGE sql AS 'SELECT (1/0)::text'");
        tenant.asOwner("CREATE TABLE public.pg_class (i int); CREATE VIEW public.pg_authid AS SELECT 1/0 AS oid");
        tenant.asOwner("CREATE TYPE public.regclass AS ENUM ('x')");
        hostile_settings();
        Observation.Seen after = see();

        assertThat(after.state().roles()).isEqualTo(before.state().roles());
        assertThat(contents(after).objects())
                .containsExactlyInAnyOrder(
                        rights(
                                ObjectKind.TABLE,
                                tenant.owner,
                                grants(),
                                "public.pg_authid",
                                "public.pg_class",
                                "public.t"),
                        rights(
                                ObjectKind.ROUTINE,
                                tenant.owner,
                                grants(),
                                "public.lie(name,text)",
                                "public.shobj_description(oid,name)",
                                "public.quote_ident(text)"));
    }

    @Test
    void no_setting_of_a_tenant_reaches_a_control_connection() throws SQLException {
        hostile_settings();
        try (Connection connection =
                AdminConnections.open(Tenant.target(server), tenant.database, "axm:7", Pins.CHANGE, version)) {
            assertThat(Tenant.one(connection, "SHOW search_path").replace(" ", ""))
                    .isEqualTo("pg_catalog,pg_temp");
            assertThat(Tenant.one(connection, "SELECT current_user")).isEqualTo(server.user());
            assertThat(Tenant.one(connection, "SHOW transaction_read_only")).isEqualTo("off");
            assertThat(Tenant.one(connection, "SHOW transaction_isolation")).isEqualTo("read committed");
            assertThat(Tenant.one(connection, "SHOW statement_timeout")).isEqualTo("10min");
            assertThat(Tenant.one(connection, "SHOW lock_timeout")).isEqualTo("30s");
            assertThat(Tenant.one(connection, "SHOW standard_conforming_strings"))
                    .isEqualTo("on");
            assertThat(Tenant.one(connection, "SHOW quote_all_identifiers")).isEqualTo("off");
            assertThat(Tenant.one(connection, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(Tenant.one(connection, "SHOW application_name")).isEqualTo("axm:7");
            assertThat(Tenant.one(connection, "SHOW client_encoding")).isEqualTo("UTF8");
            assertThat(Tenant.one(connection, "SHOW local_preload_libraries")).isEmpty();
            assertThat(Tenant.one(connection, "SHOW DateStyle")).startsWith("ISO");
        }
    }

    @Test
    void a_looking_connection_can_not_write() throws SQLException {
        try (Connection connection =
                AdminConnections.open(Tenant.target(server), tenant.database, "axm", Pins.LOOK, version)) {
            assertThatThrownBy(() -> connection.createStatement().execute("CREATE TABLE public.t ()"))
                    .hasMessageContaining("read-only transaction");
        }
    }

    @Test
    void two_thousand_tables_are_a_few_values() throws SQLException {
        open_public();
        tenant.asOwner("DO $$BEGIN FOR i IN 1..2000 LOOP EXECUTE format('CREATE TABLE public.t%s (i int)', i);"
                + " END LOOP; END$$");
        tenant.asOwner("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + q(tenant.ro));
        tenant.asOwner("REVOKE SELECT ON public.t77 FROM " + q(tenant.ro));

        SortedSet<ObjectRights> seen = contents(see()).objects();

        assertThat(seen).hasSize(2);
        assertThat(seen.last()).isEqualTo(rights(ObjectKind.TABLE, tenant.owner, grants(), "public.t77"));
        assertThat(seen.first().grants()).isEqualTo(grants(tenant.ro + "=SELECT"));
        assertThat(seen.first().names()).hasSize(1999);
    }

    @Test
    void every_host_failure_is_told_apart() throws Exception {
        tenant.admin("ALTER ROLE " + q(tenant.owner) + " PASSWORD '" + Tenant.PASSWORD + "'");
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }

        assertThat(unreachable(Tenant.host(server, server.user(), nobody), "x").code())
                .isEqualTo(Code.HOST_UNREACHABLE);
        Diagnostic refused = unreachable(Tenant.host(server), "wrong canary");
        assertThat(refused.code()).isEqualTo(Code.HOST_REFUSES);
        assertThat(refused.detail())
                .contains("password authentication failed", "127.0.0.1:" + server.port())
                .doesNotContain("canary");
        Diagnostic plain = unreachable(Tenant.host(server, tenant.owner, server.port()), Tenant.PASSWORD);
        assertThat(plain.code()).isEqualTo(Code.HOST_NOT_SUPERUSER);
        assertThat(plain.help()).contains("ALTER ROLE").contains("SUPERUSER");
    }

    @Test
    void a_server_without_encryption_is_refused_where_encryption_is_required() {
        Target plain = Tenant.target(server);
        for (Host.Tls tls : List.of(Host.Tls.REQUIRED, Host.Tls.VERIFY_FULL)) {
            Target strict =
                    new Target(plain.address(), plain.port(), plain.database(), plain.user(), plain.password(), tls);

            assertThatThrownBy(() -> AdminConnections.open(strict, "postgres", "axm", Pins.LOOK, version))
                    .hasMessageContaining("does not support SSL");
        }
    }

    @Test
    void an_ipv6_address_needs_no_brackets() throws SQLException {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has IPv6");
        Target plain = Tenant.target(server);
        Target six = new Target("::1", plain.port(), plain.database(), plain.user(), plain.password(), plain.tls());

        try (Connection connection = AdminConnections.open(six, "postgres", "axm", Pins.LOOK, version)) {
            assertThat(Tenant.one(connection, "SELECT host(inet_client_addr())"))
                    .isEqualTo("::1");
        }
    }

    @Test
    void a_server_that_asks_for_the_password_in_clear_does_not_get_it() throws Exception {
        Path hba = server.cluster().data().resolve("pg_hba.conf");
        String before = Files.readString(hba);
        Files.writeString(hba, "host all " + server.user() + " 127.0.0.1/32 password\n" + before);
        try {
            reload(true);
            assertThatThrownBy(
                            () -> AdminConnections.open(Tenant.target(server), "postgres", "axm", Pins.LOOK, version))
                    .isInstanceOf(Door.Impostor.class);
        } finally {
            Files.writeString(hba, before);
            reload(false);
        }
    }

    /** By way of IPv6, which the changed line leaves alone; waits until the server has read the file. */
    private void reload(boolean inClear) throws SQLException {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has IPv6");
        Target plain = Tenant.target(server);
        Target six = new Target("::1", plain.port(), plain.database(), plain.user(), plain.password(), plain.tls());
        Tenant.run(six, "postgres", "SELECT pg_reload_conf()");
        while (refusesClear(plain) != inClear) {
            Thread.onSpinWait();
        }
    }

    private boolean refusesClear(Target target) {
        try (Connection connection = AdminConnections.open(target, "postgres", "axm", Pins.LOOK, version)) {
            return !connection.isValid(1);
        } catch (SQLException e) {
            return true;
        }
    }

    @Test
    void no_verifier_leaves_the_server() throws SQLException {
        Observation.Seen seen = see();

        assertThat(seen.toString()).doesNotContain("SCRAM-SHA-256");
    }

    private void hostile_settings() throws SQLException {
        for (String setting : List.of(
                "search_path = public, pg_catalog",
                "role = " + q(tenant.owner),
                "default_transaction_read_only = on",
                "default_transaction_isolation = serializable",
                "default_transaction_deferrable = on",
                "statement_timeout = 1",
                "lock_timeout = 1",
                "idle_session_timeout = 1",
                "idle_in_transaction_session_timeout = 1",
                "standard_conforming_strings = off",
                "quote_all_identifiers = on",
                "transform_null_equals = on",
                "array_nulls = off",
                "synchronous_commit = off",
                "row_security = off",
                "application_name = 'axm:999'",
                "client_encoding = 'LATIN1'",
                "DateStyle = 'German'",
                "IntervalStyle = 'iso_8601'",
                "bytea_output = 'escape'",
                "local_preload_libraries = 'nothing_of_that_name'",
                "exit_on_error = on")) {
            tenant.admin("ALTER DATABASE " + q(tenant.database) + " SET " + setting);
        }
        if (version >= 17) {
            tenant.admin("ALTER DATABASE " + q(tenant.database) + " SET transaction_timeout = 1");
        }
    }

    /** So that the owner may create in public on 14 too, where public belongs to the superuser. */
    private void open_public() throws SQLException {
        tenant.inside("ALTER SCHEMA public OWNER TO " + q(tenant.owner));
    }

    private Observation.Seen see() {
        return see(tenant.probe("public"));
    }

    private Observation.Seen see(Probe probe) {
        Observation observation = new PostgresReader(Target.of(
                        ref -> server.password(), PostgresReaderTest::noEmbedded, PostgresReaderTest::noTunnel))
                .look(Tenant.host(server), probe);
        assertThat(observation).isInstanceOf(Observation.Seen.class);
        return (Observation.Seen) observation;
    }

    private Diagnostic unreachable(Host host, String password) {
        Observation observation = new PostgresReader(Target.of(
                        ref -> Secret.of(password), PostgresReaderTest::noEmbedded, PostgresReaderTest::noTunnel))
                .look(host, tenant.probe());
        assertThat(observation).isInstanceOf(Observation.Unreachable.class);
        return ((Observation.Unreachable) observation).why();
    }

    private static int noTunnel(Host host, Host.Server server) {
        throw new AssertionError("no host here has ssh");
    }

    private static Target noEmbedded() {
        throw new AssertionError("no host is embedded");
    }

    private DatabaseState database(Observation.Seen seen) {
        return at(seen.state().databases(), tenant.database);
    }

    private Contents contents(Observation.Seen seen) {
        return Objects.requireNonNull(database(seen).contents());
    }

    private static <V> V at(SortedMap<String, V> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }

    private static Probe both(Tenant one, Tenant other) {
        TreeMap<String, Probe.Inside> databases =
                new TreeMap<>(one.probe("public").databases());
        databases.putAll(other.probe("public").databases());
        return new Probe(new TreeSet<>(), databases);
    }

    private PasswordMark mark(String role) {
        try (Connection connection =
                AdminConnections.open(Tenant.target(server), "postgres", "test", Pins.LOOK, version)) {
            return PasswordMark.ofVerifier(Tenant.one(
                    connection, "SELECT rolpassword FROM pg_authid WHERE rolname = '" + role.replace("'", "''") + "'"));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static HostState withoutNumbers(HostState state) {
        TreeMap<String, RoleState> roles = new TreeMap<>();
        state.roles()
                .forEach((name, r) -> roles.put(
                        name,
                        new RoleState(
                                name,
                                r.marker(),
                                r.attributes(),
                                r.connectionLimit(),
                                r.password(),
                                r.memberOf(),
                                r.members(),
                                r.settings())));
        TreeMap<String, DatabaseState> databases = new TreeMap<>();
        state.databases()
                .forEach((name, d) -> databases.put(
                        name,
                        new DatabaseState(
                                name,
                                d.marker(),
                                d.owner(),
                                d.allowConnections(),
                                d.connectionLimit(),
                                d.grants(),
                                d.settings(),
                                d.contents())));
        return new HostState(roles, databases);
    }

    private int number(String sql) {
        try (Connection connection =
                AdminConnections.open(Tenant.target(server), "postgres", "test", Pins.LOOK, version)) {
            return Integer.parseInt(Tenant.one(connection, sql));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static RoleState role(String name, Attributes attributes, PasswordMark password) {
        return new RoleState(name, "", attributes, -1, password, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }

    private static ObjectRights rights(ObjectKind kind, String owner, SortedSet<Grant> grants, String... names) {
        Collection<ObjectName> objects =
                Arrays.stream(names).map(name -> new ObjectName(name, "")).toList();
        return new ObjectRights("public", kind, owner, grants, new TreeSet<>(objects));
    }

    /** {@code grantee=PRIVILEGE}, with a star where it may be passed on. */
    private static SortedSet<Grant> grants(String... texts) {
        SortedSet<Grant> grants = new TreeSet<>();
        for (String text : texts) {
            int equals = text.lastIndexOf('=');
            boolean grantable = text.endsWith("*");
            grants.add(new Grant(
                    text.substring(0, equals),
                    text.substring(equals + 1, text.length() - (grantable ? 1 : 0)),
                    grantable));
        }
        return grants;
    }
}
