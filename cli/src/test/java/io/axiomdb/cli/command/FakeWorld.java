package io.axiomdb.cli.command;

import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.adapter.git.HeadCommit;
import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.cli.LocalFiles;
import io.axiomdb.cli.view.Samples;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.cli.world.Workspace;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.NetworkLook;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.engine.TrailLook;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Check;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Ledger;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.SecretStore;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A world of hand-made answers that remembers what it was asked. */
final class FakeWorld implements World, Opened, Hosts, ControlPlane, SecretStore {
    /** Stands still. */
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:20:30.456Z"), ZoneOffset.UTC);

    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final List<AuditEntry> recorded = new ArrayList<>();
    final List<Request> requests = new ArrayList<>();
    List<Diagnostic> problems = List.of();
    List<AuditRow> rows = List.of();
    Planned planned = Samples.planned(Samples.plan(Samples.created()), Samples.seen("db1"));
    Registry registry = new Registry("acme", true, List.of(), new TreeMap<>(), new TreeMap<>());

    List<Check> checks = List.of(Check.ok("SSH", "reached"));
    String enrolledAs = "nobody";
    SortedSet<String> vouched = new TreeSet<>();
    Inventory inventory = new Inventory(180006, new TreeMap<>(), new TreeMap<>(), new TreeSet<>(), Ledger.EMPTY);
    Desired desired = new Desired("acme", new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), Origin.UNKNOWN);
    AccessObservation access = new AccessObservation.Unmanaged();

    @Nullable
    RuntimeException failure;

    SortedMap<CredentialKey, Instant> since = new TreeMap<>();
    Workspace workspace = new NoWorkspace();

    @Nullable
    Desired desiredSeen;

    Map<String, String> environment = Map.of("NO_COLOR", "1");
    boolean interactive;
    boolean stopped;
    String typed = "";
    String certificates = "";
    KeyRenewal.Lost lost = new KeyRenewal.Lost(new TreeSet<>(), "the key file", new TreeMap<>(), List.of());
    String renewed = "";
    boolean authorityMade;

    @Nullable
    String applied;

    int closed;

    int run(String... arguments) {
        return Axm.run(this, List.of(arguments));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Terminal terminal() {
        return new Terminal(
                new BufferedReader(new StringReader(typed)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                interactive,
                interactive,
                false,
                0);
    }

    @Override
    public String version() {
        return "test";
    }

    @Override
    public Path installation() {
        return Path.of("..");
    }

    @Override
    public String actor() {
        return "dba@acme.example";
    }

    @Override
    public DesiredSource source(Path file) {
        if (workspace instanceof LocalFiles) {
            return new DirectorySource(file, HeadCommit::of);
        }
        return new DesiredSource() {
            @Override
            public String root() {
                return file.toString();
            }

            @Override
            public byte[] read(String path, int limit) {
                return new byte[0];
            }

            @Override
            public List<String> match(String pattern) {
                return List.of();
            }

            @Override
            public Commit commit() {
                return Samples.COMMIT;
            }
        };
    }

    @Override
    public Workspace workspace() {
        return workspace;
    }

    @Override
    public Loaded validate(DesiredSource source) {
        if (workspace instanceof LocalFiles) {
            return Loader.load(source, workspace.now());
        }
        boolean good = problems.stream().noneMatch(Diagnostic::isError);
        return new Loaded(good ? desired : null, problems, Map.of("axiomdb.yaml", "enviroment: main\n"));
    }

    @Override
    public Opened open(Path file, Opening opening) {
        if (failure != null) {
            throw failure;
        }
        return this;
    }

    @Override
    public String upgradeControlPlane(Path file, Consumer<String> notice) {
        return "in memory";
    }

    @Override
    public Hosts hosts(Path file, SortedSet<String> trusted) {
        vouched = trusted;
        if (failure != null) {
            throw failure;
        }
        return this;
    }

    @Override
    public List<Check> examine(Host host, String organization) {
        return checks;
    }

    @Override
    public Inventory inventory(Host host, String organization) {
        return inventory;
    }

    @Override
    public AccessObservation look(Host host, String organization) {
        return access;
    }

    @Override
    public List<Check> enroll(Host host, String organization, @Nullable String as) {
        enrolledAs = as == null ? "" : as;
        return List.of(Check.ok("installed", "/usr/local/sbin/axm-host"));
    }

    @Override
    public Stop stop() {
        return new Stop() {
            @Override
            public boolean asked() {
                return stopped;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public World at(Path home) {
        return this;
    }

    @Override
    public Planned plan(Desired desired, Request request) {
        desiredSeen = desired;
        requests.add(request);
        return planned;
    }

    @Override
    public Planned drift(String organization, Request request) {
        requests.add(request);
        return planned;
    }

    @Override
    public Optional<ApplyReport> runDue(
            String organization, Request due, Consumer<Planned> planned, Progress progress, BooleanSupplier stop) {
        requests.add(due);
        if (!this.planned.plan().isEmpty() || !this.planned.plan().blocked().isEmpty()) {
            planned.accept(this.planned);
        }
        if (this.planned.plan().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(apply(desired, due, this.planned.plan().digest().hex(), progress, stop));
    }

    @Override
    public ApplyReport apply(
            Desired desired, Request request, String reviewed, Progress progress, BooleanSupplier stop) {
        applied = reviewed;
        ChangeResult.Status status = stop.getAsBoolean() ? ChangeResult.Status.STOPPED : ChangeResult.Status.DONE;
        List<ChangeResult> results = planned.plan().changes().stream()
                .map(c -> new ChangeResult(c, status, null, Duration.ofMillis(12), List.of()))
                .toList();
        results.stream().findFirst().ifPresent(first -> progress.begun(first.change()));
        results.forEach(progress::ended);
        Planned after = stop.getAsBoolean() ? planned : Samples.planned(Samples.plan(), Samples.seen("db1"));
        return new ApplyReport(results, after, Duration.ofMillis(1200));
    }

    @Override
    public NetworkLook network(Desired asked, Collection<Host> hosts) {
        TreeMap<String, AccessObservation> seen = new TreeMap<>();
        hosts.forEach(host -> seen.put(host.name(), access));
        return new NetworkLook(asked, registry, seen, now());
    }

    @Override
    public ControlPlane controlPlane() {
        return this;
    }

    @Override
    public SecretStore secrets() {
        return this;
    }

    @Override
    public CertificateAuthority authority() {
        return new CertificateAuthority() {
            @Override
            public String trusted() {
                return certificates;
            }

            @Override
            public String certificate() {
                return certificates;
            }

            @Override
            public void ready() {
                authorityMade = true;
            }

            @Override
            public String sign(String request, SortedSet<String> names, Instant now) {
                throw new AssertionError("commands sign nothing");
            }
        };
    }

    @Override
    public KeyRenewal keys() {
        return new KeyRenewal() {
            @Override
            public Lost lost() {
                return lost;
            }

            @Override
            public String renew(String organization, Lost shown, Actor actor) {
                renewed = organization + " by " + actor.name();
                return "99";
            }
        };
    }

    @Override
    public int embeddedPort() {
        return 54329;
    }

    @Override
    public void close() {
        closed++;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public ControlPlaneSite site() {
        return new ControlPlaneSite("", "", "", true);
    }

    @Override
    public Registry read(String organization) {
        return registry;
    }

    @Override
    public SortedMap<CredentialKey, Instant> credentialsSince(String organization) {
        return since;
    }

    @Override
    public void note(String organization, Note note) {
        throw new AssertionError("commands note nothing");
    }

    @Override
    public void begin(String organization, List<Intent> intents) {
        throw new AssertionError("commands write no intents");
    }

    @Override
    public void finish(String organization, List<Outcome> outcomes) {
        throw new AssertionError("commands write no outcomes");
    }

    @Override
    public List<AuditRow> unfinished(String organization) {
        return List.of();
    }

    @Override
    public List<AuditRow> audit(String organization, AuditQuery query) {
        return rows.stream().limit(query.limit()).toList();
    }

    @Override
    public Mark mark(String organization) {
        return new Mark("f3b1", 3, new Anchor(7, "ab".repeat(32)));
    }

    @Override
    public TrailLook trail(Desired desired, SortedMap<String, Anchor> anchors, SortedSet<String> trusted) {
        return new TrailLook(List.of(), List.of(), mark("").anchor());
    }

    @Override
    public Mark next(String organization, long above) {
        throw new AssertionError("commands count no applies");
    }

    @Override
    public Set<Anchor> strangers(Collection<Anchor> anchors) {
        return Set.of();
    }

    @Override
    public Optional<Diagnostic> verifyAudit(SortedMap<String, Anchor> anchors) {
        return Optional.empty();
    }

    /** What is on stdout at this moment must not hold the secret yet. */
    @Override
    public void record(String organization, AuditEntry entry) {
        if (out().contains("postgresql://")) {
            throw new AssertionError("printed before it was audited");
        }
        recorded.add(entry);
    }

    @Override
    public void ready() {}

    @Override
    public List<Credential> putPending(String organization, List<StoredSecret> secrets) {
        throw new AssertionError("commands store no secrets");
    }

    @Override
    public Optional<StoredSecret> current(String organization, CredentialKey key) {
        return Optional.of(new StoredSecret(key, Secret.of("p@ss/" + key.role().word()), Secret.of("verifier")));
    }
}
