package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Anchor;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Shared;
import io.axiomdb.desired.Host;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Ledger.BranchRow;
import io.axiomdb.host.Ledger.KeptMembership;
import io.axiomdb.host.Ledger.Party;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.Ledger.Rows;
import io.axiomdb.host.Ledger.Whose;
import io.axiomdb.host.Observation.Hold;
import io.axiomdb.host.Observation.Measure;
import io.axiomdb.host.Observation.Stranger;
import io.axiomdb.host.Observation.Tie;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.Probe;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Attributes;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.host.RoleState.Setting;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Roles and databases of one host, from outside the databases. Collects what host.sql returns; used once. */
final class HostLook {
    private static final Query IN_LOCK = Query.load("host.sql");
    private static final Query ELSEWHERE = IN_LOCK.with(
            "axiomdb.retained",
            "(SELECT NULL::oid AS database, NULL::oid AS owner, NULL::oid AS rw, NULL::oid AS ro WHERE false)");
    private static final Query LEDGER = Query.load("ledger.sql");

    private final SortedMap<String, RoleState> alone = new TreeMap<>();
    private final SortedMap<String, SortedSet<Membership>> memberOf = new TreeMap<>();
    private final SortedMap<String, SortedSet<Membership>> members = new TreeMap<>();
    private final SortedMap<String, DatabaseState> databases = new TreeMap<>();
    private final List<Stranger> strangers = new ArrayList<>();
    private final SortedMap<String, Measure> measured = new TreeMap<>();
    private final List<Tie> ties = new ArrayList<>();
    private final List<BranchRow> branches = new ArrayList<>();
    private final Map<Long, List<KeptMembership>> memberships = new HashMap<>();
    private final List<RetainedRow> retained = new ArrayList<>();
    private final SortedMap<String, List<KeptMark>> marks = new TreeMap<>();
    private final List<Hold> holds = new ArrayList<>();
    private final Shared shared = new Shared();
    private String system = "";
    private @Nullable Instant clock;

    /**
     * In one round trip, unless axiomdb_lock is being made.
     *
     * @param connection from {@link LockDatabase#enter}
     * @throws io.axiomdb.core.AxiomException when axiomdb_lock is not AxiomDB's
     */
    void read(Host host, Connection connection, Probe probe) throws SQLException {
        probe.roles().forEach(shared::of);
        probe.databases().keySet().forEach(shared::of);
        SortedMap<String, Object> values = new TreeMap<>();
        values.put("roles", probe.roles());
        values.put("databases", probe.databases().keySet());
        values.put(
                "known",
                probe.known().stream().map(number -> Long.toString(number)).toList());
        values.put("making", probe.beingMade());
        values.put("unfinished", CopyWay.UNFINISHED);
        values.put("retained", Ledger.RETAINED);
        values.put("leaving", probe.leaving());
        values.put("measured", probe.measured());
        List<Query.Row> readers = List.of(
                this::role,
                this::membership,
                this::database,
                this::stranger,
                this::tie,
                this::measure,
                this::server,
                this::hold);
        if (!LockDatabase.isIn(connection)) {
            ELSEWHERE.run(connection, values, readers);
            return;
        }
        List<Query.Row> all = new ArrayList<>(List.of(_ -> {}));
        all.addAll(readers);
        all.addAll(List.of(this::branch, this::keptMembership, this::retained, this::keptMark));
        try {
            LockDatabase.unlessFaulty(IN_LOCK.then(LEDGER)).run(connection, values, all);
        } catch (SQLException e) {
            if (!LockDatabase.isFaulty(e) || LockDatabase.isFinished(host, connection)) {
                throw e;
            }
            ELSEWHERE.run(connection, values, readers);
        }
    }

    private void server(ResultSet row) throws SQLException {
        system = row.getString(1);
        clock = Instant.ofEpochMilli(row.getLong(2));
    }

    Ledger ledger() {
        return new Ledger(system, clock, branches, retained, marks);
    }

    SortedMap<String, RoleState> roles() {
        SortedMap<String, RoleState> roles = new TreeMap<>();
        alone.forEach((name, role) -> roles.put(
                name,
                role.with(memberOf.getOrDefault(name, new TreeSet<>()), members.getOrDefault(name, new TreeSet<>()))));
        return roles;
    }

    /** Without their contents. */
    SortedMap<String, DatabaseState> databases() {
        return databases;
    }

    List<Stranger> strangers() {
        return strangers;
    }

    List<Tie> ties() {
        return ties;
    }

    List<Hold> holds() {
        return holds;
    }

    SortedMap<String, Measure> measured() {
        return measured;
    }

    private void measure(ResultSet row) throws SQLException {
        measured.put(row.getString(1), new Measure(row.getLong(2), row.getInt(3), row.getBoolean(4)));
    }

