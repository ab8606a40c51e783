package io.axiomdb.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Ledger.Rows;
import io.axiomdb.host.Ledger.Whose;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostWriter;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows about branches are written with their effect or not at all, and found again by OID. */
@ParameterizedClass
@ValueSource(ints = {14, 18})
class LedgerSqlTest {
    private static final String ORGANIZATION = "ac'me";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Server server;
    private final String stem = "led\"ger'" + COUNT.incrementAndGet();
    private final BranchNames names = new BranchNames(stem, stem + "_owner", stem + "_rw", stem + "_ro");
    private final ResourceKey branch = ResourceKey.branch("shop", stem);
    private final Whose whose = new Whose(ORGANIZATION, "shop", stem);
    private HostWriter.Session session;

    LedgerSqlTest(int version) {
        server = Servers.of(version);
        session = open();
    }

    @BeforeEach
    void make() throws HostFailure {
        for (String role : names.roles()) {
            session.transaction("", List.of("CREATE ROLE " + SqlText.identifier(role)));
        }
        session.alone("", "CREATE DATABASE " + SqlText.identifier(stem) + " TEMPLATE template0");
    }

    /** What is written down is looked for by every look at this server, also by other tests'. */
    @AfterEach
    void forget() throws HostFailure {
        String mine = " WHERE organization = " + SqlText.literal(ORGANIZATION);
        session.transaction("", List.of("DELETE FROM axiomdb.branch" + mine, "DELETE FROM axiomdb.retained" + mine));
        session.close();
    }

    @Test
    void a_branch_is_found_by_oid_whatever_its_database_is_called_now() throws Exception {
        session.transaction("", List.of(LedgerSql.branch(ORGANIZATION, branch, "id 1", names, Rows.NONE)));

        Ledger.BranchRow row = branchOf(stem).orElseThrow();
        assertThat(row.whose()).isEqualTo(whose);
        assertThat(row.id()).isEqualTo("id 1");
        assertThat(row.owner())
                .isEqualTo(requireNonNull(seen(stem).state().roles().get(names.owner()))
                        .oid());

        session.transaction(
                "",
                List.of("ALTER DATABASE " + SqlText.identifier(stem) + " RENAME TO " + SqlText.identifier(stem + "2")));
        session.alone("", "CREATE DATABASE " + SqlText.identifier(stem) + " TEMPLATE template0");

        Ledger.BranchRow now = branchOf(stem + "2").orElseThrow();
        assertThat(now.name()).isEqualTo(stem + "2");
        assertThat(now.database()).isEqualTo(row.database());
        assertThat(now.owner()).isEqualTo(row.owner());
        assertThat(branchOf(stem)).as("another database of the old name").isEmpty();
        assertThat(ledger(stem).branch(whose)).contains(now);
    }

    @Test
    void a_row_and_its_effect_are_one() {
        assertThatThrownBy(() -> session.transaction(
                        "",
                        List.of(
                                "COMMENT ON DATABASE " + SqlText.identifier(stem) + " IS 'done'",
                                LedgerSql.branch(ORGANIZATION, branch, "id", names, Rows.MASKED),
                                "SELECT 1 / 0")))
                .isInstanceOf(HostFailure.class);
        assertThat(ledger(stem).branch(whose)).isEmpty();
    }

    @Test
    void a_name_that_is_not_there_fails_the_transaction() {
        for (BranchNames missing : List.of(
                new BranchNames("no such", names.owner(), names.rw(), names.ro()),
                new BranchNames(stem, "no such", names.rw(), names.ro()))) {
            assertThatThrownBy(() -> session.transaction(
                            "", List.of(LedgerSql.branch(ORGANIZATION, branch, "id", missing, Rows.NONE))))
                    .isInstanceOf(HostFailure.class)
                    .hasMessageContaining("no such");
        }
    }

    @Test
    void what_is_retained_is_found_until_it_is_gone() throws Exception {
        session.transaction(
                "",
                List.of(
                        LedgerSql.branch(ORGANIZATION, branch, "id", names, Rows.MASKED),
                        LedgerSql.noBranch(ORGANIZATION, branch),
                        retained(stem)));

        Ledger.RetainedRow row = retainedOf(stem).orElseThrow();
        assertThat(row.whose()).isEqualTo(whose);
        assertThat(row.origin()).isEqualTo("removed");
        assertThat(row.keepUntil()).isEqualTo(row.removed().plus(Duration.ofDays(7)));
        assertThat(row.connectionLimit()).isEqualTo(-1);
        assertThat(row.rw()).isZero();
        assertThat(row.rows()).as("its branch's row was gone by then").isEqualTo(Rows.UNKNOWN);
        assertThat(ledger(stem).branch(whose)).isEmpty();

        session.transaction("", List.of(LedgerSql.notRetained(row.number())));
        assertThat(retainedOf(stem)).isEmpty();
    }

    @Test
    void how_rows_came_goes_along_when_a_database_is_retained_and_brought_back() throws Exception {
        for (Rows rows : Rows.values()) {
            session.transaction("", List.of(LedgerSql.branch(ORGANIZATION, branch, "id", names, rows), retained(stem)));
            Ledger.RetainedRow row = retainedOf(stem).orElseThrow();
            assertThat(row.rows()).isEqualTo(rows);
            session.transaction(
                    "",
                    List.of(
                            LedgerSql.noBranch(ORGANIZATION, branch),
                            LedgerSql.broughtBack(ORGANIZATION, branch, row.number(), names),
                            LedgerSql.notRetained(row.number())));
            Ledger.BranchRow back = branchOf(stem).orElseThrow();
            assertThat(back.whose()).isEqualTo(whose);
            assertThat(back.id()).isEqualTo("id");
            assertThat(back.rows()).isEqualTo(rows);
            assertThat(back.rw())
                    .isEqualTo(requireNonNull(seen(stem).state().roles().get(names.rw()))
                            .oid());
        }
    }

