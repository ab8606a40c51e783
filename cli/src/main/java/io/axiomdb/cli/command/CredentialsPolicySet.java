package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import io.axiomdb.desired.MemberRole;
import io.axiomdb.desired.Network;
import io.axiomdb.edit.Edit;
import io.axiomdb.edit.SetRotation;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code axm credentials policy set}. */
@Command(
        name = "set",
        description = {
            "Set how often credentials change, and show the plan.",
            "What is not said stays as it is in the file."
        },
        footer = {
            "  axm credentials policy set --project shop --interval-days 30 --warn-before-days 7",
            "  axm credentials policy set --project shop --auto-rotate true --target both --notify owner,admin"
        })
final class CredentialsPolicySet extends EditCommand {
    @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
    private String project = "";

    @Option(names = "--enabled", arity = "1", paramLabel = "true|false", description = "Whether it is in force.")
    private @Nullable Boolean enabled;

    @Option(names = "--interval-days", paramLabel = "N", description = "Days between rotations.")
    private @Nullable Integer intervalDays;

    @Option(names = "--warn-before-days", paramLabel = "N", description = "Days of warning before a rotation.")
    private @Nullable Integer warnBeforeDays;

    @Option(
            names = "--auto-rotate",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether rotation happens by itself when it is due.")
    private @Nullable Boolean autoRotate;

    @Option(names = "--target", paramLabel = "TARGET", description = "runtime, direct or both.")
    private Network.@Nullable Ports target;

    @Option(
            names = "--notify",
            split = ",",
            paramLabel = "ROLE",
            description = "Roles that are told, such as owner,admin.")
    private @Nullable List<MemberRole> notifyRoles;

    CredentialsPolicySet(World world) {
        super(world);
    }

    @Override
    Edit edit() {
        SetRotation set = new SetRotation(
                project,
                enabled,
                intervalDays,
                warnBeforeDays,
                autoRotate,
                target,
                notifyRoles == null ? null : new TreeSet<>(notifyRoles));
        if (set.saysNothing()) {
            throw misuse("say what to set, such as --interval-days 30");
        }
        return set;
    }
}
