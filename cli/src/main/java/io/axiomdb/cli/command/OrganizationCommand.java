package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import picocli.CommandLine.Mixin;

/** A command about what was applied for one organization; no file is needed when the organization is said. */
abstract class OrganizationCommand extends WorldCommand {
    @Mixin
    private final OrganizationOption organization = new OrganizationOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    OrganizationCommand(World world) {
        super(world);
    }

    @Override
    final boolean json() {
        return output.json();
    }

    @Override
    final int run() {
        String name = organization.of(world());
        try (Opened opened = world().open(file().file(), opening())) {
            return run(name, opened);
        }
    }

    /** What it may do to the control plane. */
    Opening opening() {
        return Opening.LOOK;
    }

    /** Does it; returns the exit code. */
    abstract int run(String name, Opened opened);

    final FileOption file() {
        return organization.file();
    }
}
