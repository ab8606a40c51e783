package io.axiomdb.cli;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.Trust;
import io.axiomdb.registry.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which hosts may be contacted by commands that need no control plane: it is asked once, if there is one, and only then. */
final class AppliedAddresses {
    private final Map<String, String> environment;
    private final Path directory;
    private final SortedSet<String> trusted;
    private @Nullable Trust known;
    private String unknown = "";

    /**
     * Asks nobody yet.
     *
     * @param trusted hosts that a person named
     */
    AppliedAddresses(Map<String, String> environment, Path directory, SortedSet<String> trusted) {
        this.environment = environment;
        this.directory = directory;
        this.trusted = trusted;
    }

    /** @throws AxiomException with NEW_ADDRESS */
    void require(Host host, String organization) {
        objection(host, organization).ifPresent(why -> {
            throw new AxiomException(why);
        });
    }

    /** Why it is not contacted; empty when it may be. */
    synchronized Optional<Diagnostic> objection(Host host, String organization) {
        if (host.postgres() instanceof Host.Embedded || trusted.contains(host.name())) {
            return Optional.empty();
        }
        if (known == null) {
            known = Trust.of(registry(organization), trusted);
        }
        return known.objection(host)
                .map(why -> unknown.isEmpty()
                        ? why
                        : Diagnostic.of(why.code(), why.source(), why.detail(), why.help() + "; " + unknown));
    }

    private Registry registry(String organization) {
        try (Opened opened = new Joined(environment, directory, Opening.LOOK, _ -> {})) {
            return opened.controlPlane().read(organization);
        } catch (AxiomException e) {
            // It may be what a doctor is called for: then only what a person names is contacted.
            Diagnostic why = e.diagnostics().getFirst();
            unknown = "the control plane can't say what was applied ("
                    + why.code().summary() + ": " + why.detail() + ")";
            return new Registry(organization, false, List.of(), new TreeMap<>(), new TreeMap<>());
        }
    }
}
