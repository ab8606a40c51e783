package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.edit.CreateRule;
import io.axiomdb.edit.Edit;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code axm network rule create}. */
@Command(
        name = "create",
        description = {
            "Add an address range that may connect, and show the plan.",
            "Every other line of the file stays as it is; the edit is loaded again before it is written."
        },
        footer = {
            "  axm network rule create --project shop --cidr 203.0.113.0/24 --label \"Office VPN\"",
            "  axm network rule create --project shop --cidr 198.51.100.0/24 --ports both --label CI --expires 72h",
            "  axm network rule create --project shop --cidr 192.0.2.50 --label \"PR #42\" --scope branch --branch preview/pr-42"
        })
final class NetworkRuleCreate extends EditCommand {
    private static final int LONGEST = 63;

    @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
    private String project = "";

    @Option(
            names = "--cidr",
            required = true,
            paramLabel = "CIDR",
            description = "Such as 203.0.113.0/24, or one address.")
    private String cidr = "";

    @Option(names = "--ports", paramLabel = "PORTS", description = "runtime, direct or both (default: both).")
    private io.axiomdb.desired.Network.@Nullable Ports ports;

    @Option(names = "--label", paramLabel = "TEXT", description = "For people: shown in plans and in the audit trail.")
    private @Nullable String label;

    @Option(names = "--name", paramLabel = "NAME", description = "The rule's name; made from the label when left out.")
    private @Nullable String name;

    /** For what a rule opens. */
    enum Scope {
        PROJECT,
        BRANCH
    }

    @Option(names = "--scope", paramLabel = "SCOPE", description = "project or branch (default: project).")
    private @Nullable Scope scope;

    @Option(names = "--branch", paramLabel = "NAME", description = "The one branch of scope branch.")
    private @Nullable String branch;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            converter = Expiry.Converter.class,
            description = "When it ends: 72h, 14d, or a time such as 2099-12-24T00:00:00Z. The file gets the time.")
    private @Nullable Expiry expires;

    NetworkRuleCreate(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        if (branch == null ? scope == Scope.BRANCH : scope == Scope.PROJECT) {
            throw misuse("--scope branch and --branch NAME go together");
        }
        return new CreateRule(
                project,
                named(),
                label,
                cidr,
                ports,
                branch,
                expires == null ? null : expires.from(world().workspace().now()));
    }

    /** {@code Office VPN} gives {@code office-vpn}. */
    private String named() {
        if (name != null) {
            return name;
        }
        String plain = Normalizer.normalize(label == null ? "" : label, Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceAll("^[._-]+", "");
        String cut = plain.substring(0, Math.min(plain.length(), LONGEST)).replaceAll("[._-]+$", "");
        if (cut.isEmpty()) {
            throw misuse("say --name, or a --label that a name can be made from");
        }
        return cut;
    }
}
