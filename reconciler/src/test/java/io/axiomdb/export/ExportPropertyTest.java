package io.axiomdb.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.DatabaseState.SchemaState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Inventory.Held;
import io.axiomdb.host.Inventory.Inside;
import io.axiomdb.host.Inventory.Item;
import io.axiomdb.host.Inventory.Owned;
import io.axiomdb.host.Inventory.Sessions;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.testing.Corpus;
import io.axiomdb.testing.TextSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Whatever names, comments and parameters a server holds, what is written is a valid file that means no more than it should. */
class ExportPropertyTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final List<String> NAUGHTY = Corpus.naughtyStrings();

    private static final String FILE = """
            version: 1
            organization: acme
            members: { "dba@acme.example": owner, "bot@acme.example": viewer }
            hosts:
              db1:
                postgres: { url: "postgresql://[2001:db8::1]:5433/maintenance", user: "admin; x", password: "env:DB1_ADMIN" }
                public_endpoint: db1.acme.example
                ports: { direct: 5433 }
              db2:
                postgres: { url: "postgresql://127.0.0.1:5432/postgres" }
                ssh:
                  address: db2.acme.example
                  port: 2222
                  key: "file:keys/db2"
                  host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                  jump:
                    address: jump.acme.example
                    user: hop
                    key: "env:JUMP_KEY"
                    host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                firewall: none
                certificate: { file: /etc/ssl/db2.pem, key_file: /etc/ssl/db2.key }
                ports: { runtime: 6432 }
              db3: { postgres: { url: "postgresql://127.0.0.1:5432/postgres" }, tls: disable }
              db4: { postgres: { url: "postgresql://db4.acme.example:5432/postgres" }, tls: verify-full }
            """;

    @Test
    void a_host_means_the_same_in_the_new_file() {
        Desired desired = load(FILE);
        Inventory nothing = new Inventory(180000, new TreeMap<>(), new TreeMap<>(), new TreeSet<>(), Ledger.EMPTY);
        desired.hosts().forEach((name, host) -> {
            Desired again = load(Export.text(desired, host, nothing));
            assertThat(again.hosts()).containsOnlyKeys(name);
            assertThat(Objects.requireNonNull(again.hosts().get(name)).fields()).isEqualTo(host.fields());
            assertThat(again.members().keySet()).isEqualTo(desired.members().keySet());
        });
    }

    @Property(tries = 300, seed = "42")
    void what_is_written_is_valid_and_declares_what_fits(@ForAll long seed) {
        Random random = new Random(seed);
        Desired desired = load(FILE);
        Host host = Objects.requireNonNull(desired.hosts().get(random.nextBoolean() ? "db1" : "db2"));
        Inventory all = inventory(random);
        Desired again = load(Export.text(desired, host, all));
        SortedMap<String, Branch> branches = new TreeMap<>();
        again.projects().values().forEach(project -> {
            Branch main = Objects.requireNonNull(project.branches().get("main"));
            branches.put(Objects.requireNonNull(main.names().database()), main);
        });
        assertThat(again.projects()).hasSameSizeAs(branches);
        all.databases().forEach((name, item) -> {
            boolean fits = !item.template() && Unfit.of(all, item).isEmpty();
            assertThat(branches.containsKey(name)).as(name).isEqualTo(fits);
        });
        branches.forEach((name, branch) -> {
            Item item = Objects.requireNonNull(all.databases().get(name));
            assertThat(branch.names().owner()).isEqualTo(item.state().owner());
            assertThat(branch.rights()).isEqualTo(Branch.Rights.ADDITIVE);
            assertThat(branch.isProtected()).isTrue();
            assertThat(item.state().settings()).containsAllEntriesOf(branch.settings());
            assertThat(Objects.requireNonNull(item.inside()).schemas().keySet()).containsAll(branch.schemas());
        });
    }

    @Test
    void the_same_server_gives_the_same_bytes() {
        Desired desired = load(FILE);
        Host host = Objects.requireNonNull(desired.hosts().get("db2"));
        assertThat(Export.text(desired, host, inventory(new Random(5))))
                .isEqualTo(Export.text(desired, host, inventory(new Random(5))));
    }

    private static Desired load(String text) {
        Loaded loaded = Loader.load(TextSource.of(text), NOW);
        assertThat(loaded.errors())
                .as(DiagnosticText.render(loaded.diagnostics(), loaded.texts()) + "\n" + text)
                .isZero();
        return Objects.requireNonNull(loaded.desired());
    }

    private static Inventory inventory(Random random) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            names.add(name(random));
        }
        SortedMap<String, RoleState> roles = new TreeMap<>();
        names.forEach(name -> roles.put(name, role(name, random, names)));
        SortedMap<String, Item> databases = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            String name = name(random);
            databases.put(name, item(name, random, names));
        }
        SortedSet<Sessions> sessions = new TreeSet<>();
        databases.keySet().forEach(name -> sessions.add(new Sessions(name, one(names, random), "192.0.2.7", 3)));
        return new Inventory(180000, roles, databases, sessions, Ledger.EMPTY);
    }

    private static RoleState role(String name, Random random, List<String> names) {
        SortedSet<RoleState.Membership> members = new TreeSet<>();
        if (random.nextInt(3) == 0) {
            members.add(new RoleState.Membership(one(names, random), ""));
        }
        return new RoleState(
                name,
                text(random),
                new RoleState.Attributes(
                        random.nextInt(4) > 0, random.nextInt(6) == 0, false, false, true, false, false, "2099-01-01"),
                random.nextInt(30) - 1,
                PasswordMark.NONE,
                members,
                new TreeSet<>(),
                new TreeSet<>());
    }

    private static Item item(String name, Random random, List<String> names) {
        String owner = one(names, random);
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put(random.nextBoolean() ? "statement_timeout" : text(random), text(random));
        settings.put("search_path", "\"$user\", " + text(random));
        SortedMap<String, SchemaState> schemas = new TreeMap<>();
        SortedSet<Owned> owned = new TreeSet<>();
        SortedSet<Held> held = new TreeSet<>();
        for (String schema : List.of("public", text(random), "audit" + random.nextInt(9))) {
            schemas.put(schema, new SchemaState(schema, owner, new TreeSet<>(List.of(grant(names, random)))));
            owned.add(new Owned(schema, random.nextBoolean() ? owner : one(names, random), 2));
            String grantee = one(names, random);
            List.of("SELECT", "INSERT", "UPDATE", "DELETE")
                    .forEach(privilege -> held.add(new Held(schema, owner, grantee, privilege, 2)));
        }
        DatabaseState state = new DatabaseState(
                name,
                random.nextInt(4) == 0
                        ? "axm-removed:" + text(random)
                        : text(random).replaceFirst("^axm", ""),
                owner,
                random.nextInt(8) > 0,
                random.nextInt(50) - 1,
                new TreeSet<>(List.of(grant(names, random))),
                settings,
                null);
        SortedMap<String, SortedSet<DefaultGrant>> defaults = new TreeMap<>();
        defaults.put(owner, new TreeSet<>(List.of(new DefaultGrant("", ObjectKind.TABLE, grant(names, random)))));
        boolean open = state.allowConnections() && random.nextInt(8) > 0;
        boolean template = random.nextInt(8) == 0;
        boolean marked = state.marker().startsWith("axm-removed:");
        return new Item(
                state,
                template || marked,
                random.nextLong(1L << 50),
                open ? new Inside(schemas, owned, held, defaults, new TreeSet<>(List.of(text(random)))) : null);
    }

    private static Grant grant(List<String> names, Random random) {
        return Grant.of(random.nextBoolean() ? Grant.PUBLIC : one(names, random), "CONNECT");
    }

    private static <T> T one(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    /** Often plain, so that much is declared. */
    private static String name(Random random) {
        return random.nextInt(4) == 0
                ? text(random)
                : "App-" + random.nextInt(40) + (random.nextBoolean() ? "_x" : ".y");
    }

    /** As PostgreSQL can hold it: not empty, without NUL. */
    private static String text(Random random) {
        String text = NAUGHTY.get(random.nextInt(NAUGHTY.size())).replace("\0", "");
        return text.isEmpty() ? "x" : text;
    }
}