    @Test
    void a_role_that_is_not_there_yet_keeps_nothing_from_being_brought_back() throws Exception {
        session.transaction("", List.of(retained(stem)));
        session.transaction("", List.of("DROP ROLE " + SqlText.identifier(names.ro())));
        long number = retainedOf(stem).orElseThrow().number();
        session.transaction("", List.of(LedgerSql.broughtBack(ORGANIZATION, branch, number, names)));
        assertThat(branchOf(stem).orElseThrow().ro()).isZero();
    }

    /** Nobody can make it forgotten that rows came unmasked by having the database taken over. */
    @Test
    void taking_over_never_makes_less_of_what_is_written() throws Exception {
        taken(true);
        assertThat(rows()).isEqualTo(Rows.UNKNOWN);
        for (Rows rows : Rows.values()) {
            session.transaction("", List.of(LedgerSql.branch(ORGANIZATION, branch, "id", names, rows)));
            taken(false);
            assertThat(rows()).as("the same database").isEqualTo(rows);
            session.transaction("", List.of(elsewhere()));
            taken(false);
            assertThat(rows()).as("another").isEqualTo(rows == Rows.NONE ? Rows.NONE : Rows.UNKNOWN);
        }
    }

    private static String elsewhere() {
        return "UPDATE axiomdb.branch SET system = '1' WHERE organization = " + SqlText.literal(ORGANIZATION);
    }

    @Test
    void a_database_that_was_another_branchs_is_taken_over_with_what_is_written_of_it() throws Exception {
        ResourceKey other = ResourceKey.branch("shop", stem + " other");
        session.transaction(
                "",
                List.of(
                        LedgerSql.branch(ORGANIZATION, branch, "id", names, Rows.NONE),
                        elsewhere(),
                        LedgerSql.branch(ORGANIZATION, other, "id", names, Rows.UNMASKED)));
        taken(false);
        assertThat(rows()).isEqualTo(Rows.UNMASKED);
        assertThat(branchOf(stem).orElseThrow().whose()).isEqualTo(whose);
        assertThat(ledger(stem).branches())
                .noneMatch(row -> row.whose().branch().equals(other.name()));
    }

    private void taken(boolean isChild) throws HostFailure {
        List<String> statements = new ArrayList<>(LedgerSql.moved(ORGANIZATION, branch, stem));
        statements.add(LedgerSql.takenOver(ORGANIZATION, branch, "id", names, isChild));
        session.transaction("", statements);
    }

    private Rows rows() {
        return branchOf(stem).orElseThrow().rows();
    }

    @Test
    void a_row_that_another_server_wrote_says_nothing() throws Exception {
        session.transaction(
                "",
                List.of(
                        LedgerSql.branch(ORGANIZATION, branch, "id", names, Rows.MASKED),
                        "UPDATE axiomdb.branch SET system = '1' WHERE branch = " + SqlText.literal(stem)));

        assertThat(branchOf(stem)).isEmpty();
        assertThat(ledger(stem).branches()).anyMatch(row -> row.whose().equals(whose));
    }

    private String retained(String database) {
        SortedMap<RoleKind, String> roles =
                new TreeMap<>(Map.of(RoleKind.OWNER, names.owner(), RoleKind.RO, names.ro()));
        return LedgerSql.retain(ORGANIZATION, branch, "id", database, roles, "removed", 7);
    }

    private Optional<Ledger.BranchRow> branchOf(String database) {
        Observation.Seen seen = seen(database);
        return seen.ledger().branchOf(number(seen, database));
    }

    private Optional<Ledger.RetainedRow> retainedOf(String database) {
        Observation.Seen seen = seen(database);
        return seen.ledger().retainedOf(number(seen, database));
    }

    private static long number(Observation.Seen seen, String database) {
        return requireNonNull(seen.state().databases().get(database)).oid();
    }

    private Ledger ledger(String database) {
        return seen(database).ledger();
    }

    private Observation.Seen seen(String database) {
        Probe.Inside inside = new Probe.Inside(names.owner(), names.rw(), names.ro(), Collections.emptySortedSet());
        Probe probe = new Probe(new TreeSet<>(names.roles()), new TreeMap<>(Map.of(database, inside)));
        return (Observation.Seen) new PostgresReader(_ -> target()).look(host(), probe);
    }

    private HostWriter.Session open() {
        return new PostgresWriter(_ -> target(), TreeMap::new).open(host(), new Lease("test", 1, "tests", "ledger"));
    }

    private Target target() {
        return new Target(
                Server.ADDRESS, server.port(), "postgres", server.user(), server.password(), Host.Tls.DISABLE);
    }

    private Host host() {
        return new Host(
                "test",
                new Host.Server(Server.ADDRESS, server.port(), "postgres", server.user(), null),
                null,
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                Host.Tls.DISABLE,
                new Origin(Source.NOWHERE, Collections.emptySortedMap()));
    }
}