    private void role(ResultSet row) throws SQLException {
        Attributes attributes = new Attributes(
                row.getBoolean(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getBoolean(7),
                row.getBoolean(8),
                row.getBoolean(9),
                row.getBoolean(10),
                row.getString(11));
        RoleState role = new RoleState(
                text(row, 1),
                row.getLong(2),
                text(row, 3),
                shared.of(attributes),
                row.getInt(12),
                mark(row.getString(13)),
                new TreeSet<>(),
                new TreeSet<>(),
                settings(row));
        alone.put(role.name(), role);
    }

    /** Two arrays side by side: the database, empty for all, and {@code name=value}. */
    private static SortedSet<Setting> settings(ResultSet row) throws SQLException {
        List<String> databases = Query.texts(row, 14);
        List<String> settings = Query.texts(row, 15);
        SortedSet<Setting> all = new TreeSet<>();
        for (int i = 0; i < settings.size(); i++) {
            all.add(new Setting(databases.get(i), name(settings.get(i)), value(settings.get(i))));
        }
        return all;
    }

    /** The server writes TimeZone for timezone; names of parameters know no case, and files have them in lower case. */
    private static String name(String setting) {
        return setting.substring(0, setting.indexOf('=')).toLowerCase(Locale.ROOT);
    }

    private static String value(String setting) {
        return setting.substring(setting.indexOf('=') + 1);
    }

    private static PasswordMark mark(@Nullable String fingerprint) {
        return fingerprint == null ? PasswordMark.NONE : new PasswordMark(fingerprint);
    }

    private void membership(ResultSet row) throws SQLException {
        String granted = row.getString(1);
        String member = row.getString(2);
        String grantor = row.getString(3);
        memberOf.computeIfAbsent(member, name -> new TreeSet<>()).add(new Membership(granted, grantor));
        members.computeIfAbsent(granted, name -> new TreeSet<>()).add(new Membership(member, grantor));
    }

    private void database(ResultSet row) throws SQLException {
        SortedMap<String, String> settings = new TreeMap<>();
        for (String setting : Query.texts(row, 8)) {
            settings.put(name(setting), value(setting));
        }
        DatabaseState database = new DatabaseState(
                text(row, 1),
                row.getLong(2),
                text(row, 3),
                text(row, 4),
                row.getBoolean(5),
                row.getInt(6),
                Query.grants(row, 7, shared),
                settings,
                null,
                row.getBoolean(9),
                "");
        databases.put(database.name(), database);
    }

    private void branch(ResultSet row) throws SQLException {
        branches.add(new BranchRow(
                text(row, 1),
                whose(row, 2),
                row.getString(5),
                row.getLong(6),
                text(row, 10),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                Rows.of(row.getString(11))));
    }

    private void keptMembership(ResultSet row) throws SQLException {
        memberships
                .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                .add(new KeptMembership(party(row, 2), party(row, 5), party(row, 8)));
    }

    private static Party party(ResultSet row, int first) throws SQLException {
        return new Party(row.getLong(first), row.getString(first + 1), row.getBoolean(first + 2));
    }

    private void retained(ResultSet row) throws SQLException {
        long until = row.getLong(14);
        boolean forEver = row.wasNull();
        retained.add(new RetainedRow(
                row.getLong(1),
                text(row, 2),
                whose(row, 3),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11),
                row.getString(12),
                Instant.ofEpochSecond(row.getLong(13)),
                forEver ? null : Instant.ofEpochSecond(until),
                memberships.getOrDefault(row.getLong(1), List.of()),
                row.getInt(15),
                text(row, 16),
                Rows.of(row.getString(17))));
    }

    private void keptMark(ResultSet row) throws SQLException {
        Anchor anchor = new Anchor(row.getLong(4), row.getString(5));
        marks.computeIfAbsent(text(row, 1), _ -> new ArrayList<>())
                .add(new KeptMark(
                        new Mark(row.getString(2), row.getLong(3), anchor), Instant.ofEpochSecond(row.getLong(6))));
    }

    private Whose whose(ResultSet row, int first) throws SQLException {
        return new Whose(text(row, first), text(row, first + 1), text(row, first + 2));
    }

    private void stranger(ResultSet row) throws SQLException {
        strangers.add(new Stranger(row.getString(1), row.getString(2)));
    }

    private void hold(ResultSet row) throws SQLException {
        holds.add(new Hold(row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
    }

    private void tie(ResultSet row) throws SQLException {
        ties.add(new Tie(row.getString(1), row.getString(2)));
    }

    private String text(ResultSet row, int column) throws SQLException {
        return shared.of(row.getString(column));
    }
}
