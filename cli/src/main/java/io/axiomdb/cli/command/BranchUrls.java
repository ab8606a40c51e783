package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.ConnectionUrl;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The URLs of a branch as it was last applied.
 *
 * @param urls by variable
 * @param runtimeIsDirect whether a runtime URL was asked for and there is no pooler
 */
record BranchUrls(Host host, SortedMap<String, Url> urls, boolean runtimeIsDirect) {
    /** A URL and whose password belongs into it. */
    record Url(ConnectionUrl url, CredentialKey key) {}

    /** The roles behind the variables. */
    private record Wanted(String variable, RoleKind role) {}

    static BranchUrls of(Opened opened, String organization, String project, String branch, Credentials.Target target) {
        Desired applied = applied(opened.controlPlane().read(organization));
        Project declared = applied.projects().get(project);
        Branch found = declared == null ? null : declared.branches().get(branch);
        Host host = declared == null ? null : applied.hosts().get(declared.host());
        if (declared == null || found == null || host == null) {
            throw new AxiomException(Diagnostic.of(
                    Code.NOT_FOUND,
                    "there is no branch " + project + "/" + branch + " in " + organization,
                    "Branches get their credentials by axm apply."));
        }
        BranchNames names = BranchNames.of(declared, found);
        SortedMap<String, Url> urls = new TreeMap<>();
        for (Wanted wanted : wanted(target)) {
            ConnectionUrl url = new ConnectionUrl(
                    names.role(wanted.role()),
                    endpoint(host),
                    port(host, wanted.role(), opened),
                    names.database(),
                    encryption(host));
            urls.put(wanted.variable(), new Url(url, new CredentialKey(project, branch, wanted.role())));
        }
        boolean runtime = urls.containsKey("DATABASE_URL") || urls.containsKey("READONLY_URL");
        return new BranchUrls(host, urls, runtime && host.runtimePort() == null);
    }

    private static Desired applied(Registry registry) {
        SortedMap<ResourceKey, Fields> fields = new TreeMap<>();
        registry.applied().forEach((key, applied) -> {
            if (applied.complete()) {
                fields.put(key, applied.fields());
            }
        });
        return Declarations.toDesired(registry.organization(), fields);
    }

    private static List<Wanted> wanted(Credentials.Target target) {
        Wanted runtime = new Wanted("DATABASE_URL", RoleKind.RW);
        Wanted direct = new Wanted("DIRECT_URL", RoleKind.OWNER);
        return switch (target) {
            case RUNTIME -> List.of(runtime);
            case DIRECT -> List.of(direct);
            case BOTH -> List.of(runtime, direct);
            case READONLY -> List.of(new Wanted("READONLY_URL", RoleKind.RO));
        };
    }

    private static String endpoint(Host host) {
        if (host.publicEndpoint() != null) {
            return host.publicEndpoint();
        }
        return switch (host.postgres()) {
            case Host.Embedded() -> "127.0.0.1";
            case Host.Server server ->
                host.ssh() == null ? server.address() : host.ssh().address();
        };
    }

    /** Clients have no tunnel to go through as AxiomDB has. */
    private static Host.Tls encryption(Host host) {
        return host.ssh() != null && host.tls() == Host.Tls.DISABLE ? Host.Tls.REQUIRED : host.tls();
    }

    /** The owner goes past the pooler; without one everybody does. */
    private static int port(Host host, RoleKind role, Opened opened) {
        if (role != RoleKind.OWNER && host.runtimePort() != null) {
            return host.runtimePort();
        }
        if (host.directPort() != null) {
            return host.directPort();
        }
        return switch (host.postgres()) {
            case Host.Embedded() -> opened.embeddedPort();
            case Host.Server server -> server.port();
        };
    }
}
