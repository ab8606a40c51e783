package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ChecksView;
import io.axiomdb.cli.world.Hosts;
import io.axiomdb.cli.world.World;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code axm doctor}. */
@Command(
        name = "doctor",
        description = {
            "Look at hosts and say what is to be mended before AxiomDB can manage them.",
            "SSH, host helper, clock, PostgreSQL, PgBouncer, firewall, and foreign rules that matter. Changes nothing,",
            "and needs no control plane. Exits with 1 when something is to be mended."
        },
        footer = {"  axm doctor", "  axm doctor db1 db2", "  axm doctor --output json"})
final class Doctor extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @Mixin
    private final TrustOption trust = new TrustOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "HOST", arity = "0..*", description = "Which hosts (default: all of the file).")
    private List<String> names = new ArrayList<>();

    Doctor(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        Desired desired = file.load(world()).desired();
        SortedMap<String, List<Check>> checks = examine(desired, DeclaredHosts.of(desired, names));
        print(
                json()
                        ? ChecksView.json(checks)
                        : ChecksView.text(checks, terminal().outStyle()));
        boolean bad =
                checks.values().stream().flatMap(List::stream).anyMatch(check -> check.status() == Check.Status.BAD);
        return bad ? Exit.ERROR : Exit.OK;
    }

    /** All at once: a dead host does not keep the others waiting. */
    private SortedMap<String, List<Check>> examine(Desired desired, SortedMap<String, Host> wanted) {
        SortedMap<String, Future<List<Check>>> begun = new TreeMap<>();
        SortedMap<String, List<Check>> checks = new TreeMap<>();
        try (Hosts hosts = world().hosts(file.file(), trust.names(world(), desired));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            wanted.forEach((name, host) ->
                    begun.put(name, threads.submit(() -> hosts.examine(host, desired.organization()))));
            begun.forEach((name, look) -> checks.put(name, result(look)));
        }
        return checks;
    }

    private static List<Check> result(Future<List<Check>> look) {
        try {
            return look.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking at hosts", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("looking at a host broke its promise not to throw", e.getCause());
        }
    }
}
