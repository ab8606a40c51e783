package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.plan.Blocked;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code axm adopt}. */
@Command(
        name = "adopt",
        description = {
            "Take over databases and roles that are there already, as the file declares them.",
            "Shows first what others would lose, then every change, and asks as axm apply does. No password is changed;",
            "AxiomDB does not know them until they are rotated. What else the plan holds is applied with it, but where hosts belong",
            "to another control plane: an owner takes them over first, which removes, resets and closes nothing."
        },
        footer = {
            "  axm export --host db1 > axiomdb.yaml     write down what is there",
            "  axm adopt crm/main                       look at what would change, say yes",
            "  axm adopt --all                          all branches of the file that are there already",
            "  axm adopt --host db2                     a host of another control plane, and no branch of it",
            "  axm adopt crm/main --plan 7f3a91c2d40be815"
        })
final class Adopt extends ApplyingCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "PROJECT/BRANCH",
            converter = BranchPath.Converter.class,
            description = "Branches to take over, such as crm/main.")
    private List<BranchPath> named = new ArrayList<>();

    @Option(
            names = "--all",
            description =
                    "Every branch of the file whose database is there and was made by others, and every host that another"
                            + " control plane changed.")
    private boolean all;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "As an owner: take this host over from another control plane, which is lost. Repeatable.")
    private List<String> hosts = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    Adopt(World world) {
        super(world);
    }

    @Override
    int run() {
        if (all != (named.isEmpty() && hosts.isEmpty())) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "say which branches or hosts, or --all");
        }
        FileOption.Configuration loaded = file().load(world());
        named.forEach(path -> declared(loaded.desired(), path));
        hosts.forEach(host -> DeclaredHosts.one(loaded.desired(), host));
        try (Opened opened = world().open(file().file(), Opening.APPLY)) {
            Request asked = trusting(loaded, asked(loaded), opened);
            SortedSet<ResourceKey> keys = all ? foreign(opened, loaded.desired(), asked) : keys();
            if (keys.isEmpty()) {
                print(json() ? "{\"adopted\": 0}\n" : "Nothing of the file is there that others made.\n");
                return Exit.OK;
            }
            return carryOut(loaded, asked.adopting(keys), words(), opened);
        }
    }

    private static void declared(Desired desired, BranchPath path) {
        Declared.branch(Declared.project(desired, path.project()), path.branch());
    }

    private SortedSet<ResourceKey> keys() {
        SortedSet<ResourceKey> keys = new TreeSet<>();
        named.forEach(path -> keys.add(ResourceKey.branch(path.project(), path.branch())));
        hosts.forEach(host -> keys.add(ResourceKey.host(host)));
        return keys;
    }

    /** Branches that nothing but foreign objects keeps from being planned, and all hosts where one is another control plane's. */
    private static SortedSet<ResourceKey> foreign(Opened opened, Desired desired, Request asked) {
        SortedSet<ResourceKey> keys = new TreeSet<>();
        Planned planned = opened.plan(desired, asked);
        for (Blocked blocked : planned.plan().blocked()) {
            if (blocked.why().stream().allMatch(why -> why.code() == Code.FOREIGN_OBJECT)) {
                keys.add(blocked.resource());
            }
        }
        if (planned.plan().refusals().stream().anyMatch(why -> why.code() == Code.OTHER_CONTROL_PLANE)) {
            planned.looks().forEach(look -> keys.add(ResourceKey.host(look.host())));
        }
        List<Diagnostic> unseen = new ArrayList<>();
        for (Planned.HostLook look : planned.looks()) {
            if (look.unreachable() != null) {
                unseen.add(look.unreachable());
            }
        }
        if (keys.isEmpty() && !unseen.isEmpty()) {
            throw new AxiomException(unseen);
        }
        return keys;
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of("adopt"));
        named.forEach(path -> words.add(path.project() + "/" + path.branch()));
        hosts.forEach(host -> words.addAll(List.of("--host", host)));
        if (all) {
            words.add("--all");
        }
        return words;
    }
}
