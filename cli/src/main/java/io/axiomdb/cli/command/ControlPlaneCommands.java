package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code axm control-plane}. */
@Command(
        name = "control-plane",
        description = "The database in which AxiomDB keeps what was applied, passwords and the audit trail.",
        footer = {"  axm control-plane upgrade"})
final class ControlPlaneCommands extends GroupCommand {
    private ControlPlaneCommands(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new ControlPlaneCommands(world)).addSubcommand(new Upgrade(world));
    }

    /** {@code axm control-plane upgrade}. */
    @Command(
            name = "upgrade",
            description = {
                "Bring the control plane's schema to this version of axm, or make it. Does nothing when it is as it should be.",
                "Only this and axm apply do so. Back up the database first: older versions of axm can't use it afterwards."
            },
            footer = {"  axm control-plane upgrade"})
    static final class Upgrade extends WorldCommand {
        @Mixin
        private final FileOption file = new FileOption();

        Upgrade(World world) {
            super(world);
        }

        @Override
        int run() {
            String place = world().upgradeControlPlane(file.file(), words -> note("axm: " + words));
            print("The control plane " + place + " is up to date.\n");
            return Exit.OK;
        }
    }
}
